/** @database either */
import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { useApp } from '../../support/app.ts';
import { type TestCampaign, Campaigns } from '../../support/campaigns.ts';
import { noFundingWork } from '../../support/funding-worker.ts';
import { ProviderDouble } from '../../support/provider-double.ts';

describe('campaigns of the other mode', () => {
  const provider = new ProviderDouble();
  const service = useApp(noFundingWork, { payments: provider });
  const campaigns = new Campaigns(service, provider);

  /** Everything about a campaign that work on money may change. */
  const rowsOf = async ({ articleId }: TestCampaign): Promise<unknown[]> =>
    Promise.all(
      ['pledge', 'payment', 'refund', 'payout', 'milestone', 'article_event', 'ledger_transaction'].map(
        (table) =>
          service().app.db.query(
            `SELECT to_jsonb(t) AS row FROM ${table} t WHERE article_id = $1 ORDER BY t`,
            [articleId],
          ),
      ),
    );

  /**
   * A campaign with work of every kind: a means of payment to be found, payments to be made and to be looked up, money to be
   * given back and paid out, a milestone to be settled and an article to be unlocked.
   */
  const busyCampaign = async (): Promise<TestCampaign> => {
    const { db } = service().app;
    const editor = await campaigns.editor();
    const { data } = await service().query(
      `mutation ($input: CreateArticleInput!) { createArticle(input: $input) { article { id } } }`,
      { input: { title: 'The embargoed report', body: 'For backers.' } },
      { token: (await service().signUp('Em Example', 'JOURNALIST')).token },
    );
    const campaign = await campaigns.launched([1000, 2000, 9000], {
      unlocks: [undefined, data.createArticle.article.id],
    });
    const { campaignId, articleId } = campaign;
    const first = await campaigns.back(campaignId, 400);
    await campaigns.back(campaignId, 600);
    const worker = campaigns.worker();
    for (let round = 0; round < 3; round++) await worker.run();
    await campaigns.back(campaignId, 500, { outcome: 'unsent' });
    await campaigns.back(campaignId, 500, { outcome: 'unsent' });
    await worker.run();
    await worker.end();
    await db.query(
      'DELETE FROM payment WHERE article_id = $1 AND id = (SELECT max(id) FROM payment WHERE article_id = $1)',
      [articleId],
    );
    await db.query('UPDATE payment SET look_at = now() WHERE article_id = $1 AND look_at IS NOT NULL', [
      articleId,
    ]);
    await db.query('UPDATE milestone SET unlocked_at = NULL WHERE article_id = $1', [articleId]);
    await campaigns.do('payOut', { campaignId, amount: '100', destination: 'acct_jo' }, editor);
    await campaigns.do('refundPledge', { pledgeId: first.id }, editor);
    await campaigns.back(campaignId, 800);
    return campaign;
  };

  const setMode = async ({ articleId }: TestCampaign, isTest: boolean): Promise<void> => {
    await service().app.db.query('UPDATE campaign SET test_mode = $2 WHERE article_id = $1', [
      articleId,
      isTest,
    ]);
  };

  it('a live key moves nothing for campaigns of the test mode', async () => {
    const campaign = await busyCampaign();
    const before = await rowsOf(campaign);
    const live = new ProviderDouble({ testMode: false });
    const worker = campaigns.worker({ provider: live });
    for (let round = 0; round < 3; round++) expect(await worker.run()).toBe(true);
    await worker.end();
    expect([live.collects, live.refunds, live.transfers, live.payments]).toEqual([0, [], [], []]);
    expect(await rowsOf(campaign)).toEqual(before);
    // Its work stays undone: payments that are tried again later are none of the next test's.
    await setMode(campaign, false);
  });

  it('a test key moves nothing for campaigns with real money, and changes no pledge to them', async () => {
    const campaign = await busyCampaign();
    const pledge = await campaigns.back(campaign.campaignId, 800);
    await setMode(campaign, false);
    const change = { pledgeId: pledge.id, amount: '900' };
    expect(await campaigns.refusals('changePledge', change, pledge.backer)).toEqual(['FUNDING_OFF']);
    expect(await campaigns.refusals('retryPledge', { pledgeId: pledge.id }, pledge.backer)).toEqual([
      'FUNDING_OFF',
    ]);
    const more = { campaignId: campaign.campaignId, amount: '500', idempotencyKey: randomUUID() };
    expect(await campaigns.refusals('pledge', more, await service().signUp('Bo Example'))).toEqual([
      'FUNDING_OFF',
    ]);
    const before = await rowsOf(campaign);
    const { collects } = provider;
    const worker = campaigns.worker();
    for (let round = 0; round < 3; round++) expect(await worker.run()).toBe(true);
    await worker.end();
    expect(provider.collects).toBe(collects);
    expect(await rowsOf(campaign)).toEqual(before);
    await setMode(campaign, true);
    const [{ length: refunds }, { length: transfers }] = [provider.refunds, provider.transfers];
    const again = campaigns.worker();
    await again.run();
    await again.end();
    // The same work, once the mode is right.
    expect(provider.collects).toBe(collects + 2);
    expect([provider.refunds.length, provider.transfers.length]).toEqual([refunds + 1, transfers + 1]);
    expect(await rowsOf(campaign)).not.toEqual(before);
  });
});
