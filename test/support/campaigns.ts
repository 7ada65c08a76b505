import { randomUUID } from 'node:crypto';
import { EventLog } from '../../src/events/log.ts';
import { CollectionService } from '../../src/funding/collection.service.ts';
import { FundingWorker } from '../../src/funding/funding-worker.ts';
import { PledgeService } from '../../src/funding/pledge.service.ts';
import { UnlockService } from '../../src/funding/unlock.service.ts';
import { type Clock, systemClock } from '../../src/time/clock.ts';
import type { TestApp, TestUser, UserErrorAnswer } from './app.ts';
import { type PaymentOutcome, type ProviderDouble } from './provider-double.ts';

const refusal = 'userErrors { code message field }';
const pledgeFields = 'id status setupUrl isNamed failureCode amount { minorUnits currency }';

export const campaignFields = `id status testMode currency deadline launchedAt endedAt
  pledged { minorUnits currency } collected { minorUnits currency } paidOut { minorUnits currency } backerCount
  milestones { position title description status goal { minorUnits } reachedAt settledAt unlockedArticle { id } }`;

/** Mutations by name, each with its input type and what it selects. */
const mutations = {
  createCampaign: ['CreateCampaignInput', `campaign { ${campaignFields} }`],
  updateCampaign: ['UpdateCampaignInput', `campaign { ${campaignFields} }`],
  launchCampaign: ['LaunchCampaignInput', `campaign { ${campaignFields} }`],
  cancelCampaign: ['CancelCampaignInput', `campaign { ${campaignFields} }`],
  suspendCampaign: ['SuspendCampaignInput', `campaign { ${campaignFields} }`],
  payOut: ['PayOutInput', `campaign { ${campaignFields} }`],
  pledge: ['PledgeInput', `pledge { ${pledgeFields} }`],
  changePledge: ['ChangePledgeInput', `pledge { ${pledgeFields} }`],
  withdrawPledge: ['WithdrawPledgeInput', `pledge { ${pledgeFields} }`],
  retryPledge: ['RetryPledgeInput', `pledge { ${pledgeFields} }`],
  refundPledge: ['RefundPledgeInput', `pledge { ${pledgeFields} }`],
} as const;

export type FundingMutation = keyof typeof mutations;

/** A campaign of a test, by its ids. */
export interface TestCampaign {
  readonly slug: string;
  /** The article's global id, and its key. */
  readonly id: string;
  readonly articleId: string;
  readonly campaignId: string;
}

/** A pledge of a test. */
export interface TestPledge {
  readonly backer: TestUser;
  readonly id: string;
  readonly setupUrl: string;
}

/** Campaigns of a test service, over its API. */
export class Campaigns {
  readonly #app: () => TestApp;
  readonly #provider: ProviderDouble;
  #editor: TestUser | undefined;

  constructor(app: () => TestApp, provider: ProviderDouble) {
    this.#app = app;
    this.#provider = provider;
  }

  async editor(): Promise<TestUser> {
    this.#editor ??= await this.#app().signUp('Ed Example', 'EDITOR');
    return this.#editor;
  }

  /** Sends a mutation. @returns its payload */
  async send(
    name: FundingMutation,
    input: Record<string, unknown>,
    user: TestUser,
  ): Promise<{ campaign?: any; pledge?: any; userErrors: UserErrorAnswer[] }> {
    const [type, selection] = mutations[name];
    const mutation = `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} ${refusal} } }`;
    return (await this.#app().data(mutation, { input }, user.token))[name];
  }

  /** As `send`, for a mutation that must succeed. @returns the campaign or pledge */
  async do(name: FundingMutation, input: Record<string, unknown>, user: TestUser): Promise<any> {
    const payload = await this.send(name, input, user);
    if (payload.userErrors.length > 0) throw new Error(JSON.stringify(payload.userErrors));
    return payload.campaign ?? payload.pledge;
  }

  /** Codes of a mutation's refusals. */
  async refusals(name: FundingMutation, input: Record<string, unknown>, user: TestUser): Promise<string[]> {
    return (await this.send(name, input, user)).userErrors.map(({ code }) => code);
  }

  /** A launched campaign with these goals. */
  async launched(
    goals: readonly number[],
    {
      currency = 'EUR',
      deadline = new Date(Date.now() + 86_400_000),
      unlocks = [],
    }: { currency?: string; deadline?: Date; unlocks?: readonly (string | undefined)[] } = {},
  ): Promise<TestCampaign> {
    const { slug, id, articleId } = await this.#app().addArticle();
    const editor = await this.editor();
    const milestones = goals.map((goal, index) => ({
      title: `Goal ${index + 1}`,
      description: 'For travel.',
      goal: String(goal),
      unlockedArticleId: unlocks[index] ?? null,
    }));
    const input = { articleId: id, currency, deadline: deadline.toISOString(), milestones };
    const { id: campaignId } = await this.do('createCampaign', input, editor);
    await this.do('launchCampaign', { campaignId }, editor);
    return { slug, id, articleId, campaignId };
  }

  /** A pledge of a new account, without a means of payment. */
  async pledge(
    campaignId: string,
    amount: number,
    { named = false, by }: { named?: boolean; by?: TestUser } = {},
  ): Promise<TestPledge> {
    const backer = by ?? (await this.#app().signUp(`Backer ${randomUUID().slice(0, 8)}`));
    const { id, setupUrl } = await this.do('pledge', { campaignId, amount: String(amount), named }, backer);
    return { backer, id, setupUrl };
  }

  /** A pledge of a new account with a means of payment. */
  async back(
    campaignId: string,
    amount: number,
    { outcome, ...options }: { outcome?: PaymentOutcome; named?: boolean; by?: TestUser } = {},
  ): Promise<TestPledge> {
    const made = await this.pledge(campaignId, amount, options);
    this.#provider.save(made.setupUrl, outcome);
    return made;
  }

  /** The campaign of an article, as somebody sees it. */
  async read(slug: string, user?: TestUser, more = ''): Promise<any> {
    const query = `query ($slug: String!) { article(slug: $slug) { campaign { ${campaignFields} ${more} } } }`;
    return (await this.#app().data(query, { slug }, user?.token)).article.campaign;
  }

  /** A worker of its own, run by hand; the service's own one should sleep (`FUNDING_POLL_MS`). */
  worker(
    options: {
      clock?: Clock;
      graceMs?: number;
      provider?: ProviderDouble;
      onError?: (error: unknown) => void;
      patienceMs?: number;
      intervalMs?: number;
      leaseSeconds?: number;
    } = {},
  ): FundingWorker {
    const { clock = systemClock, graceMs = 0, provider = this.#provider, patienceMs, leaseSeconds } = options;
    const { db, bus } = this.#app().app;
    const parts = { db, log: new EventLog(bus), clock };
    return new FundingWorker({
      ...parts,
      provider,
      pledges: new PledgeService({
        ...parts,
        provider,
        returnUrl: (slug) => `https://news.example.org/${slug}`,
      }),
      collection: new CollectionService({ ...parts, graceMs }),
      unlocks: new UnlockService(parts),
      intervalMs: options.intervalMs ?? 1000,
      ...(patienceMs === undefined ? {} : { patienceMs }),
      ...(leaseSeconds === undefined ? {} : { leaseSeconds }),
      onError:
        options.onError ??
        ((error) => {
          throw error;
        }),
    });
  }
}
