import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type TestApp, type TestUser, useApp } from '../support/app.ts';
import { type CommentMutation, keyOf, sendMutation } from '../support/comments.ts';
import { checkInvariants, recountDescendants } from '../support/invariants.ts';
import { eventually } from '../support/eventually.ts';
import type { LiveEvent } from '../support/live.ts';
import { Random } from '../support/random.ts';

const seed = Number(process.env.RACE_SEED ?? Date.now() % 1_000_000);
const writerCount = 50;
const operationsEach = Number(process.env.RACE_OPERATIONS ?? 24);

interface KnownComment {
  readonly id: string;
  readonly owner: TestUser;
}

interface KnownArticle {
  readonly id: string;
  readonly articleId: string;
  readonly slug: string;
  readonly comments: KnownComment[];
}

/** What all writers of one run know of each other. */
class Ledger {
  /** The ids that each (account, key) was answered with. */
  readonly byKey = new Map<string, Set<string>>();
  readonly acknowledged = new Set<string>();
  readonly counts = new Map<string, number>();

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }
}

/** The refusals that a writer must be ready for. A retried post may meet any of those of its first attempt. */
const expected: Record<string, readonly string[]> = {
  // COMMENT_REMOVED: a repeated key, whose comment has vanished since.
  addComment: ['PARENT_REMOVED', 'NESTED_TOO_DEEP', 'COMMENT_REMOVED'],
  editComment: ['NOT_FOUND', 'COMMENT_REMOVED', 'STALE_REVISION'],
  removeComment: [],
  endorse: ['ALREADY_ENDORSED'],
  withdrawEndorsement: ['NOT_FOUND'],
};

class Writer {
  readonly #posts: Record<string, unknown>[] = [];
  readonly #own: string[] = [];
  readonly #app: TestApp;
  readonly #user: TestUser;
  readonly #isModerator: boolean;
  readonly #articles: readonly KnownArticle[];
  readonly #ledger: Ledger;
  readonly #random: Random;

  constructor(options: {
    app: TestApp;
    user: TestUser;
    isModerator: boolean;
    articles: readonly KnownArticle[];
    ledger: Ledger;
    random: Random;
  }) {
    this.#app = options.app;
    this.#user = options.user;
    this.#isModerator = options.isModerator;
    this.#articles = options.articles;
    this.#ledger = options.ledger;
    this.#random = options.random;
  }

  async act(): Promise<void> {
    const dice = this.#random.next();
    if (dice < 0.45) return this.#post();
    if (dice < 0.55) return this.#retry();
    if (dice < 0.67) return this.#edit();
    if (dice < 0.82) return this.#remove();
    return this.#endorse();
  }

  #article(): KnownArticle {
    // The first one is the hot one.
    const article = this.#random.chance(0.6) ? this.#articles[0] : this.#random.pick(this.#articles);
    if (!article) throw new Error('There are articles');
    return article;
  }

  async #post(): Promise<void> {
    const article = this.#article();
    const parent = this.#random.chance(0.75) ? this.#random.pick(article.comments) : undefined;
    const input = {
      articleId: article.id,
      body: `No. ${this.#random.next()}`,
      ...(parent ? { parentId: parent.id } : {}),
      ...(this.#random.chance(0.6) ? { idempotencyKey: randomUUID() } : {}),
    };
    if ('idempotencyKey' in input) this.#posts.push(input);
    const copies = 'idempotencyKey' in input && this.#random.chance(0.25) ? 3 : 1;
    const ids = await Promise.all(Array.from({ length: copies }, () => this.#add(input)));
    const [id] = ids;
    if (id === undefined) return;
    this.#own.push(id);
    article.comments.push({ id, owner: this.#user });
  }

  async #retry(): Promise<void> {
    const input = this.#random.pick(this.#posts);
    if (input) await this.#add(input);
  }

  async #add(input: Record<string, unknown>): Promise<string | undefined> {
    const payload = await this.#send('addComment', input);
    const id: string | undefined = payload.comment?.id;
    if (id === undefined) return undefined;
    this.#ledger.acknowledged.add(id);
    if (typeof input.idempotencyKey === 'string') {
      const key = `${this.#user.accountId} ${input.idempotencyKey}`;
      this.#ledger.byKey.set(key, (this.#ledger.byKey.get(key) ?? new Set()).add(id));
    }
    return id;
  }

  async #edit(): Promise<void> {
    const commentId = this.#random.pick(this.#own);
    if (commentId === undefined) return;
    const expectedRevision = this.#random.chance(0.5) ? 1 : undefined;
    const input = { commentId, body: `Edited ${this.#random.next()}`, expectedRevision };
    const copies = this.#random.chance(0.2) ? 2 : 1;
    await Promise.all(Array.from({ length: copies }, () => this.#send('editComment', input)));
  }

  async #remove(): Promise<void> {
    const commentId = this.#isModerator
      ? this.#random.pick(this.#article().comments)?.id
      : this.#random.pick(this.#own);
    if (commentId === undefined) return;
    const copies = this.#random.chance(0.2) ? 2 : 1;
    await Promise.all(Array.from({ length: copies }, () => this.#send('removeComment', { commentId })));
  }

  async #endorse(): Promise<void> {
    const { id: articleId } = this.#article();
    const name = this.#random.chance(0.6) ? 'endorse' : 'withdrawEndorsement';
    const type = name === 'endorse' ? 'EndorseInput' : 'WithdrawEndorsementInput';
    const mutation = `mutation ($input: ${type}!) { ${name}(input: $input) { userErrors { code message } } }`;
    const idempotencyKey = name === 'endorse' && this.#random.chance(0.5) ? randomUUID() : undefined;
    const input = { articleId, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) };
    const copies = idempotencyKey === undefined ? 1 : 2;
    await Promise.all(
      Array.from({ length: copies }, async () =>
        this.#judge(name, await this.#app.query(mutation, { input }, { token: this.#user.token })),
      ),
    );
  }

  async #send(name: CommentMutation, input: Record<string, unknown>): Promise<any> {
    return this.#judge(name, await sendMutation(this.#app, name, input, this.#user));
  }

  /** Nothing but what a writer must be ready for may come back. */
  #judge(name: string, answer: Awaited<ReturnType<TestApp['query']>>): any {
    if (answer.errors) throw new Error(`${name}: ${JSON.stringify(answer.errors)}`);
    const payload = answer.data[name];
    for (const { code, message } of payload.userErrors) {
      if (!expected[name]?.includes(code)) throw new Error(`${name}: ${code} ${message}`);
      this.#ledger.count(`${name}: ${code}`);
    }
    if (payload.userErrors.length === 0) this.#ledger.count(name);
    return payload;
  }
}

/** The descendant counts that the API shows, by the comments' keys. */
async function shownDescendantCounts(app: TestApp, slug: string): Promise<Map<string, number>> {
  const shown = new Map<string, number>();
  for (let after: string | null = null, more = true; more;) {
    const { article } = await app.data(
      `query ($slug: String!, $after: Cursor) { article(slug: $slug) { allComments(first: 100, after: $after) {
        nodes { id descendantCount } pageInfo { hasNextPage endCursor } } } }`,
      { slug, after },
    );
    const { nodes, pageInfo } = article.allComments;
    for (const node of nodes) shown.set(keyOf(node.id), node.descendantCount);
    [after, more] = [pageInfo.endCursor, pageInfo.hasNextPage];
  }
  return shown;
}

describe('many writers at once', () => {
  const service = useApp({ MAX_COMMENT_DEPTH: '12', MAX_REPLAY_EVENTS: '100000' });
  const writers: TestUser[] = [];

  beforeAll(async () => {
    for (let n = 0; n < writerCount; n++) {
      writers.push(await service().signUp(`Writer ${n}`, ...(n < 4 ? (['MODERATOR'] as const) : [])));
    }
  }, 60_000);

  const user = (n: number): TestUser => {
    const found = writers[n];
    if (!found) throw new Error('There are fifty writers');
    return found;
  };

  it(`leave every count and every log exact (RACE_SEED=${seed})`, async () => {
    const app = service();
    const articles: KnownArticle[] = [];
    for (let n = 0; n < 4; n++) {
      const comments = [
        { key: 'a', body: 'Imported', createdAt: '2015' },
        { key: 'b', parentKey: 'a', body: 'Imported', createdAt: '2016' },
      ];
      articles.push({ ...(await app.addArticle({ comments })), comments: [] });
    }
    for (const article of articles) {
      const { article: page } = await app.data(
        `query ($slug: String!) { article(slug: $slug) { allComments { nodes { id } } } }`,
        { slug: article.slug },
      );
      for (const { id } of page.allComments.nodes) article.comments.push({ id, owner: user(0) });
    }
    const [hot] = articles;
    if (!hot) throw new Error('There are articles');
    const closes: number[] = [];
    const client = app.live.client({ onClosed: (code) => closes.push(code) });
    const listener = app.live.events(hot.id, undefined, client);
    await listener.waitFor(1, 'ArticleCheckpoint');

    const ledger = new Ledger();
    await Promise.all(
      writers.map(async (writer, n) => {
        const random = new Random(seed + n);
        const actor = new Writer({ app, user: writer, isModerator: n < 4, articles, ledger, random });
        for (let step = 0; step < operationsEach; step++) await actor.act();
      }),
    );

    expect(await checkInvariants(app.app.db)).toEqual([]);
    for (const [key, ids] of ledger.byKey) expect([key, ids.size]).toEqual([key, 1]);
    const stored = await app.app.db.query<{ id: string }>(
      'SELECT id::text AS id FROM comment WHERE import_key IS NULL',
    );
    expect(new Set(stored.map(({ id }) => id))).toEqual(new Set([...ledger.acknowledged].map(keyOf)));
    // Everything was really done, and met each other.
    for (const what of [
      ...Object.keys(expected),
      'addComment: PARENT_REMOVED',
      'endorse: ALREADY_ENDORSED',
    ]) {
      expect([what, ledger.counts.get(what) ?? 0]).not.toEqual([what, 0]);
    }

    for (const { articleId, slug } of articles) {
      const recount = await recountDescendants(app.app.db, articleId);
      for (const [id, count] of await shownDescendantCounts(app, slug)) {
        expect([articleId, id, count]).toEqual([articleId, id, recount.get(id) ?? 0]);
      }
    }

    const [head] = await app.app.db.query<{ sequence: number }>(
      'SELECT sequence FROM article_counter WHERE article_id = $1',
      [hot.articleId],
    );
    const end = head?.sequence ?? 0;
    const isFact = (event: LiveEvent) => event.__typename !== 'ArticleCheckpoint';
    await eventually(
      'the listener to hear all, or to be told to come back',
      () => listener.errors.length > 0 || listener.events.at(-1)?.sequence === end,
    );
    const heard = listener.events.filter(isFact);
    if (listener.errors.length > 0) {
      // So many writers in one process with their listener leave it behind: it is told so, and goes on where it was.
      expect(closes).toEqual([1013]);
      const resumed = app.live.events(hot.id, listener.events.at(-1)?.cursor);
      await resumed.waitFor(1, 'ArticleCheckpoint');
      heard.push(...resumed.events.filter(isFact));
    }
    expect(heard.map((event) => event.sequence)).toEqual(
      Array.from({ length: end }, (_, index) => index + 1),
    );
  }, 120_000);

  it('that reply to a comment while it is removed are refused, or it stays', async () => {
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
    expect(await checkInvariants(app.app.db)).toEqual([]);
  }, 60_000);

  it('that send one post twenty times make one comment', async () => {
    const app = service();
    const { id, articleId } = await app.addArticle();
    const input = { articleId: id, body: 'Once', idempotencyKey: randomUUID() };
    const answers = await Promise.all(Array.from({ length: 20 }, () => app.addComment(user(7), input)));
    expect(answers.flatMap(({ userErrors }) => userErrors)).toEqual([]);
    expect(new Set(answers.map(({ comment }) => comment?.id)).size).toBe(1);
    const rows = await app.app.db.query('SELECT FROM comment WHERE article_id = $1', [articleId]);
    expect(rows).toHaveLength(1);
    expect(await checkInvariants(app.app.db)).toEqual([]);
  });

  it('that edit one revision make one edit', async () => {
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
    expect(await checkInvariants(app.app.db)).toEqual([]);
  });
});

describe('the recount', () => {
  const service = useApp();

  /** Each damages one thing, as a fault of the code would. */
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
    'an event twice': `INSERT INTO article_event (article_id, sequence, kind, comment_id)
      SELECT article_id, sequence + 100, kind, comment_id FROM article_event WHERE kind = 'COMMENT_ADDED'`,
    'an edit that kept nothing': `UPDATE comment SET revision = revision + 1`,
    'a wrong vanishing': `UPDATE article_event SET vanished = NOT vanished WHERE kind = 'COMMENT_REMOVED'`,
    'a lost withdrawal': `UPDATE endorsement SET withdrawn_at = NULL, listed = true WHERE withdrawn_at IS NOT NULL`,
    'a key without a result': `UPDATE idempotency_key SET result_id = result_id + 1000`,
  };

  it('finds every kind of damage', async () => {
    const app = service();
    const { db } = app.app;
    const ada = await app.signUp();
    const { id } = await app.addArticle();
    const post = (more: Record<string, string> = {}) => app.addComment(ada, { articleId: id, ...more });
    const { comment: root } = await post({ idempotencyKey: randomUUID() });
    const { comment: reply } = await post({ parentId: root?.id ?? '' });
    await post({ parentId: reply?.id ?? '' });
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
    expect(await checkInvariants(db)).toEqual([]);
    const rollback = new Error('undone');
    for (const [name, damage] of Object.entries(damages)) {
      const found: string[] = [];
      await db
        .transaction(async (tx) => {
          await tx.query(damage);
          found.push(...(await checkInvariants(tx)));
          throw rollback;
        })
        .catch((error: unknown) => {
          if (error !== rollback) throw error;
        });
      expect([name, found.length > 0]).toEqual([name, true]);
    }
    expect(await checkInvariants(db)).toEqual([]);
  });
});
