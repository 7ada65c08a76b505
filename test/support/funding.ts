import { randomUUID } from 'node:crypto';
import { insertProviderEvent } from '../../src/features/funding/collection/funding-work.queries.ts';
import type { TestApp, TestUser, UserErrorAnswer } from './app.ts';
import type { PaymentOutcome, ProviderDouble } from './provider-double.ts';

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

/** Sends one mutation of campaigns or pledges. @returns its payload, which may hold refusals */
export async function sendFunding(
  app: TestApp,
  name: FundingMutation,
  input: Record<string, unknown>,
  user: TestUser,
): Promise<{ campaign?: any; pledge?: any; userErrors: UserErrorAnswer[] }> {
  const [type, selection] = mutations[name];
  const mutation = `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} ${refusal} } }`;
  return (await app.data(mutation, { input }, user.token))[name];
}

/** As `sendFunding`, for a mutation that must succeed. @returns the campaign or the pledge */
export async function fund(
  app: TestApp,
  name: FundingMutation,
  input: Record<string, unknown>,
  user: TestUser,
): Promise<any> {
  const { campaign, pledge, userErrors } = await sendFunding(app, name, input, user);
  if (userErrors.length > 0) throw new Error(`${name}: ${JSON.stringify(userErrors)}`);
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
