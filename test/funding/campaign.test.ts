import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type TestUser, useApp } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { type PaymentOutcome, ProviderDouble } from '../support/provider-double.ts';

const campaignFields = `id status testMode currency pledged { minorUnits currency } collected { minorUnits }
  paidOut { minorUnits } backerCount viewerCanPledge viewerCanManage viewerPledge { id status setupUrl }
  milestones { position title status goal { minorUnits } reachedAt settledAt }`;
const payload = `userErrors { code message field }`;
const create = `mutation ($input: CreateCampaignInput!) { createCampaign(input: $input) { campaign { ${campaignFields} } ${payload} } }`;
const launch = `mutation ($input: LaunchCampaignInput!) { launchCampaign(input: $input) { campaign { ${campaignFields} } ${payload} } }`;
const pledge = `mutation ($input: PledgeInput!) { pledge(input: $input) { pledge { id status setupUrl amount { minorUnits } isNamed } ${payload} } }`;
const payOut = `mutation ($input: PayOutInput!) { payOut(input: $input) { campaign { paidOut { minorUnits } } ${payload} } }`;
const refund = `mutation ($input: RefundPledgeInput!) { refundPledge(input: $input) { pledge { id status } ${payload} } }`;
const read = `query ($slug: String!) { article(slug: $slug) { id liveCursor campaign { ${campaignFields}
  backers { nodes { name amount { minorUnits } } }
  ledger { nodes { sequence kind entries { account pseudonym minorUnits } } } } } }`;

describe('a campaign', () => {
  const provider = new ProviderDouble();
  const service = useApp({ FUNDING_POLL_MS: '100' }, { payments: provider });
  let journalist: TestUser;
  let editor: TestUser;

  beforeAll(async () => {
    journalist = await service().signUp('Jo Example', 'JOURNALIST');
    editor = await service().signUp('Ed Example', 'EDITOR');
  });

  const send = async (mutation: string, input: Record<string, unknown>, user: TestUser) =>
    Object.values(await service().data(mutation, { input }, user.token))[0] as any;
  const campaignOf = async (slug: string, user?: TestUser) =>
    (await service().data(read, { slug }, user?.token)).article.campaign;

  /** A launched campaign of an article. */
  const launched = async (goals: readonly number[]) => {
    const article = await service().addArticle();
    const { campaign, userErrors } = await send(
      create,
      {
        articleId: article.id,
        currency: 'EUR',
        deadline: new Date(Date.now() + 86_400_000).toISOString(),
        milestones: goals.map((goal, index) => ({
          title: `Goal ${index + 1}`,
          description: 'For travel.',
          goal: String(goal),
        })),
      },
      editor,
    );
    expect(userErrors).toEqual([]);
    const made = await send(launch, { campaignId: campaign.id }, editor);
    expect(made.userErrors).toEqual([]);
    return { ...article, campaignId: campaign.id as string };
  };

  const back = async (
    campaignId: string,
    amount: number,
    { outcome = 'succeeds', named = false }: { outcome?: PaymentOutcome; named?: boolean } = {},
  ) => {
    const reader = await service().signUp(`Reader ${randomUUID().slice(0, 8)}`);
    const made = await send(pledge, { campaignId, amount: String(amount), named }, reader);
    expect(made.userErrors).toEqual([]);
    provider.save(made.pledge.setupUrl, outcome);
    return { reader, id: made.pledge.id as string };
  };

  it('collects what was promised, and pays out what it holds', async () => {
    const { slug, campaignId, id } = await launched([100_000]);
    const listener = service().live.events(id);
    await listener.waitFor(1, 'ArticleCheckpoint');
    const backers = [];
    for (let index = 0; index < 10; index++)
      backers.push(
        await back(campaignId, 10_000, { outcome: index < 4 ? 'declined' : 'succeeds', named: index === 9 }),
      );
    const settle = `SELECT count(*)::int AS count FROM payment WHERE status IN ('SUCCEEDED', 'FAILED')`;
    await eventually('all payments', async () => {
      const [row] = await service().app.db.query<{ count: number }>(settle);
      return row?.count === 10;
    });
    const campaign = await campaignOf(slug, backers[0]?.reader);
    expect(campaign).toMatchObject({
      status: 'SUCCEEDED',
      pledged: { minorUnits: '100000', currency: 'EUR' },
      collected: { minorUnits: '60000' },
      backerCount: 10,
      viewerPledge: { status: 'ACTION_REQUIRED' },
      milestones: [{ status: 'REACHED' }],
      backers: { nodes: [{ amount: { minorUnits: '10000' } }] },
    });
    expect(campaign.ledger.nodes).toHaveLength(6);
    const given = await send(refund, { pledgeId: backers[9]?.id }, editor);
    expect(given.userErrors).toEqual([]);
    await eventually('a refund', async () => (await campaignOf(slug)).collected.minorUnits === '50000');
    const payment = provider.payments.find(({ state }) => state.status === 'SUCCEEDED');
    expect(payment).toBeDefined();
    const paid = await send(payOut, { campaignId, amount: '60000', destination: 'acct_journalist' }, editor);
    expect(paid.userErrors).toMatchObject([{ code: 'INSUFFICIENT_FUNDS' }]);
    expect(
      (await send(payOut, { campaignId, amount: '50000', destination: 'acct_journalist' }, editor))
        .userErrors,
    ).toEqual([]);
    await eventually('a payout', async () => (await campaignOf(slug)).paidOut.minorUnits === '50000');
    void journalist;
  });
});
