import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { TestApp, type TestUser, useApp } from '../../support/app.ts';
import { type CommentMutation, sendMutation } from '../../support/comments.ts';
import { createTestDatabase, onDatabase } from '../../support/database.ts';
import { checkInvariants, findViolations } from '../../../harness/invariants.ts';

const writerCount = 50;

describe('many writers at once', () => {
  const service = useApp({ MAX_COMMENT_DEPTH: '12', MAX_REPLAY_EVENTS: '100000' });
  const writers: TestUser[] = [];

  beforeAll(async () => {
    for (let n = 0; n < writerCount; n++) {
      writers.push(await service().signUp(`Writer ${n}`, ...(n < 4 ? (['MODERATOR'] as const) : [])));
    }
  }, 240_000);

  const user = (n: number): TestUser => {
    const found = writers[n];
    if (!found) throw new Error('There are fifty writers');
    return found;
  };

  it('that reply to a comment during its removal are refused, or the comment stays as a tombstone', async () => {
    const app = service();
    const { id: articleId } = await app.addArticle();
    const outcomes = { refused: 0, stayed: 0 };
    const send = async (name: CommentMutation, input: Record<string, unknown>, n: number) => {
      const { data, errors } = await sendMutation(app, name, input, user(n));
      expect(errors).toBeUndefined();
      return data[name];
    };
    const round = async (number: number) => {
      const made = await send('addComment', { articleId, body: 'x' }, number % 40);
      const commentId: string = made.comment.id;
      const removal = () => send('removeComment', { commentId }, number % 40);
      const sendReply = (n: number) =>
        send('addComment', { articleId, parentId: commentId, body: 'y' }, (number + n) % 40);
      const isRemovalFirst = number % 2 === 0;
      const first = isRemovalFirst ? removal() : undefined;
      const answers = [sendReply(1), sendReply(2)];
      const { vanishedCommentId, comment, userErrors } = await (first ?? removal());
      const replies = await Promise.all(answers);
      expect(userErrors).toEqual([]);
      const accepted = replies.filter((payload) => payload.comment !== null);
      for (const { userErrors: refusals, comment: reply } of replies) {
        if (reply === null) expect(refusals).toMatchObject([{ code: 'PARENT_REMOVED', field: ['parentId'] }]);
      }
      if (accepted.length > 0) expect([vanishedCommentId, comment?.status]).toEqual([null, 'REMOVED']);
      else expect([vanishedCommentId, comment]).toEqual([commentId, null]);
      outcomes[accepted.length > 0 ? 'stayed' : 'refused'] += 1;
    };
    for (let start = 0; start < 200; start += 10) {
      await Promise.all(Array.from({ length: 10 }, (_, n) => round(start + n)));
    }
    expect(outcomes.refused).toBeGreaterThan(0);
    expect(outcomes.stayed).toBeGreaterThan(0);
    await checkInvariants(app.app.db);
  }, 240_000);

  it('that send one comment twenty times with one key make one comment', async () => {
    const app = service();
    const { id, articleId } = await app.addArticle();
    const input = { articleId: id, body: 'Once', idempotencyKey: randomUUID() };
    const answers = await Promise.all(Array.from({ length: 20 }, () => app.addComment(user(7), input)));
    expect(answers.flatMap(({ userErrors }) => userErrors)).toEqual([]);
    expect(new Set(answers.map(({ comment }) => comment?.id)).size).toBe(1);
    const rows = await app.app.db.query('SELECT FROM comment WHERE article_id = $1', [articleId]);
    expect(rows).toHaveLength(1);
    await checkInvariants(app.app.db);
  });

  it('that edit one revision make one edit in all', async () => {
    const app = service();
    const { id } = await app.addArticle();
    const { comment } = await app.addComment(user(8), { articleId: id });
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        sendMutation(
          app,
          'editComment',
          { commentId: comment?.id, body: `Text ${n}`, expectedRevision: 1 },
          user(8),
        ),
      ),
    );
    const codes = answers.map(({ data }) => data.editComment.userErrors[0]?.code ?? 'done').sort();
    expect(codes).toEqual([...Array.from({ length: 9 }, () => 'STALE_REVISION'), 'done']);
    await checkInvariants(app.app.db);
  });
});

describe('the check of invariants', () => {
  const service = useApp();

  /** Statements that each damage one thing, as a fault of the code would. */
  const damages = {
    'an article’s counts': `UPDATE article_counter SET comment_count = comment_count + 1`,
    'an article’s listed count': `UPDATE article_counter SET listed_count = listed_count - 1`,
    'an article’s root count': `UPDATE article_counter SET listed_root_count = 0`,
    'an article’s endorsement count': `UPDATE article_counter SET endorsement_count = 7`,
    'a reply count': `UPDATE comment_counter SET reply_count = reply_count + 1 WHERE ever_replied`,
    'a listed reply count': `UPDATE comment_counter SET listed_reply_count = 0 WHERE listed_reply_count > 0`,
    'a descendant count': `UPDATE comment_counter SET descendant_count = descendant_count - 1 WHERE ever_replied`,
    'a lost counter': `DELETE FROM comment_counter WHERE NOT ever_replied`,
    'a forgotten reply': `UPDATE comment_counter SET ever_replied = false`,
    'a reply under what vanished': `UPDATE comment SET listed = false WHERE status = 'REMOVED'`,
    'a wrong root': `UPDATE comment SET root_id = id WHERE depth > 0`,
    'a wrong path': `UPDATE comment SET path = decode(repeat('00', length(path)), 'hex') WHERE depth > 0`,
    'a gap in the log': `DELETE FROM article_event WHERE sequence = 2`,
    'a lost last event': `DELETE FROM article_event WHERE sequence = (SELECT max(sequence) FROM article_event)`,
    'a counter ahead of the log': `UPDATE article_counter SET sequence = sequence + 1`,
    'times out of order': `UPDATE article_event SET occurred_at = now() - interval '1 day' WHERE sequence = 2`,
    'an event twice': `INSERT INTO article_event (article_id, sequence, kind, subject_id)
      SELECT article_id, sequence + 100, kind, subject_id FROM article_event WHERE kind = 'COMMENT_ADDED'`,
    'an edit that kept nothing': `UPDATE comment SET revision = revision + 1`,
    'a wrong vanishing': `UPDATE article_event SET detail = CASE WHEN detail IS NULL THEN '{"vanished": true}'::jsonb END WHERE kind = 'COMMENT_REMOVED'`,
    'a lost withdrawal': `UPDATE endorsement SET withdrawn_at = NULL, listed = true WHERE withdrawn_at IS NOT NULL`,
    'a lost reaction': `DELETE FROM comment_reaction`,
    'a reaction of nobody’s': `UPDATE comment_counter SET like_count = like_count + 1, score = score + 1`,
    'a place in TOP of what is not there': `UPDATE comment_counter SET listed = NOT listed`,
    'an event without its key': `UPDATE article_event SET idempotency_key = NULL`,
    'a key of another thing': `UPDATE article_event SET idempotency_key = gen_random_uuid() WHERE sequence = 2`,
    'a reaction to what was never public': `UPDATE comment SET status = 'REJECTED', listed = false WHERE depth = 2`,
    'a key without a result': `UPDATE idempotency_key SET result_id = result_id + 1000`,
  };

  it('finds every kind of damage', async () => {
    const app = service();
    const { db } = app.app;
    // A key does not say of which kind its object is: here an article, a comment and an endorsement have different numbers.
    await db.query(`SELECT setval('comment_id_seq', 1000), setval('endorsement_id_seq', 2000)`);
    const ada = await app.signUp();
    const { id } = await app.addArticle();
    const post = (more: Record<string, string> = {}) => app.addComment(ada, { articleId: id, ...more });
    const { comment: root } = await post({ idempotencyKey: randomUUID() });
    const { comment: reply } = await post({ parentId: root?.id ?? '' });
    const { comment: last } = await post({ parentId: reply?.id ?? '' });
    await sendMutation(app, 'react', { commentId: last?.id, kind: 'LIKE' }, ada);
    await sendMutation(app, 'editComment', { commentId: reply?.id, body: 'New' }, ada);
    await sendMutation(app, 'removeComment', { commentId: root?.id }, ada);
    for (const name of ['endorse', 'withdrawEndorsement']) {
      const type = name === 'endorse' ? 'EndorseInput' : 'WithdrawEndorsementInput';
      await app.data(
        `mutation ($input: ${type}!) { ${name}(input: $input) { userErrors { code } } }`,
        { input: { articleId: id } },
        ada.token,
      );
    }
    await checkInvariants(db);
    const rollback = new Error('undone');
    for (const [name, damage] of Object.entries(damages)) {
      const found: string[] = [];
      await db
        .transaction(async (tx) => {
          await tx.query(damage);
          found.push(...(await findViolations(tx)));
          throw rollback;
        })
        .catch((error: unknown) => {
          if (error !== rollback) throw error;
        });
      expect([name, found.length > 0]).toEqual([name, true]);
    }
    await checkInvariants(db);
  });
});

describe('writers in one thread', () => {
  it('that remove a comment and its parent at once do not deadlock', async () => {
    // Sequential scans find rows in the order of their last changes, an order in which locks must not deadlock.
    const database = await createTestDatabase();
    await onDatabase(database.url, async (client) => {
      for (const scan of ['indexscan', 'bitmapscan']) {
        await client.query(`ALTER DATABASE "${database.name}" SET enable_${scan} = off`);
      }
    });
    const app = await TestApp.start({}, { database });
    const { id: articleId } = await app.addArticle();
    try {
      const writer = await app.signUp('Writer');
      const thread = async () => {
        const ids: string[] = [];
        for (let depth = 0; depth < 3; depth++) {
          const { comment } = await app.addComment(writer, {
            articleId,
            ...(depth > 0 ? { parentId: ids[depth - 1] ?? '' } : {}),
          });
          ids.push(comment?.id ?? '');
        }
        return ids;
      };
      for (let round = 0; round < 8; round++) {
        const threads = await Promise.all(Array.from({ length: 5 }, thread));
        const removed = threads.flatMap(([, middle, last]) => [middle, last]);
        await Promise.all(
          removed.map((commentId) => sendMutation(app, 'removeComment', { commentId }, writer)),
        );
      }
      // After a deadlock, the service would repeat the transaction, and only the second that the victim waits would show.
      const [stats] = await app.app.db.query(
        'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()',
      );
      expect(stats).toEqual({ deadlocks: 0 });
      await checkInvariants(app.app.db);
    } finally {
      await app.close();
      await database.drop();
    }
  }, 240_000);
});
