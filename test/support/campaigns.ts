import { randomUUID } from 'node:crypto';
import type { FundingJob } from '../../src/features/funding/collection/funding-job.ts';
import type { TestApp, TestUser, UserErrorAnswer } from './app.ts';
import { newFundingWorker, type TestWorkerOptions } from './funding-worker.ts';
import { campaignFields, fund, type FundingMutation, sendFunding } from './funding.ts';
import { type PaymentOutcome, type ProviderDouble } from './provider-double.ts';

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
  send(
    name: FundingMutation,
    input: Record<string, unknown>,
    user: TestUser,
  ): Promise<{ campaign?: any; pledge?: any; userErrors: UserErrorAnswer[] }> {
    return sendFunding(this.#app(), name, input, user);
  }

  /** As `send`, for a mutation that must succeed. @returns the campaign or pledge */
  do(name: FundingMutation, input: Record<string, unknown>, user: TestUser): Promise<any> {
    return fund(this.#app(), name, input, user);
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

  /**
   * A job of its own, run by hand; the service's own one should sleep (`FUNDING_POLL_MS`). By default an error of it
   * fails the run, and there is no time for another means of payment.
   */
  worker(options: Partial<TestWorkerOptions> = {}): FundingJob {
    return newFundingWorker(this.#app(), {
      provider: this.#provider,
      graceMs: 0,
      onError: (error) => {
        throw error;
      },
      ...options,
    });
  }
}
