import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { verifyChain } from '../../../src/features/funding/ledger/ledger.ts';
import { reconcile } from '../../../src/features/funding/reconciliation/reconcile.ts';
import { decodeGlobalId } from '../../../src/platform/graphql/global-id.ts';
import { useApp, type UserErrorAnswer } from '../../support/app.ts';
import { Campaigns, type TestCampaign, type TestPledge } from '../../support/campaigns.ts';

import { type PaymentOutcome, ProviderDouble } from '../../support/provider-double.ts';
import { ShiftedClock } from '../../support/shifted-clock.ts';

const day = 86_400;

describe('collecting pledges', () => {
  const provider = new ProviderDouble();
  /** The worker's clock. */
  const clock = new ShiftedClock();
  // The service's own worker sleeps: each test runs one by hand.
  const service = useApp({ FUNDING_POLL_MS: '600000' }, { payments: provider });
  const campaigns = new Campaigns(service, provider);
  const graceMs = 7 * day * 1000;
  /** Runs the worker until nothing more is due now. */
  const work = async (rounds = 4): Promise<void> => {
    const worker = campaigns.worker({ clock, graceMs });
    for (let round = 0; round < rounds; round++) expect(await worker.run()).toBe(true);
    await worker.end();
  };

  beforeEach(() => clock.reset());

  const deadline = () => new Date(clock.now().getTime() + 30 * day * 1000);

  const backed = async (
    goal: number,
    outcomes: readonly PaymentOutcome[],
    amount = 100,
  ): Promise<{ campaign: TestCampaign; pledges: TestPledge[] }> => {
    const campaign = await campaigns.launched([goal], { deadline: deadline() });
    const pledges: TestPledge[] = [];
    for (const outcome of outcomes)
      pledges.push(await campaigns.back(campaign.campaignId, amount, { outcome }));
    return { campaign, pledges };
  };

  const statusOf = async ({ backer, id }: TestPledge): Promise<string> => {
    const query = 'query ($id: ID!) { node(id: $id) { ... on Pledge { status } } }';
    return (await service().data(query, { id }, backer.token)).node.status;
  };

  const balances = async (slug: string): Promise<Record<string, number>> => {
    const { ledger } = await campaigns.read(
      slug,
      undefined,
      'ledger(first: 100) { nodes { entries { account minorUnits } } }',
    );
    const sums: Record<string, number> = {};
    for (const { entries } of ledger.nodes)
      for (const { account, minorUnits } of entries)
        sums[account] = (sums[account] ?? 0) + Number(minorUnits);
    return sums;
  };

  it('shows what was promised, collected, given back and disputed as different figures', async () => {
    const editor = await campaigns.editor();
    const failing = Array.from({ length: 4 }, () => 'declined' as const);
    const { campaign, pledges } = await backed(1000, [
      ...failing,
      ...Array.from({ length: 6 }, () => 'succeeds' as const),
    ]);
    await work();
    expect(await campaigns.read(campaign.slug)).toMatchObject({
      status: 'SUCCEEDED',
      pledged: { minorUnits: '1000' },
      collected: { minorUnits: '600' },
      milestones: [{ status: 'REACHED', settledAt: null }],
    });
    expect(await Promise.all(pledges.slice(0, 4).map(statusOf))).toEqual(
      Array.from({ length: 4 }, () => 'ACTION_REQUIRED'),
    );
    clock.advance(8 * day);
    await work();
    expect((await campaigns.read(campaign.slug)).milestones).toMatchObject([{ status: 'SHORT' }]);
    expect(await Promise.all(pledges.slice(0, 4).map(statusOf))).toEqual(
      Array.from({ length: 4 }, () => 'DROPPED'),
    );

    await campaigns.do('refundPledge', { pledgeId: pledges[9]?.id }, editor);
    // Before it is carried out, the money is spoken for.
    expect(
      await campaigns.refusals(
        'payOut',
        { campaignId: campaign.campaignId, amount: '600', destination: 'acct_jo' },
        editor,
      ),
    ).toEqual(['INSUFFICIENT_FUNDS']);
    await work();
    expect((await campaigns.read(campaign.slug)).collected.minorUnits).toBe('500');

    const [disputed] = provider.payments.filter(({ state }) => state.status === 'SUCCEEDED');
    if (!disputed) throw new Error('Nothing was collected');
    const dispute = {
      ref: 'dp_1',
      paymentRef: disputed.state.ref,
      status: 'OPEN',
      currency: 'EUR',
      minorUnits: 100n,
      wasWithdrawn: true,
    } as const;
    provider.disputes.set('dp_1', dispute);
    await notice('DISPUTE', 'dp_1');
    await work();
    const payOut = { campaignId: campaign.campaignId, amount: '500', destination: 'acct_jo' };
    expect(await campaigns.refusals('payOut', payOut, editor)).toEqual(['INSUFFICIENT_FUNDS']);
    expect(await balances(campaign.slug)).toEqual({ BACKER: -500, CAMPAIGN: 400, DISPUTED: 100 });

    provider.disputes.set('dp_1', { ...dispute, status: 'LOST' });
    await notice('DISPUTE', 'dp_1');
    await work();
    expect((await campaigns.read(campaign.slug)).collected.minorUnits).toBe('400');
    for (const amount of ['100', '300']) await campaigns.do('payOut', { ...payOut, amount }, editor);
    await work();
    const payouts = 'viewerManagement { payouts(first: 1) { totalCount } }';
    expect(await campaigns.read(campaign.slug, editor, payouts)).toMatchObject({
      collected: { minorUnits: '400' },
      paidOut: { minorUnits: '400' },
      viewerManagement: { payouts: { totalCount: 2 } },
    });
    expect(await balances(campaign.slug)).toEqual({
      BACKER: -400,
      CAMPAIGN: 0,
      DISPUTED: 0,
      JOURNALIST: 400,
    });
    expect(await verifyChain(service().app.db, campaign.articleId)).toBeUndefined();
  });

  let notices = 0;
  const notice = (kind: string, objectRef: string) =>
    service().app.db.query(
      'INSERT INTO provider_event (id, test_mode, kind, object_ref) VALUES ($1, true, $2, $3)',
      [`evt_${(notices += 1)}`, kind, objectRef],
    );

  describe('of whose payments the provider keeps a fee', () => {
    /** Whether fees are known only when payments are looked up. */
    let isLate = false;
    beforeEach(() => {
      provider.feeOf = () => ({ fee: 3n, isLate });
    });
    afterEach(() => {
      provider.feeOf = undefined;
      isLate = false;
    });

    const offers = async (pledges: readonly TestPledge[]): Promise<boolean[]> => {
      const { token } = await campaigns.editor();
      const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Pledge { viewerCanRefund } } }';
      const { nodes } = await service().data(query, { ids: pledges.map(({ id }) => id) }, token);
      return nodes.map(({ viewerCanRefund }: any) => viewerCanRefund);
    };
    const available = async ({ slug }: TestCampaign): Promise<string> =>
      (await campaigns.read(slug, await campaigns.editor(), 'viewerManagement { available { minorUnits } }'))
        .viewerManagement.available.minorUnits;
    const giveBack = async (pledge: TestPledge | undefined): Promise<UserErrorAnswer[]> =>
      (await campaigns.send('refundPledge', { pledgeId: pledge?.id }, await campaigns.editor())).userErrors;
    const payOut = async ({ campaignId }: TestCampaign, amount: number): Promise<string[]> =>
      campaigns.refusals(
        'payOut',
        { campaignId, amount: String(amount), destination: 'acct_jo' },
        await campaigns.editor(),
      );
    const dispute = async (pledge: TestPledge | undefined, status: 'OPEN' | 'LOST'): Promise<void> => {
      const [row] = await service().app.db.query<{ key: string }>(
        'SELECT provider_key::text AS key FROM payment WHERE article_id = $1 AND pledge_id = $2',
        decodeGlobalId(pledge?.id ?? '')?.keys,
      );
      const made = provider.payments.find(({ key }) => key === row?.key);
      if (!made) throw new Error('The pledge has no payment');
      const { key, state } = made;
      const { ref: paymentRef, currency, minorUnits } = state;
      const ref = `dp_${key}`;
      provider.disputes.set(ref, { ref, paymentRef, status, currency, minorUnits, wasWithdrawn: true });
      await notice('DISPUTE', ref);
      await work();
    };
    const expectRightBooks = async (): Promise<void> => {
      const differences: string[] = [];
      for await (const { text } of reconcile(service().app.db, provider)) differences.push(text);
      expect(differences).toEqual([]);
    };

    it('gives the only pledge back whole, and the site bears the fee', async () => {
      const { campaign, pledges } = await backed(100, ['succeeds']);
      await work();
      expect([await available(campaign), await offers(pledges)]).toEqual(['97', [true]]);
      expect(await giveBack(pledges[0])).toEqual([]);
      // On its way nothing can be paid out.
      expect([await available(campaign), await payOut(campaign, 1)]).toEqual(['0', ['INSUFFICIENT_FUNDS']]);
      await work();
      expect(await statusOf(pledges[0] as TestPledge)).toBe('REFUNDED');
      expect(await balances(campaign.slug)).toEqual({ BACKER: 0, CAMPAIGN: 0, PROVIDER_FEES: 3, SITE: -3 });
      expect([await available(campaign), await payOut(campaign, 1)]).toEqual(['0', ['INSUFFICIENT_FUNDS']]);
      await expectRightBooks();
      expect(await verifyChain(service().app.db, campaign.articleId)).toBeUndefined();
    });

    it('books a fee that becomes known after the refund as the site’s too', async () => {
      isLate = true;
      const { campaign, pledges } = await backed(100, ['succeeds']);
      await work();
      expect(await giveBack(pledges[0])).toEqual([]);
      await work();
      expect(await balances(campaign.slug)).toEqual({ BACKER: 0, CAMPAIGN: 0 });
      clock.advance(3600);
      await work();
      expect(await balances(campaign.slug)).toEqual({ BACKER: 0, CAMPAIGN: 0, PROVIDER_FEES: 3, SITE: -3 });
      await expectRightBooks();
    });

    it('gives back what the other payments leave beside what was paid out, and no more', async () => {
      const { campaign, pledges } = await backed(300, ['succeeds', 'succeeds', 'succeeds']);
      await work();
      expect(await payOut(campaign, 195)).toEqual([]);
      // Before the payout is made, its money is spoken for.
      expect(await offers(pledges)).toEqual([false, false, false]);
      await work();
      const refused = {
        code: 'INSUFFICIENT_FUNDS',
        message: 'Too much of the campaign’s money was paid out.',
      };
      expect(await giveBack(pledges[0])).toMatchObject([refused]);
      const { articleId } = campaign;
      const back = await service().app.db.query<{ ref: string }>(
        `UPDATE payout SET look_at = $2 WHERE article_id = $1 RETURNING provider_ref AS ref`,
        [articleId, clock.now()],
      );
      const made = provider.transfers.find(({ state }) => state.ref === back[0]?.ref);
      if (!made) throw new Error('Nothing was paid out');
      made.state = { ...made.state, status: 'REVERSED', reversedMinorUnits: 195n };
      await work();
      expect(await payOut(campaign, 194)).toEqual([]);
      expect(await offers(pledges)).toEqual([true, true, true]);
      expect(await giveBack(pledges[0])).toEqual([]);
      expect(await offers(pledges)).toEqual([true, false, false]);
      expect(await giveBack(pledges[1])).toMatchObject([refused]);
      expect(await payOut(campaign, 1)).toEqual(['INSUFFICIENT_FUNDS']);
      await work();
      expect(await balances(campaign.slug)).toEqual({
        BACKER: -200,
        CAMPAIGN: 0,
        JOURNALIST: 194,
        PROVIDER_FEES: 9,
        SITE: -3,
      });
      await expectRightBooks();
    });

    it('gives a pledge back while another is disputed, and bears what the bank takes beyond a payment', async () => {
      const { campaign, pledges } = await backed(300, ['succeeds', 'succeeds', 'succeeds']);
      await work();
      // The bank takes the second payment while it is being given back.
      expect(await giveBack(pledges[1])).toEqual([]);
      await dispute(pledges[0], 'OPEN');
      await dispute(pledges[1], 'OPEN');
      expect(await balances(campaign.slug)).toMatchObject({ CAMPAIGN: -6, DISPUTED: 200, SITE: -3 });
      expect(await offers(pledges)).toEqual([false, false, true]);
      expect(await giveBack(pledges[2])).toEqual([]);
      await work();
      expect(await balances(campaign.slug)).toMatchObject({ CAMPAIGN: -103, DISPUTED: 200, SITE: -6 });
      await dispute(pledges[0], 'LOST');
      await dispute(pledges[1], 'LOST');
      expect(await balances(campaign.slug)).toEqual({
        BACKER: 100,
        CAMPAIGN: 0,
        DISPUTED: 0,
        PROVIDER_FEES: 9,
        SITE: -109,
      });
      await expectRightBooks();
      expect(await verifyChain(service().app.db, campaign.articleId)).toBeUndefined();
    });
  });

  it('finds a payment whose answer was lost, also after the provider has forgotten our key', async () => {
    const { campaign, pledges } = await backed(100, ['lost']);
    const before = provider.collects;
    await work(3);
    clock.advance(25 * 3600);
    await work();
    expect(provider.collects - before).toBe(1);
    expect((await campaigns.read(campaign.slug)).collected.minorUnits).toBe('100');
    expect(await statusOf(pledges[0] as TestPledge)).toBe('COLLECTED');
  });

  it('asks again with the same key where nothing had happened, and never after a day', async () => {
    const { campaign, pledges } = await backed(100, ['unsent']);
    const [pledge] = pledges as [TestPledge];
    await work(2);
    expect(await statusOf(pledge)).toBe('DUE');
    clock.advance(25 * 3600);
    const before = provider.collects;
    provider.recover();
    await work();
    // It surely did not happen: the backer decides anew.
    expect(provider.collects).toBe(before);
    expect(await statusOf(pledge)).toBe('ACTION_REQUIRED');
    const { setupUrl } = await campaigns.do('retryPledge', { pledgeId: pledge.id }, pledge.backer);
    provider.save(setupUrl);
    await work();
    expect(await statusOf(pledge)).toBe('COLLECTED');
    expect(await campaigns.read(campaign.slug)).toMatchObject({
      collected: { minorUnits: '100' },
      milestones: [{ status: 'FUNDED' }],
    });
  });

  it('makes no second payment where the lookup of the first one is refused', async () => {
    const { campaign, pledges } = await backed(100, ['lost']);
    const [pledge] = pledges as [TestPledge];
    const before = provider.collects;
    const errors: unknown[] = [];
    const worker = campaigns.worker({ clock, graceMs, onError: (error) => errors.push(error) });
    provider.refusesLookups = true;
    for (let round = 0; round < 4; round++) {
      await worker.run();
      clock.advance(3600);
    }
    await worker.end();
    expect(errors.length).toBeGreaterThan(0);
    expect([await statusOf(pledge), provider.collects - before]).toEqual(['DUE', 1]);
    provider.refusesLookups = false;
    await work();
    expect(await statusOf(pledge)).toBe('COLLECTED');
    expect((await campaigns.read(campaign.slug)).collected.minorUnits).toBe('100');
  });

  it('ends a payment that its payer has to authenticate before another is made', async () => {
    const { pledges } = await backed(100, ['authentication']);
    const [pledge] = pledges as [TestPledge];
    await work();
    expect(await statusOf(pledge)).toBe('ACTION_REQUIRED');
    const states = provider.payments.filter(({ state }) => state.status === 'ACTION_REQUIRED');
    expect(states).toEqual([]);
  });

  it('releases everything at a deadline whose goal was missed', async () => {
    const { campaign, pledges } = await backed(1000, ['succeeds', 'succeeds']);
    await work();
    const before = provider.collects;
    clock.advance(31 * day);
    await work();
    expect(await campaigns.read(campaign.slug)).toMatchObject({
      status: 'ENDED',
      pledged: { minorUnits: '200' },
      collected: { minorUnits: '0' },
      milestones: [{ status: 'MISSED' }],
    });
    expect(await Promise.all(pledges.map(statusOf))).toEqual(['RELEASED', 'RELEASED']);
    expect(provider.collects).toBe(before);
  });

  it('releases a pledge whose means of payment is saved when the campaign is over', async () => {
    const campaign = await campaigns.launched([100], { deadline: deadline() });
    const late = await campaigns.pledge(campaign.campaignId, 100);
    await campaigns.back(campaign.campaignId, 100);
    await work();
    provider.save(late.setupUrl);
    clock.advance(600);
    await work();
    expect(await statusOf(late)).toBe('RELEASED');
    expect((await campaigns.read(campaign.slug)).pledged.minorUnits).toBe('100');
  });

  it('neither collects nor pays out while an editor has suspended the campaign', async () => {
    const editor = await campaigns.editor();
    const { campaignId, slug } = await campaigns.launched([100, 500], { deadline: deadline() });
    const pledge = await campaigns.back(campaignId, 100, { outcome: 'declined' });
    await work();
    const { setupUrl } = await campaigns.do('retryPledge', { pledgeId: pledge.id }, pledge.backer);
    await campaigns.do('suspendCampaign', { campaignId }, editor);
    const late = await campaigns.refusals('pledge', { campaignId, amount: '100' }, pledge.backer);
    expect(late).toEqual(['CAMPAIGN_CLOSED']);
    provider.save(setupUrl);
    await work();
    expect(await statusOf(pledge)).toBe('DUE');
    const payOut = { campaignId, amount: '100', destination: 'acct_jo', idempotencyKey: randomUUID() };
    expect(await campaigns.refusals('payOut', payOut, editor)).toEqual(['WRONG_STATUS']);
    await campaigns.do('suspendCampaign', { campaignId, suspended: false }, editor);
    await work();
    expect(await statusOf(pledge)).toBe('COLLECTED');
    await campaigns.do('payOut', payOut, editor);
    await campaigns.do('suspendCampaign', { campaignId }, editor);
    // A repetition is answered as the first time, whatever happened meanwhile.
    expect(await campaigns.refusals('payOut', payOut, editor)).toEqual([]);
    await campaigns.do('suspendCampaign', { campaignId, suspended: false }, editor);
    expect(await campaigns.read(slug)).toMatchObject({ status: 'LIVE', collected: { minorUnits: '100' } });
  });

  it('publishes the article that a milestone unlocks, which is nowhere before', async () => {
    const app = service();
    const { data } = await app.query(
      `mutation ($input: CreateArticleInput!) { createArticle(input: $input) { article { id slug } } }`,
      { input: { title: 'The embargoed report', body: 'A word that occurs nowhere else: quixotry.' } },
      { token: (await app.signUp('Em Example', 'JOURNALIST')).token },
    );
    const { id, slug } = data.createArticle.article;
    const campaign = await campaigns.launched([100], { deadline: deadline(), unlocks: [id] });
    const everywhere = `query ($id: ID!, $slug: String!, $pitch: String!) {
      node(id: $id) { id } article(slug: $slug) { id } search(query: "quixotry") { totalCount }
      articles(first: 100) { nodes { slug } }
      pitch: article(slug: $pitch) { campaign { milestones { unlockedArticle { id } } } } }`;
    const variables = { id, slug, pitch: campaign.slug };
    const before = await app.data(everywhere, variables);
    expect(before).toMatchObject({
      node: null,
      article: null,
      search: { totalCount: 0 },
      pitch: { campaign: { milestones: [{ unlockedArticle: null }] } },
    });
    expect(JSON.stringify(before)).not.toContain(slug);
    await campaigns.back(campaign.campaignId, 100);
    await work();
    const after = await app.data(everywhere, variables);
    expect(after).toMatchObject({ node: { id }, article: { id }, search: { totalCount: 1 } });
    const articleId = decodeGlobalId(id)?.keys[0];
    const log = await app.app.db.query('SELECT kind, sequence FROM article_event WHERE article_id = $1', [
      articleId,
    ]);
    expect(log).toEqual([{ kind: 'ARTICLE_UNLOCKED', sequence: 1 }]);
  });
});
