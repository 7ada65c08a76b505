/**
 * @database either
 * @seconds 90
 */
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { features } from '../../../src/app/features.ts';
import { type CampaignPlan, readCampaignPlans } from '../../../src/features/demo/demo-data.ts';
import { demoFeature } from '../../../src/features/demo/feature.ts';
import { seedDemo } from '../../../src/features/demo/seed.ts';
import type { Parts } from '../../../src/platform/feature/feature.ts';
import { TestApp } from '../../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { faultsOf } from '../../support/demo.ts';
import { eventually } from '../../support/eventually.ts';
import { watchForLeaks } from '../../support/leaks.ts';
import { buildProgram, runProgram } from '../../support/program.ts';
import { ShiftedClock } from '../../support/shifted-clock.ts';

const root = join(import.meta.dirname, '../../..');
const folder = join(root, 'demo');
const [runs, fails] = ['the-last-boat-at-ten-past-eight', 'who-owns-the-kelp'];
const password = 'correct horse battery';
const settings = { FUNDING: 'auto', FUNDING_POLL_MS: '100' };

const shown = `query ($slug: String!) { article(slug: $slug) { id campaign {
  id status testMode backerCount pledged { minorUnits } collected { minorUnits } paidOut { minorUnits }
  milestones { status unlockedArticle { slug status author { slug } } } backers(first: 50) { nodes { name } } } } }`;

/** How long the campaign runs that fails: longer than any test. The clock is put forward. */
const failsAfterSeconds = 3600;

/** The plans of the demo at a faster pace. */
async function plansAtPace(): Promise<CampaignPlan[]> {
  const plans = await readCampaignPlans(folder);
  return plans.map((plan) => ({
    ...plan,
    runsFor: 'days' in plan.runsFor ? plan.runsFor : { seconds: failsAfterSeconds },
    arrivals: plan.arrivals.map((arrival, index) => ({ ...arrival, afterSeconds: index * 0.2 })),
  }));
}

const sumOf = (backers: readonly { readonly amount: bigint }[]): bigint =>
  backers.reduce((sum, { amount }) => sum + amount, 0n);

/** Leads both campaigns to where their plans do, and compares all that is shown with the plans. */
async function expectDone(app: TestApp, plans: readonly CampaignPlan[], clock: ShiftedClock): Promise<void> {
  const [plan, other] = plans;
  if (!plan || !other) throw new Error('The demo has two campaigns');
  const read = async (slug: string) => (await app.data(shown, { slug })).article.campaign;
  const all = [...plan.backers.flat(), ...plan.arrivals];
  await eventually(
    'the campaign that runs',
    async () =>
      (await read(runs))?.backerCount === all.length && (await read(runs)).milestones[0].status === 'FUNDED',
  );
  const running = await eventually('the unlocked article', async () => {
    const campaign = await read(runs);
    return campaign.milestones[0].unlockedArticle && campaign;
  });
  expect(running).toMatchObject({
    status: 'LIVE',
    testMode: true,
    pledged: { minorUnits: String(sumOf(all)) },
    collected: { minorUnits: String(sumOf(plan.backers[0] ?? [])) },
    paidOut: { minorUnits: '0' },
    milestones: [
      {
        status: 'FUNDED',
        unlockedArticle: {
          slug: 'both-sheets-side-by-side',
          status: 'PUBLISHED',
          author: { slug: 'maren-oakhollow' },
        },
      },
      { status: 'OPEN', unlockedArticle: null },
    ],
  });
  expect(running.backers.nodes).toHaveLength(all.filter(({ named }) => named).length);
  expect(running.backers.nodes.length).toBeLessThan(all.length);

  await eventually(
    'the backers of the campaign that fails',
    async () => (await read(fails))?.backerCount === other.backers.flat().length,
  );
  clock.advance(failsAfterSeconds);
  const failed = await eventually('the campaign that fails', async () => {
    const campaign = await read(fails);
    return campaign?.status === 'ENDED' && campaign;
  });
  expect(failed).toMatchObject({
    testMode: true,
    backerCount: other.backers.flat().length,
    collected: { minorUnits: '0' },
    milestones: [{ status: 'MISSED' }],
  });
}

async function expectNothingTwice({ app: { db } }: TestApp): Promise<void> {
  const twice = await db.query(
    `SELECT FROM pledge GROUP BY article_id, account_id HAVING count(*) FILTER (WHERE status <> 'RELEASED') > 1`,
  );
  const drafts = await db.query(`SELECT FROM article WHERE slug LIKE 'both-sheets%'`);
  expect([twice.length, drafts.length]).toEqual([0, 1]);
  expect(await faultsOf(db)).toEqual([]);
}

describe('the campaigns of the demo', () => {
  const clock = new ShiftedClock();
  let database: TestDatabase;
  let checkLeaks: () => Promise<void>;
  const running = new Set<TestApp>();

  /** A node on the demo's database; without plans it makes no campaigns. */
  async function begin(plans?: readonly CampaignPlan[]): Promise<TestApp> {
    const shared = plans ? { features: [...features, demoFeature(plans)] } : {};
    const node = await TestApp.start(settings, { database, clock, ...shared });
    running.add(node);
    return node;
  }

  async function end(node: TestApp): Promise<void> {
    running.delete(node);
    await node.close();
  }

  const count = async ({ app: { db } }: TestApp, rows: string): Promise<number> =>
    (await db.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${rows}`))[0]?.count ?? 0;

  beforeAll(buildProgram, 240_000);

  beforeEach(async () => {
    clock.reset();
    checkLeaks = watchForLeaks();
    database = await createTestDatabase();
    const node = await begin();
    await seedDemo({ db: node.app.db, folder, maxDepth: 100, password });
    await end(node);
  });

  afterEach(async () => {
    for (const node of running) await end(node);
    await database.drop();
    await checkLeaks();
  });

  it('arrive as events, with one milestone collected, one open and one missed, and the books are right', async () => {
    const plans = await plansAtPace();
    const node = await begin(plans);
    const { article } = await node.data(shown, { slug: runs });
    const events = node.live.events(article.id, undefined);
    await expectDone(node, plans, clock);
    await events.waitFor(1, 'MilestoneSettled');
    await expectNothingTwice(node);
    const env = { DATABASE_URL: database.url };
    expect(await runProgram('funding', ['reconcile'], { env })).toEqual({
      code: 0,
      out: '0 differences in 2 campaigns\n',
      err: '',
    });
    const verified = await promisify(execFile)(process.execPath, [
      join(root, 'examples/verify-ledger.mjs'),
      runs,
      node.url,
    ]);
    expect(verified.stdout).toMatch(/[0-9a-f]{64}/);
  }, 240_000);

  it('are made once by two nodes that start at the same moment', async () => {
    const plans = await plansAtPace();
    const nodes = await Promise.all([begin(plans), begin(plans)]);
    for (const node of nodes) await expectDone(node, plans, clock);
    await expectNothingTwice(nodes[0]);
    // Nor did one node's pledge take the place of the other's.
    expect(await count(nodes[0], 'pledge')).toBe(
      plans.flatMap(({ backers, arrivals }) => [...backers.flat(), ...arrivals]).length,
    );
  }, 240_000);

  it('go on where they were when the service stopped in the middle, however often it stops', async () => {
    const plans = await plansAtPace();
    for (const [rows, enough] of [
      ['article', 14],
      ['campaign', 1],
      ['pledge', 3],
      ['pledge WHERE activated_at IS NOT NULL', 2],
      ['payment', 1],
      ['pledge', 15],
      ['pledge', 20],
    ] as const) {
      const node = await begin(plans);
      await eventually(`${enough} of ${rows}`, async () => (await count(node, rows)) >= enough);
      await end(node);
    }
    const last = await begin(plans);
    await expectDone(last, plans, clock);
    await expectNothingTwice(last);
  }, 240_000);

  it('leave a campaign alone that its journalist has made otherwise', async () => {
    const first = await begin();
    const { signIn } = await first.data(
      `mutation ($input: SignInInput!) { signIn(input: $input) { session { accessToken } } }`,
      { input: { email: 'tobin@example.org', password } },
    );
    const { article } = await first.data(shown, { slug: fails });
    const { createCampaign } = await first.data(
      `mutation ($input: CreateCampaignInput!) { createCampaign(input: $input) { userErrors { message } } }`,
      {
        input: {
          articleId: article.id,
          currency: 'DKK',
          deadline: new Date(Date.now() + 86_400_000).toISOString(),
          milestones: [{ title: 'His own', description: 'Something else.', goal: '100000' }],
        },
      },
      signIn.session.accessToken,
    );
    expect(createCampaign.userErrors).toEqual([]);
    await end(first);
    const node = await begin(await plansAtPace());
    // The other campaign is done by then.
    await eventually('the other campaign', async () => {
      const { campaign } = (await node.data(shown, { slug: runs })).article;
      return campaign?.milestones[0].status === 'FUNDED';
    });
    expect(await count(node, `campaign WHERE status = 'DRAFT'`)).toBe(1);
  }, 240_000);

  it('exist only with the test provider: neither without funding, nor with Stripe in its test mode', async () => {
    const [plan] = await plansAtPace();
    const { jobs } = demoFeature(plan ? [plan] : []);
    const payments = { testMode: true };
    const off = { payments: undefined, paymentPages: undefined };
    const stripe = { payments, paymentPages: undefined };
    const test = { payments, paymentPages: { path: '/', handle: () => undefined } };
    const counts = [off, stripe, test].map(
      (parts) => jobs({ ...parts, links: {} } as unknown as Parts).length,
    );
    expect(counts).toEqual([0, 0, 1]);
  });
});
