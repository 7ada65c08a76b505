import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { checkInvariants } from '../../../harness/invariants.ts';
import { lockArticle } from '../../../src/features/articles/article/article.queries.ts';
import type { Viewer } from '../../../src/platform/auth/viewer.ts';
import { CommentWriter, type Post } from '../../../src/features/comments/writing/comment-writer.ts';
import { EventLog } from '../../../src/platform/events/log.ts';
import {
  lockBatch,
  lockCounters,
} from '../../../src/features/moderation/removals/comment-removal.queries.ts';
import { ModerationLog } from '../../../src/platform/screening/moderation-log.ts';
import { ScreeningMemory } from '../../../src/features/screening/screening-memory.ts';
import { Screening } from '../../../src/features/screening/screening.ts';
import { TestApp, type TestUser, useApp } from '../../support/app.ts';
import { logOf, mutate } from '../../support/comments.ts';
import { onDatabase } from '../../support/database.ts';
import { sessionOf } from '../../support/sessions.ts';
import { eventually } from '../../support/eventually.ts';
import {
  addWords,
  commentKeyOf,
  moderationEvents,
  moderationHead,
  setArticle,
  setSettings,
} from '../../support/screening.ts';

type Article = Awaited<ReturnType<TestApp['addArticle']>>;

const viewerOf = ({ accountId, name, token }: TestUser): Viewer => ({
  accountId,
  sessionId: sessionOf(token),
  name,
  roles: ['READER'],
  suspended: false,
  unconfirmed: false,
});

/** A post as the API hands it to the writer. */
const post = (
  user: TestUser,
  article: Article,
  text: string,
  more: Partial<Post & { parentId: string }> = {},
): Post => ({
  viewer: viewerOf(user),
  place: { articleId: article.articleId, parentId: more.parentId, field: 'articleId', isNewArticle: false },
  body: { markdown: text, html: `<p>${text}</p>`, text },
  idempotencyKey: randomUUID(),
  ...more,
});

describe('one transaction for the posts of several authors', () => {
  const service = useApp({
    MAX_COMMENT_DEPTH: '2',
    DATABASE_LOCK_TIMEOUT_MS: '60000',
    DATABASE_STATEMENT_TIMEOUT_MS: '20000',
  });
  const users: TestUser[] = [];
  let editor: TestUser;

  beforeAll(async () => {
    editor = await service().signUp('Ed Example', 'EDITOR', 'MODERATOR');
    for (let n = 0; n < 10; n++) users.push(await service().signUp(`Writer ${n}`));
  });

  const writer = (
    screening: Pick<Screening, 'screen' | 'takesTurns'> = new Screening(new ScreeningMemory()),
    // So long that only PostgreSQL ends a transaction, and only where two wait for each other.
    sharedLockTimeoutMs = 60_000,
  ) => {
    const { bus } = service().app;
    return new CommentWriter({
      db: service().app.db,
      log: new EventLog(bus),
      moderationLog: new ModerationLog(bus),
      screening,
      limits: { maxLength: 10_000, maxDepth: 2, editWindowSeconds: 60 },
      sharedLockTimeoutMs,
    });
  };
  /** Fails if a transaction is tried again: PostgreSQL has ended it, because it and another one waited for each other. */
  const onlyOnce = <T, R>(work: (tx: T) => Promise<R>) => {
    let isFirst = true;
    return async (tx: T): Promise<R> => {
      if (!isFirst) throw new Error('Two transactions have waited for each other');
      isFirst = false;
      return work(tx);
    };
  };
  /** @returns the outcomes */
  const tryTogether = (posts: readonly Post[], by = writer()) =>
    by.addTogether((work) => service().app.db.transactionFor({ client: 'posts' }, onlyOnce(work)), posts);
  /** As `tryTogether`, where all are stored. */
  const addTogether = async (posts: readonly Post[]) =>
    (await tryTogether(posts)).map((outcome) => {
      if (typeof outcome !== 'object') throw new Error(outcome);
      return outcome.done;
    });
  const commentOn = async (article: Article, user = editor, parentId?: string) => {
    const { comment } = await service().addComment(user, {
      articleId: article.id,
      ...(parentId === undefined ? {} : { parentId }),
    });
    return { id: comment!.id, key: commentKeyOf(comment!.id) };
  };
  const keysOf = (posts: readonly Post[]) =>
    service().app.db.query<{ key: string }>('SELECT key FROM idempotency_key WHERE key = ANY($1)', [
      posts.map(({ idempotencyKey }) => idempotencyKey),
    ]);

  it('stores them with their counts and their events, numbered without a gap', async () => {
    const [one, two] = [await service().addArticle(), await service().addArticle()];
    const [first, second] = [await commentOn(one), await commentOn(one)];
    const posts = [
      post(users[0]!, two, 'Of the other article.'),
      post(users[1]!, one, 'A reply.', { parentId: second.key }),
      post(users[2]!, one, 'A thread.'),
      post(users[3]!, one, 'A reply to the same.', { parentId: second.key }),
      post(users[4]!, one, 'A reply without a key.', { parentId: first.key, idempotencyKey: undefined }),
    ];
    const stored = await addTogether(posts);
    expect(stored.map((comment) => [comment.key.articleId, comment.isPublished])).toEqual(
      posts.map(({ place }) => [place.articleId, true]),
    );
    const ids = stored.map((comment) => comment.key.id);
    const rows = await service().app.db.query<{ id: string; text: string; xmin: string }>(
      `SELECT id::text AS id, body_text AS text, xmin::text AS xmin FROM comment WHERE id = ANY($1) ORDER BY array_position($1, id)`,
      [ids],
    );
    expect(rows.map(({ text }) => text)).toEqual(posts.map(({ body }) => body.text));
    expect(new Set(rows.map(({ xmin }) => xmin)).size).toBe(1);
    const log = await logOf(service(), one.articleId);
    expect(log.map(({ kind, commentId }) => [kind, commentId])).toEqual(
      [
        first.key,
        second.key,
        ...[ids[1]!, ids[2]!, ids[3]!, ids[4]!].sort((a, b) => Number(a) - Number(b)),
      ].map((id) => ['COMMENT_ADDED', id]),
    );
    expect(await logOf(service(), two.articleId)).toMatchObject([{ commentId: ids[0] }]);
    await checkInvariants(service().app.db);
  });

  it('stores those that wait for a moderator, which only the log of moderation learns of', async () => {
    const [open, premoderated] = [await service().addArticle(), await service().addArticle()];
    await service().addComment(editor, { articleId: open.id });
    await service().app.db.query(`UPDATE article SET comment_policy = 'PREMODERATED' WHERE id = $1`, [
      premoderated.articleId,
    ]);
    const before = await moderationHead(service());
    const posts = [
      post(users[0]!, premoderated, 'Waits.'),
      post(users[1]!, open, 'Does not.'),
      post(users[2]!, premoderated, 'Waits, too.'),
    ];
    const stored = await addTogether(posts);
    expect(stored.map((comment) => comment.isPublished)).toEqual([false, true, false]);
    expect(await moderationEvents(service(), before)).toMatchObject([
      {
        kind: 'HELD',
        commentId: stored[0]?.key.id,
        subjectId: users[0]?.accountId,
        detail: { phase: 'POLICY' },
      },
      { kind: 'HELD', commentId: stored[2]?.key.id, subjectId: users[2]?.accountId },
    ]);
    expect(await logOf(service(), premoderated.articleId)).toEqual([]);
    // Nothing but what waits.
    const alone = await addTogether([post(users[3]!, premoderated, 'Alone.')]);
    expect(alone).toMatchObject([{ isPublished: false }]);
    await checkInvariants(service().app.db);
  });

  describe('waits for no transaction that waits for it:', () => {
    /** Posts together, again and again, while something else is done; fails if the two wait for each other. */
    const repeatedly = async (
      postsOf: (round: number) => readonly Post[],
      meanwhile: (round: number) => Promise<unknown>,
    ) => {
      for (let round = 0; round < 40; round++)
        await Promise.all([addTogether(postsOf(round)), meanwhile(round)]);
      await checkInvariants(service().app.db);
    };
    const repliesTo = (article: Article, parents: readonly { key: string }[], authors = users): Post[] =>
      parents.map(({ key: parentId }, n) => post(authors[n]!, article, 'A reply.', { parentId }));

    it('another one with the same threads of several articles', async () => {
      const articles = [await service().addArticle(), await service().addArticle()];
      const threads = await Promise.all(
        articles
          .flatMap((article) => [article, article])
          .map(async (article) => ({ article, ...(await commentOn(article)) })),
      );
      const replies = (authors: readonly TestUser[]) =>
        threads.map(({ article, key: parentId }, n) => post(authors[n]!, article, 'A reply.', { parentId }));
      await repeatedly(
        () => replies(users.slice(0, 4)),
        () => addTogether(replies(users.slice(4, 8).reverse()).reverse()),
      );
    });

    it('one that locks the counters of many comments, in the order of their paths', async () => {
      const article = await service().addArticle();
      const threads: { id: string; key: string }[] = [];
      for (let n = 0; n < 4; n++) threads.push(await commentOn(article));
      const ids = threads.map(({ key }) => key);
      const inOrder = await service().app.db.query<{ id: string }>(
        'SELECT id::text AS id FROM comment WHERE id = ANY($1) ORDER BY path',
        [ids],
      );
      await repeatedly(
        (round) => repliesTo(article, round % 2 === 0 ? threads : [...threads].reverse()),
        () =>
          // One by one, so that a transaction with another order is likely to be between them.
          service().app.db.transaction(
            onlyOnce(async (tx) => {
              for (const { id } of inOrder) await lockCounters(tx, article.articleId, [id]);
            }),
          ),
      );
    });

    it('one that locks many comments', async () => {
      const article = await service().addArticle();
      const threads: { id: string; key: string }[] = [];
      for (let n = 0; n < 6; n++) threads.unshift(await commentOn(article, users[9]));
      const ids = threads.map(({ key }) => key);
      const { accountId } = users[9]!;
      await repeatedly(
        () => repliesTo(article, threads),
        () =>
          service().app.db.transaction(
            onlyOnce(async (tx) => {
              await lockArticle(tx, article.articleId);
              await lockBatch(tx, { articleId: article.articleId, ids, accountId });
            }),
          ),
      );
    });

    it('one with the same keys', async () => {
      const article = await service().addArticle();
      const postsOf = (round: number) =>
        users.slice(0, 8).map((user, n) =>
          post(user, article, 'A text.', {
            idempotencyKey: randomUUID().replace(/^.{6}/, `${100000 + round * 100 + n}`),
          }),
        );
      for (let round = 0; round < 40; round++) {
        const posts = postsOf(round);
        const both = await Promise.all([tryTogether(posts), tryTogether([...posts].reverse())]);
        // Each is stored by one of them, and is a repetition for the other.
        expect(both.flat().filter((outcome) => typeof outcome === 'object')).toHaveLength(posts.length);
        expect(both.flat().filter((outcome) => outcome === 'ALONE')).toHaveLength(posts.length);
      }
    });

    it('one with texts of the same authors, where they are compared', async () => {
      const articles = [await service().addArticle(), await service().addArticle()];
      await setSettings(service(), { holdsRepeatedText: true }, editor);
      try {
        const postsOn = (n: number) => () =>
          users.slice(0, 8).map((user) => post(user, articles[n]!, randomUUID()));
        await repeatedly(postsOn(0), () => addTogether(postsOn(1)().reverse()));
      } finally {
        await setSettings(service(), { holdsRepeatedText: false }, editor);
      }
    });

    it('one that has locked the first comment of the thread, and waits for its counter', async () => {
      const article = await service().addArticle();
      const root = await commentOn(article);
      const parents = [await commentOn(article, editor, root.id), await commentOn(article, editor, root.id)];
      await onDatabase(service().database.url, async (client) => {
        await client.query('BEGIN');
        await client.query('SELECT FROM comment WHERE article_id = $1 AND id = $2 FOR UPDATE', [
          article.articleId,
          root.key,
        ]);
        expect(await addTogether(repliesTo(article, parents))).toHaveLength(2);
        await client.query('ROLLBACK');
      });
    });
  });

  it('does without a post for which a rule fails by a fault', async () => {
    const article = await service().addArticle();
    const real = new Screening(new ScreeningMemory());
    const faulty = writer({
      takesTurns: (...args) => real.takesTurns(...args),
      screen: (tx, candidate) => {
        if (candidate.text === 'Meets a fault.') throw new TypeError('A fault');
        return real.screen(tx, candidate);
      },
    });
    const posts = ['A comment.', 'Meets a fault.', 'A comment.'].map((text, n) =>
      post(users[n]!, article, text),
    );
    expect(await tryTogether(posts, faulty)).toEqual([
      { done: expect.anything() },
      'ALONE',
      { done: expect.anything() },
    ]);
    expect(await keysOf(posts)).toHaveLength(2);
    expect(await tryTogether([post(users[3]!, article, 'Meets a fault.')], faulty)).toEqual(['ALONE']);
  });

  it('ends where a lock makes it wait, although a single writer would wait on', async () => {
    const [locked, other] = [await service().addArticle(), await service().addArticle()];
    const posts = [post(users[0]!, locked, 'A comment.'), post(users[1]!, other, 'A comment.')];
    await onDatabase(service().database.url, async (client) => {
      await client.query('BEGIN');
      await client.query('SELECT FROM article_counter WHERE article_id = $1 FOR UPDATE', [locked.articleId]);
      await expect(tryTogether(posts, writer(undefined, 100))).rejects.toMatchObject({ code: '55P03' });
      await client.query('ROLLBACK');
    });
    expect(await keysOf(posts)).toEqual([]);
  });

  it('leaves nothing of those that have to be judged alone, and stores the others', async () => {
    const app = service();
    const [open, closed, slow] = [await app.addArticle(), await app.addArticle(), await app.addArticle()];
    await app.app.db.query(`UPDATE article SET comment_policy = 'CLOSED' WHERE id = $1`, [closed.articleId]);
    await setArticle(app, { articleId: slow.id, slowModeSeconds: 60 }, editor);
    await addWords(app, [{ text: 'forbidden', action: 'REFUSE' }], editor);
    const [parent, removed] = [await commentOn(open), await commentOn(open)];
    await app.addComment(users[9]!, { articleId: open.id, parentId: removed.id });
    await mutate(app, 'removeComment', { commentId: removed.id }, editor);
    const middle = await commentOn(open, users[9], parent.id);
    const deep = await commentOn(open, users[9], middle.id);
    const repeated = randomUUID();
    await app.addComment(users[6]!, { articleId: open.id, body: 'Before.', idempotencyKey: repeated });
    const used = randomUUID();
    await app.addComment(users[7]!, { articleId: open.id, body: 'Before.', idempotencyKey: used });
    const left = [
      post(users[0]!, closed, 'Left out: closed.'),
      post(users[1]!, slow, 'Left out: takes a turn.'),
      post(users[2]!, open, 'Left out: removed.', { parentId: removed.key }),
      post(users[3]!, open, 'Left out: too deep.', { parentId: deep.key }),
      post(users[4]!, open, 'Left out: unknown.', { parentId: '9999999' }),
      post(users[5]!, open, 'Left out: forbidden.'),
      post(users[6]!, open, 'Before.', { idempotencyKey: repeated }),
      post(users[7]!, open, 'Left out: another text.', { idempotencyKey: used }),
    ];
    const outcomes = ['SUBJECT_ALONE', 'SUBJECT_ALONE', ...left.slice(2).map(() => 'ALONE')];
    expect(await tryTogether(left)).toEqual(outcomes);
    const stays = [
      post(users[8]!, open, 'Stays.'),
      post(users[9]!, open, 'Stays.', { parentId: parent.key }),
    ];
    const done = { done: expect.objectContaining({ isPublished: true }) };
    expect(await tryTogether([stays[0]!, ...left, stays[1]!])).toEqual([done, ...outcomes, done]);
    expect((await keysOf(left)).map(({ key }) => key).sort()).toEqual([repeated, used].sort());
    expect(await keysOf(stays)).toHaveLength(2);
    expect(await app.app.db.query('SELECT FROM slow_mode_turn')).toEqual([]);
    expect(await app.app.db.query(`SELECT FROM comment WHERE body_text LIKE 'Left out%'`)).toEqual([]);
    await checkInvariants(app.app.db);
  });
});

describe('posts of many authors at once', () => {
  const settings = { DATABASE_POOL_SIZE: '10', MAX_COMMENT_DEPTH: '20', DATABASE_LOCK_TIMEOUT_MS: '60000' };
  const service = useApp(settings);
  const users: TestUser[] = [];

  beforeAll(async () => {
    for (let n = 0; n < 40; n++) users.push(await service().signUp(`Writer ${n}`));
  }, 120_000);

  it('on two nodes are all stored, some of them in one transaction', async () => {
    const other = await TestApp.start(settings, { database: service().database });
    try {
      const articles = await Promise.all(Array.from({ length: 3 }, () => service().addArticle()));
      const parents = articles.map((): string[] => []);
      const { db } = service().app;
      // However slow the machine is: as many rounds as it takes.
      await eventually(
        'a transaction with several posts',
        async () => {
          await Promise.all(
            users.map(async (user, n) => {
              const place = n % articles.length;
              const known = parents[place]!;
              const parentId = n % 2 === 0 ? known[n % Math.max(1, known.length)] : undefined;
              const { comment, userErrors } = await (n % 4 < 2 ? service() : other).addComment(user, {
                articleId: articles[place]!.id,
                ...(parentId === undefined ? {} : { parentId }),
                ...(n % 3 === 0 ? {} : { idempotencyKey: randomUUID() }),
              });
              expect(userErrors).toEqual([]);
              known.push(comment!.id);
            }),
          );
          const shared = await db.query(
            'SELECT FROM comment GROUP BY xmin::text HAVING count(*) > 2 LIMIT 4',
          );
          return shared.length > 3;
        },
        200_000,
      );
      const stored = await db.query<{ id: string }>('SELECT id::text AS id FROM comment');
      expect(stored.map(({ id }) => id).sort()).toEqual(parents.flat().map(commentKeyOf).sort());
      await checkInvariants(db);
    } finally {
      await other.close();
    }
  }, 240_000);

  it('do not wait for one whose article is locked, which is stored once it is not', async () => {
    const [locked, ...others] = await Promise.all(Array.from({ length: 5 }, () => service().addArticle()));
    await onDatabase(service().database.url, async (client) => {
      await client.query('BEGIN');
      await client.query('SELECT FROM article_counter WHERE article_id = $1 FOR UPDATE', [locked!.articleId]);
      let isAnswered = false;
      const waits = service()
        .addComment(users[0]!, { articleId: locked!.id })
        .finally(() => (isAnswered = true));
      const answers = await Promise.all(
        users.slice(1).map((user, n) => service().addComment(user, { articleId: others[n % 4]!.id })),
      );
      expect(answers.flatMap(({ userErrors }) => userErrors)).toEqual([]);
      expect(isAnswered).toBe(false);
      await client.query('ROLLBACK');
      expect((await waits).userErrors).toEqual([]);
    });
    expect(await logOf(service(), locked!.articleId)).toHaveLength(1);
  });

  it('do not fail with one that the database refuses', async () => {
    const { db } = service().app;
    const article = await service().addArticle();
    await db.query(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = 'P0001'; END $$`);
    await db.query(`CREATE TRIGGER refuse BEFORE INSERT ON comment FOR EACH ROW
      WHEN (NEW.body_text = 'Refused.') EXECUTE FUNCTION refuse()`);
    try {
      const answers = await Promise.all(
        users.map((user, n) =>
          mutate(
            service(),
            'addComment',
            { articleId: article.id, body: n === 20 ? 'Refused.' : 'Stored.', idempotencyKey: randomUUID() },
            user,
          ).catch(() => 'failed'),
        ),
      );
      expect(answers.map((answer) => (answer === 'failed' ? answer : answer.userErrors))).toEqual(
        users.map((_, n) => (n === 20 ? 'failed' : [])),
      );
    } finally {
      await db.query('DROP TRIGGER refuse ON comment');
      await db.query('DROP FUNCTION refuse');
    }
    expect(await logOf(service(), article.articleId)).toHaveLength(users.length - 1);
    await checkInvariants(db);
  });
});
