/**
 * @seconds 16
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Client } from 'graphql-ws';
import { EventLog, updateEpoch } from '../../../src/platform/events/log.ts';
import { TestApp, type TestUser, useApp } from '../../support/app.ts';
import { onDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import type { LiveEvent, Subscription } from '../../support/live.ts';
import { RawSocket } from '../../support/raw-socket.ts';

/** An article, with the cursor of the start of its log. */
interface Watched {
  readonly id: string;
  readonly articleId: string;
  readonly slug: string;
  readonly start: string;
}

async function addArticle(app: TestApp): Promise<Watched> {
  const article = await app.addArticle();
  return { ...article, start: await liveCursor(app, article.slug) };
}

async function liveCursor(app: TestApp, slug: string): Promise<string> {
  const { article } = await app.data('query ($slug: String!) { article(slug: $slug) { liveCursor } }', {
    slug,
  });
  return article.liveCursor;
}

/**
 * Appends events to an article's log in transactions of their own, as the service's commands do.
 * @param commentId has to exist only if a subscription selects the comment
 */
async function append(app: TestApp, articleId: string, count: number, commentId = '1'): Promise<void> {
  const log = new EventLog(app.app.bus);
  const fact = { articleId, kind: 'COMMENT_EDITED', subjectId: commentId } as const;
  for (let done = 0; done < count; done++) await app.app.db.transaction((tx) => log.append(tx, fact));
}

/** The sequence numbers of the log, read from its table. */
async function logOf(app: TestApp, articleId: string): Promise<number[]> {
  const rows = await app.app.db.query<{ sequence: number }>(
    'SELECT sequence FROM article_event WHERE article_id = $1 ORDER BY sequence',
    [articleId],
  );
  return rows.map(({ sequence }) => sequence);
}

/** Deletes the log's first events, like the retention. */
async function prune(app: TestApp, articleId: string, upTo: number): Promise<void> {
  await app.app.db.transaction(async (tx) => {
    await tx.query('UPDATE article_counter SET pruned_sequence = $2 WHERE article_id = $1', [
      articleId,
      upTo,
    ]);
    await tx.query('DELETE FROM article_event WHERE article_id = $1 AND sequence <= $2', [articleId, upTo]);
  });
}

const rotateEpoch = (app: TestApp) => updateEpoch(app.app.db);

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

const isFact = ({ __typename }: LiveEvent) => !['ArticleCheckpoint', 'ArticleReset'].includes(__typename);
const numbers = (subscription: Subscription) =>
  subscription.events.filter(isFact).map(({ sequence }) => sequence);
const types = (subscription: Subscription) => subscription.events.map(({ __typename }) => __typename);

/** Selects positions only, so that resolvers load nothing. */
const positions = `subscription ($articleId: ID!, $after: EventCursor) {
  articleEvents(articleId: $articleId, after: $after) { __typename sequence cursor ... on ArticleReset { resetReason } }
}`;

/** Results so large that the kernel's buffers hold only some of them. */
const heavy = `subscription ($articleId: ID!, $after: EventCursor) {
  articleEvents(articleId: $articleId, after: $after) {
    __typename sequence cursor
    ... on ArticleReset { resetReason }
    ... on CommentEvent { comment { ${range(1, 30)
      .map((n) => `b${n}: bodyText`)
      .join(' ')} } }
  }
}`;

const commentAdded = `subscription ($articleId: ID!, $after: EventCursor) {
  commentAdded(articleId: $articleId, after: $after) { __typename sequence cursor comment { bodyText } }
}`;

/** A client that fulfils the contract: it reconnects by itself and continues from the last cursor that it received. */
function resume(client: Client, articleId: string, after: string): LiveEvent[] {
  const events: LiveEvent[] = [];
  const variables = { articleId, after };
  client.subscribe(
    { query: positions, variables },
    {
      next: ({ data }) => {
        const event = data?.articleEvents as LiveEvent;
        variables.after = event.cursor;
        events.push(event);
      },
      error: (error) => events.push({ __typename: JSON.stringify(error), sequence: -1, cursor: '' }),
      complete: () => undefined,
    },
  );
  return events;
}

const released = (app: TestApp) =>
  eventually('every feed to be released', () => {
    const { articles, streams } = app.app.hub.size;
    return articles === 0 && streams === 0;
  });

describe('the stream of an article’s events', () => {
  const service = useApp({ MAX_SUBSCRIPTIONS_PER_SOCKET: '1000' });
  let nodes: TestApp[] = [];

  /** Starts another node on the same database. */
  async function startNode(settings: Record<string, string>): Promise<TestApp> {
    const node = await TestApp.start(settings, { database: service().database });
    nodes.push(node);
    return node;
  }

  afterEach(async () => {
    await service().live.close();
    await released(service());
    for (const node of nodes) {
      await node.live.close();
      await released(node);
      await node.close();
    }
    nodes = [];
  });

  async function post(user: TestUser, articleId: string, ...bodies: string[]): Promise<string[]> {
    const ids: string[] = [];
    for (const body of bodies) {
      const { comment } = await service().addComment(user, { articleId, body });
      ids.push(comment?.id ?? '');
    }
    return ids;
  }

  describe('from now on', () => {
    it('begins immediately with a checkpoint, whose cursor is the article’s liveCursor', async () => {
      const app = service();
      const article = await addArticle(app);
      await append(app, article.articleId, 3);
      const listener = app.live.subscribe(positions, { articleId: article.id });
      const [checkpoint] = await listener.waitFor(1);
      expect(checkpoint).toMatchObject({ __typename: 'ArticleCheckpoint', sequence: 3 });
      expect(checkpoint?.cursor).toBe(await liveCursor(app, article.slug));

      await append(app, article.articleId, 2);
      await listener.waitFor(2, 'CommentEdited');
      expect(numbers(listener)).toEqual([4, 5]);
    });

    it('refuses an article that does not exist', async () => {
      const listener = service().live.events(Buffer.from('Article:999999').toString('base64url'));
      await eventually('the subscription to be refused', () => listener.errors.length > 0);
      expect(listener.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
    });
  });

  describe('from a cursor', () => {
    it('replays, sends one checkpoint when it is live, and continues without a gap', async () => {
      const app = service();
      const article = await addArticle(app);
      const user = await app.signUp();
      await post(user, article.id, 'One', 'Two', 'Three');
      const listener = app.live.events(article.id, article.start);
      await listener.waitFor(1, 'ArticleCheckpoint');
      expect(types(listener)).toEqual(['CommentAdded', 'CommentAdded', 'CommentAdded', 'ArticleCheckpoint']);
      await post(user, article.id, 'Four', 'Five');
      await listener.waitFor(5, 'CommentAdded');
      expect(numbers(listener)).toEqual([1, 2, 3, 4, 5]);
      expect(types(listener).filter((type) => type === 'ArticleCheckpoint')).toHaveLength(1);
      expect(listener.events.filter(isFact).map(({ comment }) => comment.bodyText)).toEqual([
        'One',
        'Two',
        'Three',
        'Four',
        'Five',
      ]);
      expect(listener.errors).toEqual([]);

      // Each event's cursor continues after that event, for any client.
      for (const { cursor, sequence } of listener.events.filter(isFact)) {
        const again = app.live.events(article.id, cursor);
        await again.waitFor(1, 'ArticleCheckpoint');
        expect(numbers(again)).toEqual(range(sequence + 1, 5));
      }
    });

    it('replays more than a node keeps in memory', async () => {
      const app = service();
      const article = await addArticle(app);
      await append(app, article.articleId, 600);
      const listener = app.live.subscribe(positions, { articleId: article.id, after: article.start });
      await listener.waitFor(1, 'ArticleCheckpoint');
      expect(numbers(listener)).toEqual(range(1, 600));
    });

    it('shows a comment that was removed in the meantime as a tombstone', async () => {
      const app = service();
      const article = await addArticle(app);
      const user = await app.signUp('Dee Example');
      const [parentId = ''] = await post(user, article.id, 'Regrettable');
      await app.addComment(user, { articleId: article.id, parentId, body: 'A reply' });
      await app.data(
        'mutation ($input: RemoveCommentInput!) { removeComment(input: $input) { userErrors { code } } }',
        { input: { commentId: parentId } },
        user.token,
      );
      const listener = app.live.events(article.id, article.start);
      await listener.waitFor(1, 'ArticleCheckpoint');
      const tombstone = { id: parentId, status: 'REMOVED', bodyText: null, author: null };
      expect(listener.events.filter(isFact)).toMatchObject([
        { __typename: 'CommentAdded', comment: tombstone },
        { __typename: 'CommentAdded', comment: { status: 'PUBLISHED', bodyText: 'A reply' } },
        { __typename: 'CommentRemoved', comment: tombstone, vanishedCommentId: null },
      ]);
    });

    it('carries the idempotency key with which a comment was added', async () => {
      const app = service();
      const article = await addArticle(app);
      const user = await app.signUp();
      const listener = app.live.events(article.id, article.start);
      const idempotencyKey = randomUUID();
      const input = { articleId: article.id, body: 'Once', idempotencyKey };
      const answers = await Promise.all([app.addComment(user, input), app.addComment(user, input)]);
      expect(answers[0].comment?.id).toBe(answers[1].comment?.id);
      await post(user, article.id, 'Another');
      await listener.waitFor(2, 'CommentAdded');
      expect(listener.events.filter(isFact).map((event) => event.idempotencyKey)).toEqual([
        idempotencyKey,
        null,
      ]);
    });
  });

  it('ends only the operation, with an error and no event, if an argument of a field is invalid', async () => {
    const app = service();
    const { id } = await app.addArticle();
    const client = app.live.client();
    const wrong = app.live.subscribe(
      `subscription ($articleId: ID!) { articleEvents(articleId: $articleId) { __typename sequence cursor
        ... on CommentEvent { comment { replies(after: "none") { nodes { id } } } } } }`,
      { articleId: id },
      client,
    );
    const right = app.live.events(id, undefined, client);
    await wrong.waitFor(1, 'ArticleCheckpoint');
    await right.waitFor(1, 'ArticleCheckpoint');
    await app.addComment(await app.signUp(), { articleId: id });
    await eventually('the operation to end', () => wrong.completed);
    expect(wrong.events.map((event) => event.__typename)).toEqual(['ArticleCheckpoint']);
    expect(wrong.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    await right.waitFor(1, 'CommentAdded');
  });

  describe('narrowed to new comments', () => {
    it('sends additions only, without checkpoints', async () => {
      const app = service();
      const article = await addArticle(app);
      const user = await app.signUp();
      const [first = ''] = await post(user, article.id, 'One');
      const listener = app.live.subscribe(commentAdded, { articleId: article.id, after: article.start });
      await listener.waitFor(1);
      await app.data(
        'mutation ($input: EditCommentInput!) { editComment(input: $input) { userErrors { code } } }',
        { input: { commentId: first, body: 'One, edited' } },
        user.token,
      );
      await post(user, article.id, 'Two');
      await listener.waitFor(2);
      expect(listener.events).toMatchObject([
        { __typename: 'CommentAdded', sequence: 1, comment: { bodyText: 'One' } },
        { __typename: 'CommentAdded', sequence: 3, comment: { bodyText: 'Two' } },
      ]);
    });

    it('ends with ARTICLE_RESET, whose cursor can be continued from', async () => {
      const app = service();
      const article = await addArticle(app);
      const user = await app.signUp();
      await post(user, article.id, 'One', 'Two');
      await prune(app, article.articleId, 1);
      const listener = app.live.subscribe(commentAdded, { articleId: article.id, after: article.start });
      await eventually('the stream to end', () => listener.completed || listener.errors.length > 0);
      expect(listener.events).toEqual([]);
      expect(listener.errors).toMatchObject([
        { extensions: { code: 'ARTICLE_RESET', resetReason: 'EXPIRED', cursor: expect.any(String) } },
      ]);
      const [{ extensions }] = listener.errors as [{ extensions: { cursor: string } }];
      expect(extensions.cursor).toBe(await liveCursor(app, article.slug));
      await eventually('the stream to complete', () => listener.completed);
      await released(app);

      const again = app.live.subscribe(commentAdded, { articleId: article.id, after: extensions.cursor });
      await post(user, article.id, 'Three');
      await again.waitFor(1);
      expect(again.events).toMatchObject([{ sequence: 3, comment: { bodyText: 'Three' } }]);
    });
  });

  describe('that cannot be replayed', () => {
    /** Expects a reset, then a checkpoint, and then the events after it. */
    async function expectReset(app: TestApp, article: Watched, after: string, reason: string): Promise<void> {
      const [last] = (await logOf(app, article.articleId)).slice(-1);
      const listener = app.live.subscribe(positions, { articleId: article.id, after });
      await listener.waitFor(1, 'ArticleCheckpoint');
      expect(listener.events).toMatchObject([
        { __typename: 'ArticleReset', resetReason: reason, sequence: last },
        { __typename: 'ArticleCheckpoint', sequence: last },
      ]);
      await append(service(), article.articleId, 1);
      await listener.waitFor(1, 'CommentEdited');
      expect(numbers(listener)).toEqual([(last ?? 0) + 1]);
      const resumed = app.live.subscribe(positions, {
        articleId: article.id,
        after: listener.events[0]?.cursor ?? '',
      });
      await resumed.waitFor(1, 'ArticleCheckpoint');
      expect(numbers(resumed)).toEqual([(last ?? 0) + 1]);
    }

    it('is reset if the cursor is older than the log', async () => {
      const app = service();
      const article = await addArticle(app);
      await append(app, article.articleId, 5);
      await prune(app, article.articleId, 3);
      await expectReset(app, article, article.start, 'EXPIRED');
    });

    it('is reset if events are missing that the counter does not report as pruned', async () => {
      const app = service();
      const article = await addArticle(app);
      await append(app, article.articleId, 5);
      await app.app.db.query('DELETE FROM article_event WHERE article_id = $1 AND sequence = 1', [
        article.articleId,
      ]);
      await expectReset(app, article, article.start, 'EXPIRED');
    });

    it('is reset only if the first event to replay was pruned', async () => {
      const app = service();
      const article = await addArticle(app);
      await append(app, article.articleId, 4);
      const first = app.live.subscribe(positions, { articleId: article.id, after: article.start });
      const events = await first.waitFor(4);
      await prune(app, article.articleId, 3);
      first.unsubscribe();
      await released(app);
      const edge = app.live.subscribe(positions, { articleId: article.id, after: events[2]?.cursor });
      await edge.waitFor(1, 'ArticleCheckpoint');
      expect(types(edge)).toEqual(['CommentEdited', 'ArticleCheckpoint']);
      await expectReset(app, article, events[1]?.cursor ?? '', 'EXPIRED');
    });

    it('is reset if there are more events than MAX_REPLAY_EVENTS, of which none is sent', async () => {
      const app = service();
      const small = await startNode({ MAX_REPLAY_EVENTS: '3' });
      const article = await addArticle(app);
      await append(app, article.articleId, 3);
      const atCap = small.live.subscribe(positions, { articleId: article.id, after: article.start });
      await atCap.waitFor(1, 'ArticleCheckpoint');
      expect(numbers(atCap)).toEqual([1, 2, 3]);
      await append(app, article.articleId, 1);
      // The other node may learn of the fourth event a little later.
      await atCap.waitFor(4, 'CommentEdited');
      await expectReset(small, article, article.start, 'TOO_MANY');
    });

    it('is reset if the cursor is malformed, of another article, or from the future', async () => {
      const app = service();
      const article = await addArticle(app);
      const other = await addArticle(app);
      await append(app, article.articleId, 2);
      const { articleId, epoch } = decode(article.start);
      const encode = (text: string) => Buffer.from(text).toString('base64url');
      const cursors = [
        'garbage',
        '🙂',
        other.start,
        Buffer.from(article.start, 'base64url').toString('latin1'),
        `${article.start}=`,
        encode(`events|${epoch}|${articleId}|3`),
        encode(`events|${epoch}|${articleId}|9999999999`),
        encode(`events|${epoch}|${articleId}|-1`),
        encode(`events|${epoch}|${articleId}|1 `),
        encode(`events|${epoch}|0${articleId}|1`),
      ];
      for (const cursor of cursors) {
        const listener = app.live.subscribe(positions, { articleId: article.id, after: cursor });
        await listener.waitFor(1, 'ArticleCheckpoint');
        expect(listener.events).toMatchObject([
          { __typename: 'ArticleReset', resetReason: 'UNKNOWN_CURSOR', sequence: 2 },
          { __typename: 'ArticleCheckpoint', sequence: 2 },
        ]);
      }
      await expectReset(app, article, other.start, 'UNKNOWN_CURSOR');
    });

    it('is reset if the cursor is from before a restored backup', async () => {
      const app = service();
      const article = await addArticle(app);
      await append(app, article.articleId, 2);
      await rotateEpoch(app);
      await expectReset(app, article, article.start, 'EPOCH_CHANGED');
    });

    it('is reset while it is open when the log is replaced', async () => {
      const app = service();
      const article = await addArticle(app);
      await append(app, article.articleId, 2);
      const listener = app.live.subscribe(positions, { articleId: article.id, after: article.start });
      const narrow = app.live.subscribe(commentAdded, { articleId: article.id, after: article.start });
      await listener.waitFor(1, 'ArticleCheckpoint');
      await rotateEpoch(app);
      await listener.waitFor(1, 'ArticleReset');
      await listener.waitFor(2, 'ArticleCheckpoint');
      await append(app, article.articleId, 1);
      await listener.waitFor(3, 'CommentEdited');
      expect(types(listener)).toEqual([
        'CommentEdited',
        'CommentEdited',
        'ArticleCheckpoint',
        'ArticleReset',
        'ArticleCheckpoint',
        'CommentEdited',
      ]);
      expect(listener.events[3]).toMatchObject({ resetReason: 'EPOCH_CHANGED', sequence: 2 });
      expect(listener.events[3]?.cursor).not.toBe(listener.events[1]?.cursor);
      await eventually('the commentAdded stream to end', () => narrow.completed);
      expect(narrow.errors).toMatchObject([
        { extensions: { code: 'ARTICLE_RESET', resetReason: 'EPOCH_CHANGED' } },
      ]);
    });

    it('is reset while it is open when the log is rewound', async () => {
      const app = service();
      const article = await addArticle(app);
      await append(app, article.articleId, 5);
      const listener = app.live.subscribe(positions, { articleId: article.id });
      await listener.waitFor(1, 'ArticleCheckpoint');
      await app.app.db.transaction(async (tx) => {
        await tx.query('DELETE FROM article_event WHERE article_id = $1 AND sequence > 2', [
          article.articleId,
        ]);
        await tx.query('UPDATE article_counter SET sequence = 2 WHERE article_id = $1', [article.articleId]);
      });
      await listener.waitFor(2, 'ArticleCheckpoint');
      await append(app, article.articleId, 1);
      await listener.waitFor(1, 'CommentEdited');
      expect(listener.events.map(({ __typename, sequence }) => [__typename, sequence])).toEqual([
        ['ArticleCheckpoint', 5],
        ['ArticleReset', 2],
        ['ArticleCheckpoint', 2],
        ['CommentEdited', 3],
      ]);
      expect(listener.events[1]?.resetReason).toBe('EPOCH_CHANGED');
    });
  });

  describe('with a writer on another node', () => {
    it('receives the writer’s events through the poll alone', async () => {
      const app = service();
      const writer = await startNode({});
      const article = await addArticle(app);
      const listener = app.live.subscribe(positions, { articleId: article.id, after: article.start });
      await listener.waitFor(1, 'ArticleCheckpoint');
      await append(writer, article.articleId, 10);
      await append(app, article.articleId, 1);
      await append(writer, article.articleId, 1);
      await listener.waitFor(12, 'CommentEdited');
      expect(numbers(listener)).toEqual(range(1, 12));
    });

    it('accepts a cursor that is ahead of the events known to this node', async () => {
      const app = service();
      const deaf = await startNode({ HEAD_POLL_MS: '60000' });
      const article = await addArticle(app);
      const earlier = deaf.live.subscribe(positions, { articleId: article.id });
      await earlier.waitFor(1, 'ArticleCheckpoint');
      await append(app, article.articleId, 7);
      const listener = deaf.live.subscribe(positions, {
        articleId: article.id,
        after: await liveCursor(app, article.slug),
      });
      await listener.waitFor(1);
      expect(listener.events).toMatchObject([{ __typename: 'ArticleCheckpoint', sequence: 7 }]);
      // The earlier subscriber receives the events in the same way.
      await earlier.waitFor(7, 'CommentEdited');
      expect(numbers(earlier)).toEqual(range(1, 7));
    });
  });

  describe('during writes', () => {
    it('gives the whole log to 1,000 subscribers that connect in between', async () => {
      const app = service();
      const clients = range(1, 8).map(() => app.live.client());
      const perArticle = 125;
      const events = 16;
      for (let round = 0; round < 8; round++) {
        const article = await addArticle(app);
        const subscribers: Subscription[] = [];
        const writing = append(app, article.articleId, events);
        let open = true;
        void writing.finally(() => (open = false));
        while (subscribers.length < perArticle) {
          // Every third subscriber begins at the present head of the log.
          const after = subscribers.length % 3 === 2 ? undefined : article.start;
          const client = clients[subscribers.length % clients.length];
          subscribers.push(app.live.subscribe(positions, { articleId: article.id, after }, client));
          // Lets the writer continue between some subscriptions, as long as it has events to write.
          if (open && subscribers.length % 8 === 0) await app.app.db.query('SELECT 1');
        }
        await writing;
        await eventually('every subscriber to have the last event', () =>
          subscribers.every(
            ({ events: seen }) =>
              seen.at(-1)?.sequence === events && seen.some((e) => e.__typename === 'ArticleCheckpoint'),
          ),
        );
        const log = await logOf(app, article.articleId);
        expect(log).toEqual(range(1, events));
        for (const [index, subscriber] of subscribers.entries()) {
          const first = subscriber.events[0];
          if (index % 3 === 2) expect(first?.__typename).toBe('ArticleCheckpoint');
          expect(numbers(subscriber)).toEqual(index % 3 === 2 ? log.slice(first?.sequence) : log);
          expect(types(subscriber).filter((type) => type === 'ArticleCheckpoint')).toHaveLength(1);
          expect(subscriber.errors).toEqual([]);
          subscriber.unsubscribe();
        }
      }
    });
  });

  describe('when its client leaves', () => {
    it('releases the feed at once, after unsubscribing and after the socket is closed', async () => {
      const app = service();
      const article = await addArticle(app);
      const client = app.live.client();
      const one = app.live.subscribe(positions, { articleId: article.id }, client);
      const two = app.live.subscribe(commentAdded, { articleId: article.id, after: article.start }, client);
      await one.waitFor(1, 'ArticleCheckpoint');
      await eventually('both streams to be open', () => app.app.hub.size.streams === 2);
      expect(app.app.hub.size).toMatchObject({ articles: 1, streams: 2 });
      one.unsubscribe();
      await eventually('the first stream to be released', () => app.app.hub.size.streams === 1);
      two.unsubscribe();
      await released(app);

      const raw = await new RawSocket(app.url).open();
      raw.subscribe('1', positions, { articleId: article.id });
      raw.subscribe('2', commentAdded, { articleId: article.id });
      await raw.answerTo('1');
      await eventually('both streams to be open', () => app.app.hub.size.streams === 2);
      raw.ws.terminate();
      await released(app);
    });

    it('releases the feed also when the client leaves while the stream is being opened', async () => {
      const app = service();
      const article = await addArticle(app);
      const goodbyes: ((raw: RawSocket) => void)[] = [
        (raw) => raw.send({ type: 'complete', id: '1' }),
        (raw) => raw.ws.close(),
        (raw) => raw.ws.terminate(),
      ];
      for (const goodbye of goodbyes) {
        const raw = await new RawSocket(app.url).open();
        await onDatabase(app.database.url, async (client) => {
          // Opening a feed reads the counter, so the lock keeps the subscription half open.
          await client.query('BEGIN; LOCK TABLE article_counter IN ACCESS EXCLUSIVE MODE');
          raw.subscribe('1', positions, { articleId: article.id });
          raw.subscribe('2', positions, { articleId: article.id });
          await eventually('the subscriptions to wait for the lock', async () => {
            // One transaction sees the same activity all the time.
            await client.query('SELECT pg_stat_clear_snapshot()');
            const { rows } = await client.query(
              `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
            );
            return rows.length > 0;
          });
          raw.send({ type: 'complete', id: '2' });
          goodbye(raw);
          // The service has read the goodbye when the socket answers the ping, or has closed.
          raw.send({ type: 'ping' });
          await eventually(
            'the goodbye to arrive',
            () => raw.closed !== undefined || raw.messages.some(({ type }) => type === 'pong'),
          );
          await client.query('COMMIT');
        });
        await released(app);
        expect(raw.messages.filter(({ type }) => type === 'next')).toEqual([]);
        raw.ws.terminate();
      }
    });

    it('closes a socket that reuses an id while the first stream with that id is still being opened', async () => {
      const app = service();
      const article = await addArticle(app);
      const raw = await new RawSocket(app.url).open();
      await onDatabase(app.database.url, async (client) => {
        await client.query('BEGIN; LOCK TABLE article_counter IN ACCESS EXCLUSIVE MODE');
        raw.subscribe('1', positions, { articleId: article.id });
        raw.send({ type: 'complete', id: '1' });
        raw.subscribe('1', positions, { articleId: article.id });
        // Otherwise the first stream would continue under the second one's id, unreachable, for as long as the service
        // runs.
        expect(await raw.closeCode()).toBe(4409);
        await client.query('COMMIT');
      });
    });
  });

  describe('with a client that reads slowly', () => {
    /** Adds a comment of 10,000 characters, for results of 300 KB. */
    async function addLongComment(app: TestApp, article: Watched): Promise<string> {
      const user = await app.signUp();
      const { comment } = await app.addComment(user, { articleId: article.id, body: 'x'.repeat(10_000) });
      return (
        Buffer.from(comment?.id ?? '', 'base64url')
          .toString()
          .split(':')
          .at(-1) ?? ''
      );
    }

    it('closes a socket that fell too far behind with 1013, and its client can resume from the last cursor', async () => {
      const app = service();
      const small = await startNode({ MAX_LIVE_TAIL_EVENTS: '20' });
      const article = await addArticle(app);
      const commentId = await addLongComment(app, article);
      const slow = await new RawSocket(small.url).open();
      slow.subscribe('1', heavy, { articleId: article.id });
      await slow.answerTo('1');
      const other = small.live.subscribe(positions, { articleId: article.id });
      await other.waitFor(1, 'ArticleCheckpoint');
      slow.ws.pause();
      // At 300 KB each, the events are far more than the kernel's buffers hold.
      await append(small, article.articleId, 90, commentId);
      await other.waitFor(90, 'CommentEdited');
      await eventually(
        'the stream of the slow client to be released',
        () => small.app.hub.size.streams === 1,
      );
      slow.ws.resume();
      expect(await slow.closeCode()).toBe(1013);
      const seen = slow.events('1');
      const sequences = seen.map(({ sequence }) => sequence as number);
      expect(sequences).toEqual(range(1, seen.length));
      expect(seen.length).toBeLessThan(80);
      expect(numbers(other)).toEqual(range(2, 91));
      expect(other.errors).toEqual([]);

      const resumed = small.live.subscribe(positions, { articleId: article.id, after: seen.at(-1).cursor });
      await resumed.waitFor(1, 'ArticleCheckpoint');
      expect(numbers(resumed)).toEqual(range(seen.length + 1, 91));
    });

    it('resets a replay that pruning has overtaken, and skips no event without a reset', async () => {
      const app = await startNode({ MAX_REPLAY_EVENTS: '2000' });
      const article = await addArticle(app);
      const commentId = await addLongComment(app, article);
      // More events than a node keeps in memory.
      const log = new EventLog(app.app.bus);
      const facts = range(1, 1500).map(() => ({ kind: 'COMMENT_EDITED', subjectId: commentId }) as const);
      await app.app.db.transaction((tx) => log.appendAll(tx, article.articleId, facts));
      const slow = await new RawSocket(app.url).open();
      slow.subscribe('1', heavy, { articleId: article.id, after: article.start });
      slow.ws.pause();
      await eventually('the replay to begin', () => app.app.hub.size.streams === 1);
      await prune(app, article.articleId, 450);
      slow.ws.resume();
      await slow.waitFor(
        'the reset',
        ({ payload }) => payload?.data?.articleEvents.__typename === 'ArticleReset',
      );
      await append(app, article.articleId, 1, commentId);
      await slow.waitFor('the next event', ({ payload }) => payload?.data?.articleEvents.sequence === 1502);
      const seen = slow.events('1');
      const reset = seen.findIndex(({ __typename }) => __typename === 'ArticleReset');
      const before = seen.slice(0, reset).map(({ sequence }) => sequence as number);
      expect(before).toEqual(range(1, before.length));
      expect(before.length).toBeLessThan(450);
      expect(seen.slice(reset)).toMatchObject([
        { __typename: 'ArticleReset', resetReason: 'EXPIRED', sequence: 1501 },
        { __typename: 'ArticleCheckpoint', sequence: 1501 },
        { __typename: 'CommentEdited', sequence: 1502 },
      ]);
      slow.ws.terminate();
    });
  });

  describe('when its database connections are cut', () => {
    it('keeps its sockets or closes them with 1013, and loses no event', async () => {
      const app = service();
      const article = await addArticle(app);
      const codes: number[] = [];
      const lists = range(1, 20).map(() => {
        const client = app.live.client({ retryAttempts: 100, onClosed: (code) => codes.push(code) });
        return resume(client, article.id, article.start);
      });
      await eventually('every client to have an event', () => lists.every((events) => events.length > 0));
      let acknowledged = 0;
      let unknown = 0;
      await onDatabase(app.database.url, async (killer) => {
        let killed: number[] = [];
        for (let round = 0; round < 8; round++) {
          const writes = range(1, 5).map(() => append(app, article.articleId, 2));
          const { rows } = await killer.query<{ pid: number }>(
            `SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()`,
          );
          killed = rows.map(({ pid }) => pid);
          for (const { status } of await Promise.allSettled(writes)) {
            if (status === 'fulfilled') acknowledged += 2;
            else unknown += 2;
          }
        }
        // Backends end only when they look at their signals.
        await eventually('the cut connections to be gone', async () => {
          const { rows } = await killer.query('SELECT FROM pg_stat_activity WHERE pid = ANY ($1)', [killed]);
          return rows.length === 0;
        });
      });
      await append(app, article.articleId, 1);
      const log = await logOf(app, article.articleId);
      expect(log).toEqual(range(1, log.length));
      expect(log.length).toBeGreaterThan(acknowledged);
      expect(log.length).toBeLessThanOrEqual(acknowledged + unknown + 1);
      await eventually('every client to have the last event', () =>
        lists.every((events) => events.findLast(isFact)?.sequence === log.length),
      );
      for (const events of lists) {
        expect(events.filter(isFact).map(({ sequence }) => sequence)).toEqual(log);
        expect(events.some(({ __typename }) => __typename === 'ArticleReset')).toBe(false);
      }
      expect(codes.filter((code) => code !== 1013)).toEqual([]);
    });
  });
});

function decode(cursor: string): { epoch: string; articleId: string } {
  const [, epoch = '', articleId = ''] = Buffer.from(cursor, 'base64url').toString().split('|');
  return { epoch, articleId };
}
