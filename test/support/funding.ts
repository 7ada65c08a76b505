import { randomUUID } from 'node:crypto';
import { CollectionService } from '../../src/funding/collection.service.ts';
import { FundingWorker } from '../../src/funding/funding-worker.ts';
import { insertProviderEvent } from '../../src/funding/funding-work.queries.ts';
import { PledgeService } from '../../src/funding/pledge.service.ts';
import { UnlockService } from '../../src/funding/unlock.service.ts';
import { EventLog } from '../../src/events/log.ts';
import { type Clock, systemClock } from '../../src/time/clock.ts';
import type { TestApp, TestUser, UserErrorAnswer } from './app.ts';
import type { PaymentOutcome, ProviderDouble } from './provider-double.ts';

/** Settings with which the service does no work on money by itself: a test runs the worker when it wants to. */
export const noFundingWork = { FUNDING_POLL_MS: '600000' };

/** A worker on the database of a service, which runs when it is told to. A failed piece of work fails the run. */
export function fundingWorker(
  { app: { db, bus } }: TestApp,
  provider: ProviderDouble,
  { clock = systemClock, graceMs = 7 * 86_400_000 }: { clock?: Clock; graceMs?: number } = {},
): { run(): Promise<void> } {
  const log = new EventLog(bus);
  const errors: unknown[] = [];
  const returnUrl = (slug: string): string => `https://news.example.org/${slug}`;
  const worker = new FundingWorker({
    db,
    clock,
    provider,
    pledges: new PledgeService({ db, log, clock, provider, returnUrl }),
    collection: new CollectionService({ db, log, clock, graceMs }),
    unlocks: new UnlockService({ db, log, clock }),
    intervalMs: 1000,
    onError: (error) => errors.push(error),
  });
  return {
    run: async () => {
      if (!(await worker.run())) throw new Error('Another node holds the lease');
      // Another worker of the test need not wait until the lease ends.
      await db.query('DELETE FROM funding_lease');
      const [error] = errors.splice(0);
      if (error !== undefined) throw new Error('The worker failed', { cause: error });
    },
  };
}

/** Stores the notice that something has happened on the provider's page at this address. */
export async function sendNotice({ app: { db } }: TestApp, setupUrl: string): Promise<void> {
  const objectRef = setupUrl.split('/').at(-1) ?? '';
  const type = 'checkout.session.completed';
  await insertProviderEvent(db, {
    id: `evt_${randomUUID()}`,
    type,
    kind: 'SETUP',
    objectRef,
    testMode: true,
  });
}

export type FundingMutation =
  | 'createCampaign'
  | 'updateCampaign'
  | 'launchCampaign'
  | 'cancelCampaign'
  | 'suspendCampaign'
  | 'pledge'
  | 'changePledge'
  | 'withdrawPledge'
  | 'retryPledge'
  | 'refundPledge'
  | 'payOut';

const ofPledges: readonly FundingMutation[] = [
  'pledge',
  'changePledge',
  'withdrawPledge',
  'retryPledge',
  'refundPledge',
];

/** Sends one mutation of campaigns or pledges. @returns its payload, which may hold refusals */
export async function sendFunding(
  app: TestApp,
  name: FundingMutation,
  input: Record<string, unknown>,
  user: TestUser,
): Promise<any> {
  const shown = ofPledges.includes(name) ? 'pledge { id status setupUrl }' : 'campaign { id status }';
  const data = await app.data(
    `mutation ($input: ${name.charAt(0).toUpperCase()}${name.slice(1)}Input!) {
       ${name}(input: $input) { ${shown} userErrors { code message field } } }`,
    { input },
    user.token,
  );
  return data[name];
}

/** As `sendFunding`, for a mutation that must succeed. @returns the campaign or the pledge */
export async function fund(
  app: TestApp,
  name: FundingMutation,
  input: Record<string, unknown>,
  user: TestUser,
): Promise<any> {
  const { campaign, pledge, userErrors } = await sendFunding(app, name, input, user);
  if (userErrors.length > 0) throw new Error(`${name}: ${JSON.stringify(userErrors as UserErrorAnswer[])}`);
  return campaign ?? pledge;
}

/** A milestone as an input. */
export interface TestMilestone {
  readonly title: string;
  /** Minor units. */
  readonly goal: number;
  readonly unlockedArticleId?: string;
}

/** The input of a campaign in euros, with a deadline in thirty days. */
export const campaignInput = (
  articleId: string,
  milestones: readonly TestMilestone[],
  now: Date = new Date(),
): Record<string, unknown> => ({
  articleId,
  currency: 'EUR',
  deadline: new Date(now.getTime() + 30 * 86_400_000).toISOString(),
  milestones: milestones.map(({ goal, ...rest }) => ({
    description: 'For travel.',
    goal: String(goal),
    ...rest,
  })),
});

/** Makes a campaign. @returns its global id */
export async function addCampaign(
  app: TestApp,
  editor: TestUser,
  input: Record<string, unknown>,
  { launched = true }: { launched?: boolean } = {},
): Promise<string> {
  const { id } = await fund(app, 'createCampaign', input, editor);
  if (launched) await fund(app, 'launchCampaign', { campaignId: id }, editor);
  return id as string;
}

/**
 * Pledges, and saves a means of payment, of which the service learns when the worker runs.
 * @param outcome what becomes of its payment
 * @returns the global id of the pledge
 */
export async function back(
  app: TestApp,
  provider: ProviderDouble,
  user: TestUser,
  {
    outcome = 'succeeds',
    ...input
  }: { campaignId: string; amount: string; named?: boolean; outcome?: PaymentOutcome },
): Promise<string> {
  const { id, setupUrl } = await fund(app, 'pledge', input, user);
  provider.save(setupUrl as string, outcome);
  return id as string;
}
