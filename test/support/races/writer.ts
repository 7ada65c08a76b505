import { randomUUID } from 'node:crypto';
import type { TestApp, TestUser } from '../app.ts';
import { keyIn } from '../articles.ts';
import { sendNotice } from '../funding.ts';
import type { PaymentOutcome, ProviderDouble } from '../provider-double.ts';
import {
  type Ledger,
  onTakenBack,
  type RaceArticle,
  raceMutations,
  type RaceRole,
  takenBackOf,
} from './declaration.ts';
import type { Random } from '../../../harness/random.ts';

type Action = readonly [weight: number, act: (writer: RaceWriter) => Promise<void>];

/**
 * Weights of a writer's actions. A new mutation that may run concurrently gets an entry here and in `raceMutations`.
 */
const actions: readonly Action[] = [
  [36, (writer) => writer.post()],
  [8, (writer) => writer.retry()],
  [10, (writer) => writer.edit()],
  [12, (writer) => writer.remove()],
  [14, (writer) => writer.react()],
  [10, (writer) => writer.endorse()],
  [4, (writer) => writer.report()],
  [12, (writer) => writer.pledge()],
  [8, (writer) => writer.changePledge()],
];
const moderatorActions: readonly Action[] = [
  ...actions,
  [24, (writer) => writer.moderate('approveComment')],
  [12, (writer) => writer.moderate('rejectComment')],
  [20, (writer) => writer.moderate('restoreComment')],
  [20, (writer) => writer.decide()],
  [8, (writer) => writer.claim()],
  [10, (writer) => writer.undo()],
  [14, (writer) => writer.setPolicy()],
  [6, (writer) => writer.setArticleModeration()],
];
const actionsOf: Readonly<Record<RaceRole, readonly Action[]>> = {
  READER: actions,
  MODERATOR: moderatorActions,
  EDITOR: [
    ...moderatorActions,
    [20, (writer) => writer.updateArticle()],
    [16, (writer) => writer.takeBackForAWhile()],
    [16, (writer) => writer.moveMoney()],
    [6, (writer) => writer.updateCampaign()],
  ],
};

/** One of many concurrent writers; every answer that it does not expect is an error. */
export class RaceWriter {
  readonly #posts: Record<string, unknown>[] = [];
  readonly #own: string[] = [];
  readonly #app: TestApp;
  readonly #user: TestUser;
  readonly #role: RaceRole;
  readonly #articles: readonly RaceArticle[];
  readonly #ledger: Ledger;
  readonly #random: Random;
  readonly #pledges: string[] = [];
  readonly #provider: ProviderDouble | undefined;

  constructor(options: {
    app: TestApp;
    user: TestUser;
    role: RaceRole;
    articles: readonly RaceArticle[];
    ledger: Ledger;
    random: Random;
    /** Absent: nobody pledges. */
    provider?: ProviderDouble;
  }) {
    this.#app = options.app;
    this.#user = options.user;
    this.#role = options.role;
    this.#articles = options.articles;
    this.#ledger = options.ledger;
    this.#random = options.random;
    this.#provider = options.provider;
  }

  /** Performs one random action. */
  async act(): Promise<void> {
    const mine = actionsOf[this.#role];
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
    const [comment] = await Promise.all(Array.from({ length: copies }, () => this.#add(input)));
    if (!comment) return;
    this.#own.push(comment.id);
    article.commentIds.push(comment.id);
    if (comment.status === 'PENDING') article.heldIds.push(comment.id);
  }

  async retry(): Promise<void> {
    const input = this.#random.pick(this.#posts);
    if (input) await this.#add(input);
  }

  async edit(): Promise<void> {
    const commentId = this.#random.pick(this.#own);
    const expectedRevision = this.#random.chance(0.5) ? this.#random.pick([1, 1, 2]) : undefined;
    const body = `Edited ${this.#random.next()}`;
    if (commentId !== undefined) await this.#twice('editComment', { commentId, body, expectedRevision });
  }

  async remove(): Promise<void> {
    const commentId = this.#role !== 'READER' ? this.#comment(this.#article()) : this.#random.pick(this.#own);
    if (commentId !== undefined) await this.#twice('removeComment', { commentId });
  }

  async react(): Promise<void> {
    const commentId = this.#comment(this.#article());
    const kind = this.#random.pick(['LIKE', 'INSIGHTFUL', 'DISAGREE']);
    const name = this.#random.chance(0.65) ? 'react' : 'unreact';
    if (commentId !== undefined) await this.#twice(name, { commentId, kind });
  }

  async report(): Promise<void> {
    const commentId = this.#comment(this.#article());
    const reason = this.#random.pick(['SPAM', 'ABUSE', 'OTHER']);
    if (commentId !== undefined) await this.#twice('reportComment', { commentId, reason });
  }

  async moderate(name: 'approveComment' | 'rejectComment' | 'restoreComment'): Promise<void> {
    const article = this.#article();
    const isHeld = name !== 'restoreComment' && this.#random.chance(0.6);
    const commentId = isHeld ? this.#random.pick(article.heldIds) : this.#comment(article);
    // The decision on a held edit refers to its revision.
    const isExact = name !== 'restoreComment' && this.#random.chance(0.4);
    if (commentId !== undefined)
      await this.#twice(name, {
        commentId,
        ...(isExact ? { expectedRevision: this.#random.pick([1, 2, 2, 3]) } : {}),
      });
  }

  /** Decides about some comments that wait, at times several at once. */
  async decide(): Promise<void> {
    const article = this.#article();
    const commentIds = this.#some(article.heldIds);
    if (commentIds.length === 0) return;
    const decisions = commentIds.map((commentId) => ({
      commentId,
      expectedRevision: this.#random.pick([1, 1, 2, 3]),
      verdict: this.#random.pick(['APPROVE', 'APPROVE', 'REJECT', 'REMOVE']),
      reason: 'OFF_TOPIC',
    }));
    const { results } = await this.#send('decideComments', { decisions }, article);
    for (const { decision } of results) if (decision) article.decisionIds.push(decision.id);
  }

  /** Claims some comments that wait, and mostly gives them back. */
  async claim(): Promise<void> {
    const article = this.#article();
    const commentIds = this.#some(article.heldIds);
    if (commentIds.length === 0) return;
    await this.#send('claimComments', { commentIds }, article);
    if (this.#random.chance(0.8)) await this.#send('releaseComments', { commentIds }, article);
  }

  async undo(): Promise<void> {
    const article = this.#article();
    const decisionId = this.#random.pick(article.decisionIds.slice(-6));
    if (decisionId !== undefined) await this.#send('undoDecision', { decisionId }, article);
  }

  async setPolicy(): Promise<void> {
    const { id: articleId } = this.#article();
    const commentPolicy = this.#random.pick(['OPEN', 'OPEN', 'PREMODERATED', 'PREMODERATED', 'CLOSED']);
    await this.#twice('setCommentPolicy', { articleId, commentPolicy });
    if (commentPolicy === 'CLOSED')
      await this.#send('setCommentPolicy', { articleId, commentPolicy: 'OPEN' });
  }

  async setArticleModeration(): Promise<void> {
    const { id: articleId } = this.#article();
    await this.#twice('setArticleModeration', { articleId, maxLinks: this.#random.pick([null, 3, 10]) });
  }

  async updateArticle(): Promise<void> {
    const { id: articleId } = this.#article();
    const title = `Title ${this.#random.next()}`;
    const expectedUpdatedAt = this.#random.chance(0.2) ? '2020-01-01T00:00:00.000Z' : undefined;
    await this.#twice('updateArticle', { articleId, title, expectedUpdatedAt });
  }

  /** Unpublishes the last article, performs an action that only editors can perform then, and publishes it again. */
  async takeBackForAWhile(): Promise<void> {
    const { id: articleId, commentIds } = this.#takenBack;
    await this.#twice('unpublishArticle', { articleId });
    const commentId = this.#random.pick(commentIds);
    if (commentId !== undefined) await this.#send('removeComment', { commentId });
    await this.#twice('publishArticle', { articleId });
  }

  async endorse(): Promise<void> {
    const { id: articleId } = this.#article();
    if (this.#random.chance(0.4)) return this.#twice('withdrawEndorsement', { articleId });
    const idempotencyKey = this.#random.chance(0.5) ? randomUUID() : undefined;
    const input = { articleId, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) };
    await Promise.all((idempotencyKey === undefined ? [1] : [1, 2]).map(() => this.#send('endorse', input)));
  }

  /** Pledges, and mostly saves a means of payment. */
  async pledge(): Promise<void> {
    const { campaign } = this.#article();
    if (!campaign || !this.#provider) return;
    const idempotencyKey = this.#random.chance(0.5) ? randomUUID() : undefined;
    const input = {
      campaignId: campaign.id,
      amount: String(100 + Math.floor(this.#random.next() * 900)),
      named: this.#random.chance(0.5),
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    };
    const copies = this.#random.chance(0.2) ? [1, 2] : [1];
    for (const { pledge } of await Promise.all(copies.map(() => this.#send('pledge', input)))) {
      if (!pledge) continue;
      this.#pledges.push(pledge.id);
      campaign.pledgeIds.push(pledge.id);
      if (this.#random.chance(0.9)) await this.#save(pledge);
    }
  }

  /** Changes a pledge, withdraws it, or saves another means of payment. */
  async changePledge(): Promise<void> {
    const pledgeId = this.#random.pick(this.#pledges.slice(-4));
    if (pledgeId === undefined) return;
    const dice = this.#random.next();
    if (dice < 0.3) return this.#twice('withdrawPledge', { pledgeId });
    if (dice < 0.6) {
      const { pledge } = await this.#send('retryPledge', { pledgeId });
      if (pledge) await this.#save(pledge);
      return;
    }
    const amount = String(100 + Math.floor(this.#random.next() * 900));
    const named = this.#random.chance(0.5);
    await this.#twice('changePledge', this.#random.chance(0.5) ? { pledgeId, amount } : { pledgeId, named });
  }

  /** Gives a pledge back, pays out, or suspends a campaign for a moment. */
  async moveMoney(): Promise<void> {
    const { campaign } = this.#article();
    if (!campaign) return;
    const dice = this.#random.next();
    const pledgeId = this.#random.pick(campaign.pledgeIds);
    if (dice < 0.5) {
      if (pledgeId !== undefined) await this.#twice('refundPledge', { pledgeId });
    } else if (dice < 0.8) {
      const idempotencyKey = this.#random.chance(0.5) ? randomUUID() : undefined;
      const amount = String(1 + Math.floor(this.#random.next() * 500));
      const input = { campaignId: campaign.id, amount, destination: 'acct_example', idempotencyKey };
      await this.#twice('payOut', input);
    } else {
      await this.#send('suspendCampaign', { campaignId: campaign.id });
      await this.#send('suspendCampaign', { campaignId: campaign.id, suspended: false });
    }
  }

  async updateCampaign(): Promise<void> {
    const { campaign } = this.#article();
    if (!campaign) return;
    const title = `Goal ${this.#random.next()}`;
    const milestones = campaign.milestones.map((milestone) => ({ ...milestone, title }));
    await this.#twice('updateCampaign', { campaignId: campaign.id, milestones });
  }

  /** Saves a means of payment on the provider's page, and sends the provider's notice of it. */
  async #save({ setupUrl }: { readonly setupUrl: string | null }): Promise<void> {
    if (!this.#provider || setupUrl === null) return;
    const outcomes: PaymentOutcome[] = [
      'succeeds',
      'succeeds',
      'succeeds',
      'declined',
      'authentication',
      'lost',
    ];
    this.#provider.save(setupUrl, this.#random.pick(outcomes) ?? 'succeeds');
    await sendNotice(this.#app, setupUrl);
  }

  get #takenBack(): RaceArticle {
    return takenBackOf(this.#articles);
  }

  #article(): RaceArticle {
    // The first article is the busiest.
    const article = this.#random.chance(0.6) ? this.#articles[0] : this.#random.pick(this.#articles);
    if (!article) throw new Error('There are articles');
    return article;
  }

  /** Up to three different ones of the last. */
  #some(ids: readonly string[]): string[] {
    const last = ids.slice(-6);
    return [...new Set([1, 2, 3].flatMap(() => this.#random.pick(last) ?? []))];
  }

  /** A comment that many writers know, preferably a new one. */
  #comment({ commentIds }: RaceArticle): string | undefined {
    return this.#random.pick(this.#random.chance(0.5) ? commentIds.slice(-8) : commentIds);
  }

  async #add(input: Record<string, unknown>): Promise<{ id: string; status: string } | undefined> {
    const { comment, userErrors } = await this.#send('addComment', input);
    if (!comment) {
      if (userErrors.length === 0) throw new Error('addComment: neither comment nor refusal');
      if (userErrors[0].code === 'NOT_FOUND' && this.#isOnTakenBack(input))
        this.#ledger.takenBack.add(input.body);
      return undefined;
    }
    this.#ledger.acknowledged.add(comment.id);
    if (typeof input.idempotencyKey === 'string') {
      const key = `${this.#user.accountId} ${input.idempotencyKey}`;
      this.#ledger.byKey.set(key, (this.#ledger.byKey.get(key) ?? new Set()).add(comment.id));
    }
    return comment;
  }

  /** Sometimes sends the mutation twice at once, as an impatient user does. */
  async #twice(name: string, input: Record<string, unknown>): Promise<void> {
    const copies = this.#random.chance(0.2) ? [1, 2] : [1];
    await Promise.all(copies.map(() => this.#send(name, input)));
  }

  /** The refusals that this writer must tolerate. */
  #refusals(name: string, input: Record<string, unknown>, article?: RaceArticle): readonly string[] {
    const refusals = raceMutations[name]?.refusals ?? [];
    const isOnTakenBack = article ? article === this.#takenBack : this.#isOnTakenBack(input);
    return isOnTakenBack ? [...refusals, ...onTakenBack[this.#role]] : refusals;
  }

  #isOnTakenBack({ articleId, commentId, campaignId, pledgeId }: Record<string, unknown>): boolean {
    // Global ids of all of these kinds contain the article's key first.
    return keyIn(String(articleId ?? commentId ?? campaignId ?? pledgeId)) === this.#takenBack.articleId;
  }

  /**
   * Sends a mutation. Throws on any refusal that this writer need not tolerate.
   * @param article the article that it is about, where the input names none
   */
  async #send(name: string, input: Record<string, unknown>, article?: RaceArticle): Promise<any> {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
    const shown: Readonly<Record<string, string>> = {
      addComment: 'comment { id status }',
      pledge: 'pledge { id setupUrl }',
      retryPledge: 'pledge { id setupUrl }',
      decideComments: 'results { decision { id } userErrors { code message } }',
    };

    const fields = shown[name] ?? '';
    const { data, errors } = await this.#app.query(
      `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} userErrors { code message } } }`,
      { input },
      { token: this.#user.token },
    );
    if (errors) throw new Error(`${name}: ${JSON.stringify(errors)}`);
    const payload = data[name];
    const each: { code: string; message: string }[] = (payload.results ?? []).flatMap(
      ({ userErrors }: any) => userErrors,
    );
    for (const { code, message } of [...payload.userErrors, ...each]) {
      if (!this.#refusals(name, input, article).includes(code))
        throw new Error(`${name}: ${code} ${message}`);
      this.#ledger.count(`${name}: ${code}`);
    }
    if (payload.userErrors.length === 0) this.#ledger.count(name);
    return payload;
  }
}
