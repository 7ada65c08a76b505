/**
 * @database either
 * @seconds 60
 */
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { checkInvariants } from '../../../harness/invariants.ts';
import { type TestUser, useApp } from '../../support/app.ts';
import { keyOf, logOf, mutate } from '../../support/comments.ts';
import { eventually } from '../../support/eventually.ts';
import { logAbout, onPerson, personId } from '../../support/persons.ts';
import { report, reportsOf } from '../../support/reports.ts';
import { recordStatements } from '../../support/statements.ts';

describe('the removal of everything that somebody has written since a time', () => {
  const service = useApp({ MODERATION_POLL_MS: '50' });
  let moderator: TestUser;

  beforeAll(async () => {
    moderator = await service().signUp('Mo Example', 'MODERATOR');
  });

  afterEach(async () => {
    await service().live.close();
  });

  const remove = (of: TestUser, since: string, more: Record<string, unknown> = {}) =>
    onPerson(service(), moderator, 'removeCommentsSince', {
      personId: personId(of.accountId),
      since,
      reason: 'SPAM',
      ...more,
    });

  const progress = async (decisionId: string) =>
    (
      await service().data(
        `query ($id: ID!) { node(id: $id) { ... on ModerationDecision { removal { commentCount isDone } } } }`,
        { id: decisionId },
        moderator.token,
      )
    ).node.removal;

  const done = (decisionId: string) =>
    eventually(
      'the removal to be done',
      async () => {
        const { isDone, commentCount } = await progress(decisionId);
        return isDone ? { commentCount } : undefined;
      },
      60_000,
    );

  const undo = async (id: string): Promise<unknown> =>
    (
      await service().data(
        'mutation ($id: ID!) { undoDecision(input: { decisionId: $id }) { userErrors { code } } }',
        { id },
        moderator.token,
      )
    ).undoDecision.userErrors;

  const statusOf = async (globalId: string): Promise<{ status: string; listed: boolean }> => {
    const [, articleId, id] = Buffer.from(globalId, 'base64url').toString().split(':');
    const [row] = await service().app.db.query<{ status: string; listed: boolean }>(
      'SELECT status, listed FROM comment WHERE article_id = $1 AND id = $2',
      [articleId, id],
    );
    if (!row) throw new Error('There is no such comment');
    return row;
  };

  const now = async (): Promise<string> => {
    const [row] = await service().app.db.query<{ now: Date }>('SELECT clock_timestamp() AS now');
    // A millisecond later, because a Date has no microseconds.
    return new Date((row?.now.getTime() ?? 0) + 1).toISOString();
  };

  /** Somebody whose comments under a new article come after a time. */
  async function spammer() {
    const app = service();
    const person = await app.signUp('Spam Example');
    const article = await app.addArticle();
    const since = await now();
    await eventually('the time to come', async () => (await now()) > since);
    const post = async () =>
      (await app.addComment(person, { articleId: article.id, body: 'A text.' })).comment?.id ?? '';
    return { person, article, since, post };
  }

  it('is one decision: tombstones and gaps as by a single removal, under all articles, and nothing before or after', async () => {
    const app = service();
    const [person, other] = [await app.signUp('Spam Example'), await app.signUp()];
    const [open, held] = [
      await app.addArticle(),
      await app.addArticle({ article: { commentPolicy: 'PREMODERATED' } }),
    ];
    const post = async (by: TestUser, articleId: string, parentId?: string) =>
      (
        await app.addComment(by, {
          articleId,
          body: 'A text.',
          ...(parentId === undefined ? {} : { parentId }),
        })
      ).comment?.id ?? '';
    const before = await post(person, open.id);
    const since = await now();
    await eventually('the time to come', async () => (await now()) > since);
    const repliedTo = await post(person, open.id);
    const reply = await post(other, open.id, repliedTo);
    const own = await post(person, open.id, reply);
    const leaf = await post(person, open.id);
    const waiting = await post(person, held.id);
    const { decision, refused } = await remove(person, since, { note: 'Advertisements.' });
    expect(refused).toBeUndefined();
    const after = await post(person, open.id);
    expect(await done(decision.id)).toEqual({ commentCount: 4 });

    expect(await statusOf(repliedTo)).toEqual({ status: 'REMOVED', listed: true });
    for (const gone of [own, leaf, waiting])
      expect(await statusOf(gone)).toEqual({ status: 'REMOVED', listed: false });
    for (const kept of [before, reply, after])
      expect(await statusOf(kept)).toEqual({ status: 'PUBLISHED', listed: true });
    await checkInvariants(app.app.db);
    const removals = (await logOf(app, open.articleId)).filter(({ kind }) => kind === 'COMMENT_REMOVED');
    expect(removals).toHaveLength(3);
    expect(removals.filter(({ vanished }) => vanished)).toHaveLength(2);
    const log = (await logAbout(app, person.accountId)).filter(({ kind }) => kind !== 'HELD');
    expect(log.map(({ kind }) => kind)).toEqual(['DECIDED', 'WITHDRAWN']);
    const { viewer } = await app.data(
      '{ viewer { notifications(first: 9) { nodes { kind decision { kind since note } } } } }',
      {},
      person.token,
    );
    expect(viewer.notifications.nodes).toEqual([
      { kind: 'COMMENTS_REMOVED', decision: { kind: 'REMOVED_SINCE', since, note: 'Advertisements.' } },
    ]);
  });

  it('that is undone puts everything back in the background, and what waited waits again', async () => {
    const app = service();
    const { person, article, since, post } = await spammer();
    const [open, edited] = [await post(), await post()];
    await app.app.db.query(`UPDATE article SET comment_policy = 'PREMODERATED' WHERE id = $1`, [
      article.articleId,
    ]);
    const waiting = await post();
    await mutate(app, 'editComment', { commentId: edited, body: 'Another text.' }, person);
    const { decision } = await remove(person, since);
    expect(await done(decision.id)).toEqual({ commentCount: 3 });
    expect(await undo(decision.id)).toEqual([]);
    const back = async () => (await statusOf(open)).status === 'PUBLISHED';
    await eventually('the comments to be back', async () => (await back()) || undefined);
    await done(decision.id);
    for (const shown of [open, edited])
      expect(await statusOf(shown)).toEqual({ status: 'PUBLISHED', listed: true });
    expect(await statusOf(waiting)).toEqual({ status: 'PENDING', listed: false });
    await checkInvariants(app.app.db);
    const kinds = (await logOf(app, article.articleId)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'COMMENT_RESTORED')).toHaveLength(2);
    const told = (await logAbout(app, person.accountId)).map(({ kind }) => kind);
    const behind = told.slice(told.indexOf('DECIDED'));
    expect([...behind].sort()).toEqual(['DECIDED', 'HELD', 'HELD', 'UNDONE', 'WITHDRAWN', 'WITHDRAWN']);
  });

  it('that covers what was removed already keeps it removed when the earlier decision is undone', async () => {
    const app = service();
    const { person, since, post } = await spammer();
    const [alone, other] = [await post(), await post()];
    const { removeComment } = await app.data(
      `mutation ($id: ID!) { removeComment(input: { commentId: $id, reasonCode: SPAM }) { decision { id } } }`,
      { id: alone },
      moderator.token,
    );
    const [first, second] = [await remove(person, since), await remove(person, since, { reason: 'ABUSE' })];
    expect(await done(first.decision.id)).toEqual({ commentCount: 1 });
    await done(second.decision.id);
    expect(await undo(removeComment.decision.id)).toEqual([{ code: 'DECISION_NOT_UNDOABLE' }]);
    expect(await undo(first.decision.id)).toEqual([]);
    await done(first.decision.id);
    for (const id of [alone, other]) expect((await statusOf(id)).status).toBe('REMOVED');
    expect(await undo(second.decision.id)).toEqual([]);
    await eventually('the comment to be back', async () => (await statusOf(other)).status === 'PUBLISHED');
    await done(second.decision.id);
    // What removed this one alone stands.
    expect((await statusOf(alone)).status).toBe('REMOVED');
    expect(await undo(removeComment.decision.id)).toEqual([]);
    expect((await statusOf(alone)).status).toBe('PUBLISHED');
    await checkInvariants(app.app.db);
  });

  it('covers what reports have taken back, finds reports right, and undone lets all wait and be reported as before', async () => {
    const app = service();
    const { person, since, post } = await spammer();
    const [takenBack, reported, gone] = [await post(), await post(), await post()];
    const reporters = await Promise.all([app.signUp(), app.signUp(), app.signUp()]);
    for (const reporter of reporters) await report(app, reporter, takenBack);
    await report(app, reporters[0], reported);
    expect(await reportsOf(app, takenBack)).toMatchObject({
      status: 'REMOVED',
      item: { held: 'REPORTS', reports: 3 },
    });
    const { decision } = await remove(person, since);
    expect(await done(decision.id)).toEqual({ commentCount: 3 });
    const upheld = { status: 'REMOVED', item: null };
    expect(await reportsOf(app, takenBack)).toMatchObject({
      ...upheld,
      states: ['UPHELD', 'UPHELD', 'UPHELD'],
    });
    expect(await reportsOf(app, reported)).toMatchObject({ ...upheld, states: ['UPHELD'] });
    const approve = (commentId: string): Promise<any> =>
      mutate(app, 'approveComment', { commentId }, moderator);
    expect((await approve(takenBack)).userErrors).toMatchObject([{ code: 'COMMENT_REMOVED' }]);
    // Its author removes one as well: it stays so.
    await mutate(app, 'removeComment', { commentId: gone }, person);

    // A later removal, for another reason, covers them all; the earlier one undone changes nothing then.
    const other = await remove(person, since, { reason: 'ABUSE' });
    await done(other.decision.id);
    expect(await undo(decision.id)).toEqual([]);
    await done(decision.id);
    expect(await reportsOf(app, takenBack)).toMatchObject(upheld);
    expect(await undo(other.decision.id)).toEqual([]);
    await done(other.decision.id);
    expect(await reportsOf(app, takenBack)).toMatchObject({
      status: 'REMOVED',
      item: { held: 'REPORTS', reports: 3 },
      states: ['OPEN', 'OPEN', 'OPEN'],
    });
    expect(await reportsOf(app, reported)).toMatchObject({
      status: 'PUBLISHED',
      item: { held: null, reports: 1 },
      states: ['OPEN'],
    });
    expect(await statusOf(gone)).toEqual({ status: 'REMOVED', listed: false });
    const told = await app.app.db.query<{ kind: string; comment: string; phase: string | null }>(
      `SELECT kind, comment_id::text AS comment, detail->>'phase' AS phase FROM moderation_event
       WHERE decision_id = $1 AND comment_id IS NOT NULL ORDER BY kind`,
      [keyOf(other.decision.id)],
    );
    expect(told).toEqual([
      { kind: 'HELD', comment: keyOf(takenBack), phase: 'REPORTS' },
      { kind: 'REPORTED', comment: keyOf(reported), phase: null },
    ]);
    await checkInvariants(app.app.db);
    expect((await approve(takenBack)).userErrors).toEqual([]);
    expect((await statusOf(takenBack)).status).toBe('PUBLISHED');
  });

  it('is what the author finds at each tombstone, in one statement, until a moderator decides about the comment or undoes it', async () => {
    const app = service();
    const { person, article, since, post } = await spammer();
    const [kept, restored] = [await post(), await post()];
    for (const parentId of [kept, restored])
      await app.addComment(moderator, { articleId: article.id, body: 'A reply.', parentId });
    const decisions = async (user = person) => {
      const { first, second } = await app.data(
        `query ($first: ID!, $second: ID!) { first: comment(id: $first) { ...Decided } second: comment(id: $second) { ...Decided } }
         fragment Decided on Comment { viewerDecision { decisionId kind reason note since canAppeal } }`,
        { first: kept, second: restored },
        user.token,
      );
      return [first.viewerDecision, second.viewerDecision];
    };
    const { decision } = await remove(person, since, { note: 'Advertisements.' });
    await done(decision.id);
    const found = {
      decisionId: decision.id,
      kind: 'REMOVED_SINCE',
      reason: 'SPAM',
      note: 'Advertisements.',
      since,
      canAppeal: true,
    };
    const { statements, stop } = recordStatements();
    expect(await decisions().finally(stop)).toEqual([found, found]);
    expect(statements.filter((text) => text.includes('moderation_decision_comment'))).toHaveLength(1);
    expect(await decisions(moderator)).toEqual([null, null]);
    await mutate(app, 'restoreComment', { commentId: restored }, moderator);
    expect(await decisions()).toMatchObject([found, { kind: 'RESTORED' }]);
    expect(await undo(decision.id)).toEqual([]);
    expect(await decisions()).toMatchObject([null, { kind: 'RESTORED' }]);
    await done(decision.id);
  });

  it('that is repeated without a key is the same decision, until there is something more to remove', async () => {
    const { person, since, post } = await spammer();
    await post();
    const first = await remove(person, since);
    const [second, third] = await Promise.all([remove(person, since), remove(person, since)]);
    for (const { decision } of [second, third]) expect(decision.id).toBe(first.decision.id);
    await done(first.decision.id);
    expect((await remove(person, since)).decision.id).toBe(first.decision.id);
    expect((await remove(person, since, { reason: 'ABUSE' })).decision.id).not.toBe(first.decision.id);
    const later = await post();
    const again = await remove(person, since);
    expect(again.decision.id).not.toBe(first.decision.id);
    await done(again.decision.id);
    expect((await statusOf(later)).status).toBe('REMOVED');
  });

  it('that is repeated with its key makes no second decision; staff and a time to come are refused', async () => {
    const app = service();
    const person = await app.signUp();
    const since = await now();
    const idempotencyKey = randomUUID();
    const first = await remove(person, since, { idempotencyKey });
    const second = await remove(person, since, { idempotencyKey });
    expect(second.decision.id).toBe(first.decision.id);
    const other = await remove(person, since, { idempotencyKey, reason: 'HATE' });
    expect(other.refused).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(await done(first.decision.id)).toEqual({ commentCount: 0 });
    const later = new Date(Date.now() + 60_000).toISOString();
    expect((await remove(person, later)).refused).toBe('INVALID_INPUT');
    const editor = await app.signUp('Ed Example', 'EDITOR');
    expect((await remove(editor, since)).refused).toBe('FORBIDDEN');
    expect((await remove(moderator, since)).refused).toBe('FORBIDDEN');
  });

  it('takes 10,000 comments of one article, while others post between its batches and read on a stream', async () => {
    const app = service();
    const [person, poster] = [await app.signUp('Spam Example'), await app.signUp()];
    const count = 10_000;
    const comments = Array.from({ length: count }, (_, n) => ({
      key: `c${n}`,
      ...(n % 3 === 1 ? { parentKey: `c${n - 1}` } : {}),
      authorName: 'Somebody',
      body: `Text ${n}`,
      createdAt: new Date(Date.UTC(2024, 5, 1) + n * 1000).toISOString(),
    }));
    const { id, articleId } = await app.addArticle({ comments });
    await app.app.db.transaction(async (tx) => {
      // Triggers look at each row.
      await tx.query('SET LOCAL statement_timeout = 0');
      await tx.query(
        'UPDATE comment SET account_id = $2, author_name = NULL, imported_author_id = NULL WHERE article_id = $1',
        [articleId, person.accountId],
      );
    });
    const stream = app.live.subscribe(
      'subscription ($id: ID!) { articleEvents(articleId: $id) { __typename sequence } }',
      { id },
    );
    await stream.waitFor(1, 'ArticleCheckpoint');
    const { decision } = await remove(person, '2024-06-01T00:00:00Z');
    let posted = 0;
    let isDone = false;
    while (!isDone) {
      await app.addComment(poster, { articleId: id });
      posted += 1;
      isDone = (await progress(decision.id)).isDone;
    }
    expect(await progress(decision.id)).toEqual({ commentCount: count, isDone: true });
    const [left] = await app.app.db.query<{ replies: number; descendants: number; tombstones: number }>(
      `SELECT sum(k.reply_count)::int AS replies, sum(k.descendant_count)::int AS descendants,
         count(*) FILTER (WHERE c.listed AND c.status = 'REMOVED')::int AS tombstones
       FROM comment c JOIN comment_counter k ON k.article_id = c.article_id AND k.comment_id = c.id WHERE c.article_id = $1`,
      [articleId],
    );
    // Every third comment has had a reply.
    expect(left).toEqual({ replies: 0, descendants: 0, tombstones: Math.floor(count / 3) });
    const { node } = await app.data(
      'query ($id: ID!) { node(id: $id) { ... on Article { commentCount } } }',
      { id },
    );
    expect(node.commentCount).toBe(posted);
    // It does not wait for the end of the removal, which has a hundred batches.
    expect(posted).toBeGreaterThan(3);
    await eventually('the stream to have everything', () => stream.events.length > count + posted);
    const sequences = stream.events
      .filter((event) => event.__typename !== 'ArticleCheckpoint')
      .map((event) => event.sequence);
    expect(stream.events.some((event) => event.__typename === 'ArticleReset')).toBe(false);
    const [first = 0] = sequences;
    expect(sequences).toEqual(sequences.map((_, index) => first + index));
  });
});
