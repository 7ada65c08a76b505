import { randomUUID } from 'node:crypto';
import type { TestApp, TestUser } from './app.ts';
import type { Random } from './random.ts';

/** An article that writers meet on, and the comments that they know of. */
export interface RaceArticle {
  readonly id: string;
  readonly articleId: string;
  readonly slug: string;
  readonly commentIds: string[];
}

/** What all writers of one run know of each other. */
export class Ledger {
  /** The ids that each (account, key) was answered with. */
  readonly byKey = new Map<string, Set<string>>();
  readonly acknowledged = new Set<string>();
  readonly counts = new Map<string, number>();

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }
}

/**
 * The mutations that writers send, each with the refusals that a writer must be ready for. A retried post may meet any of
 * those of its first attempt.
 */
export const raceMutations: Readonly<Record<string, { readonly refusals: readonly string[] }>> = {
  // COMMENT_REMOVED: a repeated key, whose comment has vanished since. NOT_FOUND: a reply to what waits.
  addComment: {
    refusals: ['PARENT_REMOVED', 'NESTED_TOO_DEEP', 'COMMENT_REMOVED', 'COMMENTS_CLOSED', 'NOT_FOUND'],
  },
  editComment: { refusals: ['NOT_FOUND', 'COMMENT_REMOVED', 'STALE_REVISION'] },
  removeComment: { refusals: [] },
  restoreComment: { refusals: ['WRONG_STATUS'] },
  approveComment: { refusals: ['COMMENT_REMOVED', 'PARENT_REMOVED', 'STALE_REVISION'] },
  rejectComment: { refusals: ['COMMENT_REMOVED', 'WRONG_STATUS', 'STALE_REVISION'] },
  react: { refusals: ['COMMENT_REMOVED', 'NOT_FOUND', 'WRONG_STATUS'] },
  unreact: { refusals: ['COMMENT_REMOVED', 'NOT_FOUND', 'WRONG_STATUS'] },
  endorse: { refusals: ['ALREADY_ENDORSED'] },
  withdrawEndorsement: { refusals: ['NOT_FOUND'] },
  setCommentPolicy: { refusals: [] },
};

type Action = readonly [weight: number, act: (writer: RaceWriter) => Promise<void>];

/** What a writer does, how often. A new mutation that may run beside the others gets its line here and above. */
const actions: readonly Action[] = [
  [36, (writer) => writer.post()],
  [8, (writer) => writer.retry()],
  [10, (writer) => writer.edit()],
  [12, (writer) => writer.remove()],
  [14, (writer) => writer.react()],
  [10, (writer) => writer.endorse()],
];
const moderatorActions: readonly Action[] = [
  ...actions,
  [24, (writer) => writer.moderate('approveComment')],
  [6, (writer) => writer.moderate('rejectComment')],
  [20, (writer) => writer.moderate('restoreComment')],
  [14, (writer) => writer.setPolicy()],
];

/** One of many who write at once; every answer but those it is ready for is an error. */
export class RaceWriter {
  readonly #posts: Record<string, unknown>[] = [];
  readonly #own: string[] = [];
  readonly #app: TestApp;
  readonly #user: TestUser;
  readonly #isModerator: boolean;
  readonly #articles: readonly RaceArticle[];
  readonly #ledger: Ledger;
  readonly #random: Random;

  constructor(options: {
    app: TestApp;
    user: TestUser;
    isModerator: boolean;
    articles: readonly RaceArticle[];
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

  /** Does one thing, at random. */
  async act(): Promise<void> {
    const mine = this.#isModerator ? moderatorActions : actions;
    let dice = this.#random.next() * mine.reduce((sum, [weight]) => sum + weight, 0);
    const [, act] = mine.find(([weight]) => (dice -= weight) < 0) ?? mine[0] ?? [];
    await act?.(this);
  }

  async post(): Promise<void> {
    const article = this.#article();
    const parentId = this.#random.chance(0.75) ? this.#comment(article) : undefined;
    const idempotencyKey = this.#random.chance(0.6) ? randomUUID() : undefined;
    const input = {
      articleId: article.id,
      body: `No. ${this.#random.next()}`,
      ...(parentId === undefined ? {} : { parentId }),
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    };
    if (idempotencyKey !== undefined) this.#posts.push(input);
    const copies = idempotencyKey !== undefined && this.#random.chance(0.25) ? 3 : 1;
    const [id] = await Promise.all(Array.from({ length: copies }, () => this.#add(input)));
    if (id === undefined) return;
    this.#own.push(id);
    article.commentIds.push(id);
  }

  async retry(): Promise<void> {
    const input = this.#random.pick(this.#posts);
    if (input) await this.#add(input);
  }

  async edit(): Promise<void> {
    const commentId = this.#random.pick(this.#own);
    const expectedRevision = this.#random.chance(0.5) ? 1 : undefined;
    const body = `Edited ${this.#random.next()}`;
    if (commentId !== undefined) await this.#twice('editComment', { commentId, body, expectedRevision });
  }

  async remove(): Promise<void> {
    const commentId = this.#isModerator ? this.#comment(this.#article()) : this.#random.pick(this.#own);
    if (commentId !== undefined) await this.#twice('removeComment', { commentId });
  }

  async react(): Promise<void> {
    const commentId = this.#comment(this.#article());
    const kind = this.#random.pick(['LIKE', 'INSIGHTFUL', 'DISAGREE']);
    const name = this.#random.chance(0.65) ? 'react' : 'unreact';
    if (commentId !== undefined) await this.#twice(name, { commentId, kind });
  }

  async moderate(name: 'approveComment' | 'rejectComment' | 'restoreComment'): Promise<void> {
    const commentId = this.#comment(this.#article());
    const isExact = name !== 'restoreComment' && this.#random.chance(0.2);
    if (commentId !== undefined)
      await this.#twice(name, { commentId, ...(isExact ? { expectedRevision: 1 } : {}) });
  }

  async setPolicy(): Promise<void> {
    const { id: articleId } = this.#article();
    const commentPolicy = this.#random.pick(['OPEN', 'OPEN', 'PREMODERATED', 'PREMODERATED', 'CLOSED']);
    await this.#twice('setCommentPolicy', { articleId, commentPolicy });
    if (commentPolicy === 'CLOSED')
      await this.#send('setCommentPolicy', { articleId, commentPolicy: 'OPEN' });
  }

  async endorse(): Promise<void> {
    const { id: articleId } = this.#article();
    if (this.#random.chance(0.4)) return this.#twice('withdrawEndorsement', { articleId });
    const idempotencyKey = this.#random.chance(0.5) ? randomUUID() : undefined;
    const input = { articleId, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) };
    await Promise.all((idempotencyKey === undefined ? [1] : [1, 2]).map(() => this.#send('endorse', input)));
  }

  #article(): RaceArticle {
    // The first one is the hot one.
    const article = this.#random.chance(0.6) ? this.#articles[0] : this.#random.pick(this.#articles);
    if (!article) throw new Error('There are articles');
    return article;
  }

  /** One of those that many know: the newest are the hottest. */
  #comment({ commentIds }: RaceArticle): string | undefined {
    return this.#random.pick(this.#random.chance(0.5) ? commentIds.slice(-8) : commentIds);
  }

  async #add(input: Record<string, unknown>): Promise<string | undefined> {
    const { comment } = await this.#send('addComment', input);
    if (!comment) return undefined;
    this.#ledger.acknowledged.add(comment.id);
    if (typeof input.idempotencyKey === 'string') {
      const key = `${this.#user.accountId} ${input.idempotencyKey}`;
      this.#ledger.byKey.set(key, (this.#ledger.byKey.get(key) ?? new Set()).add(comment.id));
    }
    return comment.id;
  }

  /** Now and then twice at once, as somebody does who is impatient. */
  async #twice(name: string, input: Record<string, unknown>): Promise<void> {
    const copies = this.#random.chance(0.2) ? [1, 2] : [1];
    await Promise.all(copies.map(() => this.#send(name, input)));
  }

  /** Nothing but what a writer must be ready for may come back. */
  async #send(name: string, input: Record<string, unknown>): Promise<any> {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
    const fields = name === 'addComment' ? 'comment { id }' : '';
    const { data, errors } = await this.#app.query(
      `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} userErrors { code message } } }`,
      { input },
      { token: this.#user.token },
    );
    if (errors) throw new Error(`${name}: ${JSON.stringify(errors)}`);
    const payload = data[name];
    for (const { code, message } of payload.userErrors) {
      if (!raceMutations[name]?.refusals.includes(code)) throw new Error(`${name}: ${code} ${message}`);
      this.#ledger.count(`${name}: ${code}`);
    }
    if (payload.userErrors.length === 0) this.#ledger.count(name);
    return payload;
  }
}
