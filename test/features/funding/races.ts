import type { TestApp, TestUser } from '../../support/app.ts';
import { addCampaign, campaignInput, sendNotice } from '../../support/funding.ts';
import type { PaymentOutcome } from '../../support/provider-double.ts';
import { notRaced, type Races, stateOf } from '../../support/races/declaration.ts';
import type { RaceArticle, RaceWriter } from '../../support/races/writer.ts';

/** A campaign on which writers compete. */
interface RaceCampaign {
  readonly id: string;
  readonly milestones: readonly Record<string, unknown>[];
  /** Pledges of all writers. */
  readonly pledgeIds: string[];
}

/** Absent: nobody pledges on the article. */
const campaigns = new WeakMap<RaceArticle, RaceCampaign>();
/** The pledges of a writer. */
const ownIdsOf = stateOf<RaceWriter, string[]>(() => []);

/**
 * Launches a campaign on which writers pledge. Its last goal is beyond reach, so that it never ends.
 * @param goals the goals before that, in minor units
 * @returns its global id
 */
export async function addRaceCampaign(
  app: TestApp,
  editor: TestUser,
  article: RaceArticle,
  goals: readonly number[],
): Promise<string> {
  const titled = [...goals, 100_000_000].map((goal) => ({ title: `Goal ${goal}`, goal }));
  const input = campaignInput(article.id, titled);
  const id = await addCampaign(app, editor, input);
  const milestones = input.milestones as Record<string, unknown>[];
  campaigns.set(article, { id, milestones, pledgeIds: [] });
  return id;
}

const someAmount = ({ random }: RaceWriter): string => String(100 + Math.floor(random.next() * 900));

/** Saves a means of payment on the provider's page, and sends the provider's notice of it. */
async function save(
  { app, random, run: { provider } }: RaceWriter,
  { setupUrl }: { readonly setupUrl: string | null },
): Promise<void> {
  if (setupUrl === null) return;
  const outcomes: PaymentOutcome[] = [
    'succeeds',
    'succeeds',
    'succeeds',
    'declined',
    'authentication',
    'lost',
  ];
  provider.save(setupUrl, random.pick(outcomes) ?? 'succeeds');
  await sendNotice(app, setupUrl);
}

/** Pledges, and mostly saves a means of payment. */
async function pledge(writer: RaceWriter): Promise<void> {
  const { random } = writer;
  const campaign = campaigns.get(writer.article());
  if (!campaign) return;
  const idempotencyKey = writer.idempotencyKey();
  const amount = someAmount(writer);
  const input = { campaignId: campaign.id, amount, named: random.chance(0.5), idempotencyKey };
  const copies = random.chance(0.2) ? [1, 2] : [1];
  for (const { pledge } of await Promise.all(copies.map(() => writer.send('pledge', input)))) {
    if (!pledge) continue;
    ownIdsOf(writer).push(pledge.id);
    campaign.pledgeIds.push(pledge.id);
    if (random.chance(0.9)) await save(writer, pledge);
  }
}

/** Changes a pledge, withdraws it, or saves another means of payment. */
async function changePledge(writer: RaceWriter): Promise<void> {
  const { random } = writer;
  const pledgeId = random.pick(ownIdsOf(writer).slice(-4));
  if (pledgeId === undefined) return;
  const dice = random.next();
  if (dice < 0.3) return writer.twice('withdrawPledge', { pledgeId });
  if (dice < 0.6) {
    const { pledge } = await writer.send('retryPledge', { pledgeId });
    if (pledge) await save(writer, pledge);
    return;
  }
  const change = random.chance(0.5) ? { amount: someAmount(writer) } : { named: random.chance(0.5) };
  await writer.twice('changePledge', { pledgeId, ...change });
}

/** Gives a pledge back, pays out, or suspends a campaign for a moment. */
async function moveMoney(writer: RaceWriter): Promise<void> {
  const { random } = writer;
  const campaign = campaigns.get(writer.article());
  if (!campaign) return;
  const { id: campaignId } = campaign;
  const dice = random.next();
  if (dice < 0.5) {
    const pledgeId = random.pick(campaign.pledgeIds);
    if (pledgeId !== undefined) await writer.twice('refundPledge', { pledgeId });
  } else if (dice < 0.8) {
    const idempotencyKey = writer.idempotencyKey();
    const amount = String(1 + Math.floor(random.next() * 500));
    await writer.twice('payOut', { campaignId, amount, destination: 'acct_example', idempotencyKey });
  } else {
    await writer.send('suspendCampaign', { campaignId });
    await writer.send('suspendCampaign', { campaignId, suspended: false });
  }
}

async function updateCampaign(writer: RaceWriter): Promise<void> {
  const campaign = campaigns.get(writer.article());
  if (!campaign) return;
  const title = `Goal ${writer.random.next()}`;
  const milestones = campaign.milestones.map((milestone) => ({ ...milestone, title }));
  await writer.twice('updateCampaign', { campaignId: campaign.id, milestones });
}

export const fundingRaces = {
  mutations: {
    pledge: { fields: 'pledge { id setupUrl }', refusals: ['ALREADY_PLEDGED', 'CAMPAIGN_CLOSED'] },
    changePledge: { refusals: ['WRONG_STATUS', 'CAMPAIGN_CLOSED'] },
    withdrawPledge: { refusals: ['WRONG_STATUS'] },
    retryPledge: { fields: 'pledge { id setupUrl }', refusals: ['WRONG_STATUS'] },
    refundPledge: { refusals: ['WRONG_STATUS', 'INSUFFICIENT_FUNDS'] },
    payOut: { refusals: ['WRONG_STATUS', 'INSUFFICIENT_FUNDS'] },
    suspendCampaign: { refusals: [] },
    updateCampaign: { refusals: [] },
    ...notRaced(
      'Begins or ends the one campaign of an article, on which the writers compete throughout.',
      'createCampaign',
      'launchCampaign',
      'cancelCampaign',
    ),
  },
  acts: {
    READER: [
      [12, pledge],
      [8, changePledge],
    ],
    EDITOR: [
      [16, moveMoney],
      [6, updateCampaign],
    ],
  },
} satisfies Races;
