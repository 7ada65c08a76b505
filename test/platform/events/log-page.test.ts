/** @database either */
import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { encodeEventCursor } from '../../../src/platform/events/event-cursor.ts';
import { EventLog } from '../../../src/platform/events/log.ts';
import { type TestUser, useApp } from '../../support/app.ts';
import { done, logOf } from '../../support/comments.ts';
import { Random } from '../../../harness/random.ts';
import { recordStatements } from '../../support/statements.ts';

const eventFields = `__typename sequence cursor occurredAt
  ... on ArticleReset { resetReason }
  ... on CommentEvent { comment { id status bodyText } }
  ... on CommentAdded { idempotencyKey }
  ... on CommentRemoved { vanishedCommentId }
  ... on EndorsementAdded { endorsement { displayName } }
  ... on EndorsementWithdrawn { endorsementId }`;
const pageQuery = (fields = eventFields) =>
  `query ($id: ID!, $after: EventCursor, $first: Int) { node(id: $id) { ... on Article {
    liveCursor events(after: $after, first: $first) { events { ${fields} } cursor hasMore } } } }`;

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('an article’s events by query', () => {
  const service = useApp({ MAX_REPLAY_EVENTS: '5' });

  const ask = (id: string, args: Record<string, unknown> = {}, fields?: string) =>
    service().query(pageQuery(fields), { id, ...args });

  async function read(id: string, args: Record<string, unknown> = {}, fields?: string): Promise<any> {
    const { data, errors } = await ask(id, args, fields);
    expect(errors).toBeUndefined();
    return data.node.events;
  }

  const positions = '__typename sequence cursor ... on ArticleReset { resetReason }';
  const numbers = (page: any): number[] => page.events.map((event: any) => event.sequence);

  /** Adds an article. @returns the article, with the first cursor of its log */
  async function addArticle() {
    const article = await service().addArticle();
    return { ...article, start: (await read(article.id)).cursor as string };
  }

  /** Appends events that work without their comment, as long as it is not selected. */
  async function append(articleId: string, count: number): Promise<void> {
    const log = new EventLog(service().app.bus);
    for (let made = 0; made < count; made++)
      await service().app.db.transaction((tx) =>
        log.append(tx, { articleId, kind: 'COMMENT_EDITED', subjectId: '1' }),
      );
  }

  async function prune(articleId: string, upTo: number): Promise<void> {
    await service().app.db.transaction(async (tx) => {
      await tx.query('DELETE FROM article_event WHERE article_id = $1 AND sequence <= $2', [articleId, upTo]);
      await tx.query('UPDATE article_counter SET pruned_sequence = $2 WHERE article_id = $1', [
        articleId,
        upTo,
      ]);
    });
  }

  it('begin at the present without a cursor, and return a cursor from which to continue', async () => {
    const { id, articleId } = await addArticle();
    await append(articleId, 3);
    const { data } = await ask(id, {}, positions);
    const { liveCursor, events } = data.node;
    expect(events).toEqual({ events: [], cursor: liveCursor, hasMore: false });
    expect(await read(id, { after: events.cursor }, positions)).toEqual(events);
    await append(articleId, 1);
    expect(numbers(await read(id, { after: events.cursor }, positions))).toEqual([4]);
  });

  it('are paged through the whole log, with exact page flags and cursors between any two events', async () => {
    const { id, articleId, start } = await addArticle();
    await append(articleId, 7);
    const first = await read(id, { after: start, first: 3 }, positions);
    expect(first).toMatchObject({ cursor: first.events[2].cursor, hasMore: true });
    const second = await read(id, { after: first.cursor, first: 4 }, positions);
    expect([numbers(first), numbers(second)]).toEqual([range(1, 3), range(4, 7)]);
    // A full page at the end of the log has no next page.
    expect(second.hasMore).toBe(false);
    expect(await read(id, { after: second.cursor }, positions)).toMatchObject({ events: [], hasMore: false });
    // These are more events than a stream replays. A page is bounded, so the distance to the end is not limited.
    expect(numbers(await read(id, { after: start }, positions))).toEqual(range(1, 7));
  });

  it('are the same as in the stream', async () => {
    const user = await service().signUp();
    const { id, start } = await addArticle();
    const idempotencyKey = randomUUID();
    const { comment } = await service().addComment(user, { articleId: id, body: 'One', idempotencyKey });
    const kept = await service().addComment(user, { articleId: id, body: 'Two' });
    await done(service(), 'editComment', { commentId: kept.comment?.id, body: 'Two, better' }, user);
    await done(service(), 'removeComment', { commentId: comment?.id }, user);
    await service().data(
      'mutation ($id: ID!) { endorse(input: { articleId: $id }) { userErrors { code } } }',
      { id },
      user.token,
    );
    const subscription = service().live.subscribe(
      `subscription ($id: ID!, $after: EventCursor) { articleEvents(articleId: $id, after: $after) { ${eventFields} } }`,
      { id, after: start },
    );
    await subscription.waitFor(1, 'ArticleCheckpoint');
    const live = subscription.events.filter(({ __typename }) => __typename !== 'ArticleCheckpoint');
    await service().live.close();
    const { events } = await read(id, { after: start });
    expect(events).toEqual(live);
    expect(events).toMatchObject([
      { __typename: 'CommentAdded', idempotencyKey, comment: { status: 'REMOVED', bodyText: null } },
      { __typename: 'CommentAdded', comment: { bodyText: 'Two, better' } },
      { __typename: 'CommentEdited' },
      { __typename: 'CommentRemoved', vanishedCommentId: comment?.id },
      { __typename: 'EndorsementAdded', endorsement: { displayName: user.name } },
    ]);
  });

  describe('are only a reset, from which to continue, for the reason', () => {
    async function expectReset(id: string, after: string, resetReason: string): Promise<void> {
      const { data } = await ask(id, { after, first: 1 }, positions);
      const { liveCursor, events: page } = data.node;
      expect(page).toEqual({
        events: [
          { __typename: 'ArticleReset', sequence: expect.any(Number), cursor: liveCursor, resetReason },
        ],
        cursor: liveCursor,
        hasMore: false,
      });
      expect(await read(id, { after: page.cursor }, positions)).toMatchObject({ events: [], hasMore: false });
    }

    it('EXPIRED', async () => {
      const { id, articleId, start } = await addArticle();
      await append(articleId, 6);
      const [, second, third] = (await read(id, { after: start }, positions)).events;
      await prune(articleId, 3);
      await expectReset(id, start, 'EXPIRED');
      await expectReset(id, second.cursor, 'EXPIRED');
      expect(numbers(await read(id, { after: third.cursor }, positions))).toEqual([4, 5, 6]);
      await prune(articleId, 6);
      await expectReset(id, third.cursor, 'EXPIRED');
    });

    it('EXPIRED, even if the counter does not report the events as pruned', async () => {
      const { id, articleId, start } = await addArticle();
      await append(articleId, 4);
      await service().app.db.query('DELETE FROM article_event WHERE article_id = $1 AND sequence <= 2', [
        articleId,
      ]);
      await expectReset(id, start, 'EXPIRED');
      await service().app.db.query('DELETE FROM article_event WHERE article_id = $1', [articleId]);
      await expectReset(id, start, 'EXPIRED');
      await append(articleId, 1);
      await service().app.db.query('UPDATE article_counter SET pruned_sequence = 4 WHERE article_id = $1', [
        articleId,
      ]);
    });

    it('UNKNOWN_CURSOR', async () => {
      const [one, other] = [await addArticle(), await addArticle()];
      const [{ epoch } = { epoch: '' }] = await service().app.db.query<{ epoch: string }>(
        'SELECT epoch FROM event_log',
      );
      await append(one.articleId, 2);
      await append(other.articleId, 2);
      const { cursor: foreign } = await read(other.id);
      for (const cursor of ['garbage', '']) await expectReset(one.id, cursor, 'UNKNOWN_CURSOR');
      await expectReset(one.id, foreign, 'UNKNOWN_CURSOR');
      for (const sequence of [3, 2 ** 31 - 1, 2 ** 31, 9_999_999_999]) {
        const ahead = encodeEventCursor({ epoch, log: one.articleId, sequence });
        await expectReset(one.id, ahead, 'UNKNOWN_CURSOR');
      }
    });

    it('EPOCH_CHANGED', async () => {
      const { id, articleId, start } = await addArticle();
      await append(articleId, 2);
      await service().app.db.query('UPDATE event_log SET epoch = gen_random_uuid()');
      await expectReset(id, start, 'EPOCH_CHANGED');
    });
  });

  it('refuse sizes out of bounds and overlong cursors, and treat null as absent', async () => {
    const { id, start } = await addArticle();
    for (const first of [0, -1, 101]) {
      const { errors } = await ask(id, { first }, positions);
      expect(errors).toMatchObject([
        { message: `\`first\` takes 1 to 100, not ${first}.`, extensions: { code: 'BAD_USER_INPUT' } },
      ]);
    }
    const tooLong = await ask(id, { after: 'x'.repeat(513) }, positions);
    expect(tooLong.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(await read(id, { first: null, after: null }, positions)).toEqual(await read(id, {}, positions));
    expect((await read(id, { after: start, first: 100 }, positions)).hasMore).toBe(false);
  });

  it('are only for viewers who may see the article', async () => {
    const { id, articleId, start } = await addArticle();
    await append(articleId, 2);
    await service().app.db.query(`UPDATE article SET status = 'UNPUBLISHED' WHERE id = $1`, [articleId]);
    expect((await ask(id, { after: start }, positions)).data.node).toBeNull();
    const editor = await service().signUp('Editor Example', 'EDITOR');
    const { node } = await service().data(pageQuery(positions), { id, after: start }, editor.token);
    expect(numbers(node.events)).toEqual([1, 2]);
  });

  it('take one SQL statement for the pages of many articles', async () => {
    const articles = await Promise.all(range(1, 4).map(() => addArticle()));
    for (const [index, { articleId }] of articles.entries()) await append(articleId, index + 1);
    const fields = articles
      .map(
        ({ id, start }, index) => `a${index}: node(id: "${id}") { ... on Article {
        all: events(after: "${start}") { events { sequence } hasMore }
        one: events(after: "${start}", first: 1) { events { sequence } hasMore } } }`,
      )
      .join(' ');
    const { statements, stop } = recordStatements();
    const data = await service().data(`{ ${fields} }`).finally(stop);
    expect(statements.filter((sql) => sql.includes('article_event'))).toHaveLength(1);
    articles.forEach((_, index) => {
      expect(numbers(data[`a${index}`].all)).toEqual(range(1, index + 1));
      expect(data[`a${index}`].one).toEqual({ events: [{ sequence: 1 }], hasMore: index > 0 });
    });
  });

  it('cost a point for each event that a page may hold, and for each object selected on an event', async () => {
    const { id } = await addArticle();
    const costly = await ask(
      id,
      { first: 100 },
      '... on CommentEvent { comment { replies(first: 100) { nodes { id } } } }',
    );
    expect(costly.errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_COSTLY' } }]);
    const cheap = await ask(
      id,
      { first: 1 },
      '... on CommentEvent { comment { replies(first: 100) { nodes { id } } } }',
    );
    expect(cheap.errors).toBeUndefined();
  });

  it('are exactly the log for every reader, from any cursor, with 20 writers at once', async () => {
    const random = new Random(20_260_301);
    const { id, articleId, start } = await addArticle();
    const writers = await Promise.all(range(1, 20).map((n) => service().signUp(`Writer ${n}`)));
    const perWriter = 8;
    let writing = writers.length;

    async function write(user: TestUser): Promise<void> {
      for (let count = 0; count < perWriter; count++) {
        const { comment } = await service().addComment(user, { articleId: id, body: `Comment ${count}` });
        if (count % 3 === 0) await done(service(), 'removeComment', { commentId: comment?.id }, user);
      }
      writing -= 1;
    }

    /** Polls from a cursor until all writers have stopped, and then to the end of the log. */
    async function poll(after: string): Promise<{ sequence: number; type: string }[]> {
      const seen: { sequence: number; type: string }[] = [];
      for (let cursor = after; ;) {
        const done = writing === 0;
        const page = await read(id, { after: cursor, first: 1 + Math.floor(random.next() * 7) }, positions);
        seen.push(...page.events.map((event: any) => ({ sequence: event.sequence, type: event.__typename })));
        expect(page.cursor).toBe(page.events.at(-1)?.cursor ?? cursor);
        cursor = page.cursor;
        if (done && !page.hasMore) return seen;
      }
    }

    const early = range(1, 3).map(() => poll(start));
    const written = Promise.all(writers.map(write));
    const late: Promise<{ sequence: number; type: string }[]>[] = [];
    const begun: number[] = [];
    while (late.length < 4 && writing > 0) {
      const { cursor, events } = await read(id, { after: start, first: 1 + late.length * 20 }, positions);
      begun.push(events.at(-1)?.sequence ?? 0);
      late.push(poll(cursor));
    }
    await written;
    const types: Record<string, string> = {
      COMMENT_ADDED: 'CommentAdded',
      COMMENT_REMOVED: 'CommentRemoved',
    };
    const log = (await logOf(service(), articleId)).map(({ sequence, kind }) => ({
      sequence,
      type: types[kind],
    }));
    expect(log).toHaveLength(20 * (perWriter + 3));
    for (const seen of await Promise.all(early)) expect(seen).toEqual(log);
    for (const [index, seen] of (await Promise.all(late)).entries())
      expect(seen).toEqual(log.slice(begun[index]));
  });

  it('never have a gap in a page while the log is being pruned', async () => {
    const { id, articleId, start } = await addArticle();
    let pruned = 0;
    let over = false;
    const writing = (async () => {
      for (let round = 1; round <= 40; round++) {
        await append(articleId, 2);
        if (round % 2 === 0) await prune(articleId, (pruned = Math.max(pruned, 2 * round - 5)));
      }
      over = true;
    })();
    let [position, resets] = [0, 0];
    for (let cursor = start; ;) {
      const last = over;
      const page = await read(id, { after: cursor, first: 1 }, positions);
      for (const event of page.events) {
        if (event.__typename === 'ArticleReset') resets += 1;
        else expect(event.sequence).toBe(position + 1);
        position = event.sequence;
      }
      cursor = page.cursor;
      if (last && !page.hasMore) break;
    }
    await writing;
    expect(position).toBe(80);
    // A client that returns with an old cursor receives a reset, not the remaining events.
    const [event] = (await read(id, { after: start }, positions)).events;
    expect(event).toMatchObject({ resetReason: 'EXPIRED', sequence: 80 });
    expect(resets).toBeLessThan(80);
  });
});
