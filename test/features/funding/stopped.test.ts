/**
 * @database either
 */
import { describe, expect, it } from '@jest/globals';
import { ProviderRefusedError } from '../../../src/platform/payments/provider-errors.ts';
import { useApp } from '../../support/app.ts';
import { write } from '../../support/articles.ts';
import { Campaigns } from '../../support/campaigns.ts';
import { noFundingWork } from '../../support/funding-worker.ts';
import { ProviderDouble } from '../../support/provider-double.ts';
import { ShiftedClock } from '../../support/shifted-clock.ts';

/** A provider that gives nothing back while a code is set. */
class RefusingDouble extends ProviderDouble {
  refusal: string | undefined;

  override refund(...given: Parameters<ProviderDouble['refund']>) {
    if (this.refusal !== undefined) throw new ProviderRefusedError(this.refusal, { operation: 'refund' });
    return super.refund(...given);
  }
}

describe('money that was stopped or refused', () => {
  const provider = new RefusingDouble();
  const clock = new ShiftedClock();
  const service = useApp(noFundingWork, { payments: provider });
  const campaigns = new Campaigns(service, provider);

  const work = async (): Promise<void> => {
    const worker = campaigns.worker({ clock });
    for (let round = 0; round < 4; round++) await worker.run();
    await worker.end();
  };

  const read = async (table: 'campaign' | 'pledge' | 'payout', articleId: string): Promise<unknown[]> =>
    service().app.db.query<{ status: string }>(
      `SELECT status FROM ${table} WHERE article_id = $1 ORDER BY ${table === 'campaign' ? 'article_id' : 'id'}`,
      [articleId],
    );

  it('stays where it is when the deadline of a suspended campaign passes, and when its journalist would end it', async () => {
    clock.reset();
    const editor = await campaigns.editor();
    const jo = await service().signUp('Jo Example', 'JOURNALIST');
    const { id } = await write(service(), 'createArticle', { title: 'A title', body: 'A body.' }, jo);
    const article = await write(service(), 'publishArticle', { articleId: id }, jo);
    const deadline = new Date(Date.now() + 86_400_000).toISOString();
    const milestones = [500, 90_000].map((goal) => ({
      title: 'A goal',
      description: 'For travel.',
      goal: String(goal),
    }));
    const { id: campaignId } = await campaigns.do(
      'createCampaign',
      { articleId: id, currency: 'EUR', deadline, milestones },
      jo,
    );
    await campaigns.do('launchCampaign', { campaignId }, jo);
    const { backer } = await campaigns.back(campaignId, 500, { outcome: 'unsent' });
    await work();
    await service().app.db.query('DELETE FROM payment WHERE provider_key IS NOT NULL AND status = $1', [
      'SUBMITTED',
    ]);
    await campaigns.do('suspendCampaign', { campaignId, suspended: true }, editor);
    provider.recover();
    const [{ articleId }] = (await service().app.db.query<{ articleId: string }>(
      'SELECT article_id::text AS "articleId" FROM pledge WHERE account_id = $1',
      [backer.accountId],
    )) as [{ articleId: string }];
    expect(await campaigns.refusals('cancelCampaign', { campaignId }, jo)).toEqual(['WRONG_STATUS']);
    clock.advance(2 * 86_400);
    await work();
    expect(await read('campaign', articleId)).toEqual([{ status: 'SUSPENDED' }]);
    expect(await read('pledge', articleId)).toEqual([{ status: 'DUE' }]);
    expect(await campaigns.read(article.slug, undefined, 'takesPledges')).toMatchObject({
      takesPledges: false,
    });
    await campaigns.do('suspendCampaign', { campaignId, suspended: false }, editor);
    await work();
    expect(await read('campaign', articleId)).toEqual([{ status: 'ENDED' }]);
    expect(await read('pledge', articleId)).toEqual([{ status: 'COLLECTED' }]);
  });

  it('is not paid out any more once the campaign is suspended, and can be given back', async () => {
    clock.reset();
    const editor = await campaigns.editor();
    const { campaignId, articleId } = await campaigns.launched([500, 90_000]);
    const { id: pledgeId } = await campaigns.back(campaignId, 500);
    await work();
    await campaigns.do('payOut', { campaignId, amount: '500', destination: 'acct_jo' }, editor);
    await campaigns.do('suspendCampaign', { campaignId, suspended: true }, editor);
    expect(await read('payout', articleId)).toEqual([{ status: 'FAILED' }]);
    await campaigns.do('refundPledge', { pledgeId }, editor);
    const { length: transfers } = provider.transfers;
    await work();
    await campaigns.do('suspendCampaign', { campaignId, suspended: false }, editor);
    await work();
    expect(provider.transfers).toHaveLength(transfers);
    expect(await read('pledge', articleId)).toEqual([{ status: 'REFUNDED' }]);
  });

  it('is paid out in steps of the currency, and what is available says so', async () => {
    clock.reset();
    const editor = await campaigns.editor();
    provider.feeOf = () => ({ fee: 123n, isLate: false });
    const { campaignId, slug } = await campaigns.launched([5000, 90_000], { currency: 'KWD' });
    await campaigns.back(campaignId, 5000);
    await work();
    provider.feeOf = undefined;
    const { viewerManagement } = await campaigns.read(
      slug,
      editor,
      'viewerManagement { available { minorUnits } }',
    );
    expect(viewerManagement.available.minorUnits).toBe('4870');
    const payOut = { campaignId, destination: 'acct_jo' };
    const { userErrors } = await campaigns.send('payOut', { ...payOut, amount: '4877' }, editor);
    expect(userErrors).toMatchObject([
      { code: 'INVALID_INPUT', message: expect.stringContaining('a multiple of') },
    ]);
    await campaigns.do('payOut', { ...payOut, amount: '4870' }, editor);
  });

  it('says with the pledge why it was not given back, until it is tried again', async () => {
    clock.reset();
    const editor = await campaigns.editor();
    const { campaignId } = await campaigns.launched([500, 90_000]);
    const { id: pledgeId } = await campaigns.back(campaignId, 500);
    await work();
    const shown = async () =>
      (
        await service().data(
          'query ($id: ID!) { node(id: $id) { ... on Pledge { status failureCode } } }',
          { id: pledgeId },
          editor.token,
        )
      ).node;
    provider.refusal = 'charge_disputed';
    await campaigns.do('refundPledge', { pledgeId }, editor);
    await work();
    expect(await shown()).toEqual({ status: 'COLLECTED', failureCode: 'charge_disputed' });
    provider.refusal = undefined;
    await campaigns.do('refundPledge', { pledgeId }, editor);
    expect(await shown()).toEqual({ status: 'COLLECTED', failureCode: null });
    await work();
    expect(await shown()).toEqual({ status: 'REFUNDED', failureCode: null });
  });

  it('leaves no trace in the ledger of an inquiry that was closed', async () => {
    clock.reset();
    const { campaignId, articleId } = await campaigns.launched([500, 90_000]);
    await campaigns.back(campaignId, 500);
    await work();
    const { ref: paymentRef } = provider.payments.at(-1)?.state ?? { ref: '' };
    provider.disputes.set('dp_inquiry', {
      ref: 'dp_inquiry',
      paymentRef,
      status: 'WON',
      currency: 'EUR',
      minorUnits: 500n,
      wasWithdrawn: false,
    });
    const { db } = service().app;
    await db.query(
      `INSERT INTO provider_event (id, test_mode, kind, object_ref) VALUES ('evt_inquiry', true, 'DISPUTE', 'dp_inquiry')`,
    );
    await work();
    expect(
      await db.query(`SELECT FROM provider_event WHERE id = 'evt_inquiry' AND processed_at IS NULL`),
    ).toEqual([]);
    expect(await db.query('SELECT kind FROM ledger_transaction WHERE article_id = $1', [articleId])).toEqual([
      { kind: 'PAYMENT' },
    ]);
  });

  it('hides a backer’s name on request after the goal was reached, and while the campaign is suspended', async () => {
    clock.reset();
    const { campaignId, slug } = await campaigns.launched([500, 90_000]);
    const { id: pledgeId, backer } = await campaigns.back(campaignId, 500, { named: true });
    await work();
    const names = async () =>
      (await campaigns.read(slug, undefined, 'backers(first: 5) { nodes { name } }')).backers.nodes;
    expect(await names()).toEqual([{ name: backer.name }]);
    await campaigns.do('suspendCampaign', { campaignId, suspended: true }, await campaigns.editor());
    const change = { pledgeId, named: false };
    expect(await campaigns.refusals('changePledge', { ...change, amount: '600' }, backer)).toEqual([
      'WRONG_STATUS',
    ]);
    await campaigns.do('changePledge', change, backer);
    expect(await names()).toEqual([]);
    expect(await campaigns.refusals('changePledge', { pledgeId, named: true }, backer)).toEqual([
      'WRONG_STATUS',
    ]);
    // Of a withdrawn pledge nothing is told any more.
    const other = await campaigns.launched([500]);
    const gone = await campaigns.back(other.campaignId, 300, { named: true });
    await work();
    await campaigns.do('withdrawPledge', { pledgeId: gone.id }, gone.backer);
    await campaigns.do('changePledge', { pledgeId: gone.id, named: false }, gone.backer);
    expect(
      await service().app.db.query(
        `SELECT kind FROM article_event WHERE article_id = $1 AND kind LIKE 'PLEDGE\\_%' ORDER BY sequence`,
        [other.articleId],
      ),
    ).toEqual([{ kind: 'PLEDGE_ADDED' }, { kind: 'PLEDGE_WITHDRAWN' }]);
  });
});
