import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { reconcile } from '../../../src/features/funding/reconciliation/reconcile.ts';
import type { BalanceChange, BalanceChangeKind } from '../../../src/platform/payments/provider.ts';
import { useApp } from '../../support/app.ts';
import { Campaigns } from '../../support/campaigns.ts';
import { noFundingWork } from '../../support/funding-worker.ts';
import { ProviderDouble } from '../../support/provider-double.ts';

const at = new Date('2026-03-01T12:00:00Z');

const change = (
  kind: BalanceChangeKind,
  sourceRef: string,
  more: Partial<BalanceChange> = {},
): BalanceChange => ({
  ref: `txn_${randomUUID()}`,
  kind,
  at,
  currency: 'EUR',
  minorUnits: 1230n,
  feeMinorUnits: 0n,
  sourceRef,
  paymentRef: undefined,
  paymentKey: undefined,
  refundKey: undefined,
  payoutKey: undefined,
  reversalKey: undefined,
  ...more,
});

describe('reconciling', () => {
  const provider = new ProviderDouble();
  const service = useApp(noFundingWork, { payments: provider });
  const campaigns = new Campaigns(service, provider);

  const differences = async (): Promise<string[]> => {
    const found = [];
    for await (const { slug, text } of reconcile(service().app.db, provider)) found.push(`${slug}: ${text}`);
    return found;
  };

  it('lists what the provider has alone: payments after a restore, refunds of the dashboard, disputes without a notice', async () => {
    const editor = await campaigns.editor();
    const { campaignId, slug } = await campaigns.launched([500]);
    const { id: pledgeId } = await campaigns.back(campaignId, 300);
    await campaigns.back(campaignId, 200);
    const worker = campaigns.worker();
    for (let round = 0; round < 3; round++) await worker.run();
    await campaigns.do('refundPledge', { pledgeId }, editor);
    await campaigns.do('payOut', { campaignId, amount: '150', destination: 'acct_jo' }, editor);
    await worker.run();
    await worker.end();
    const [first, second] = provider.payments;
    const [refund] = provider.refunds;
    const [transfer] = provider.transfers;
    if (!first || !second || !refund || !transfer) throw new Error('Nothing was moved');
    const paymentRef = second.state.ref;
    // What is known, and what others do with the same account.
    provider.balanceChanges.push(
      change('PAYMENT', 'ch_1', { paymentRef: first.state.ref, paymentKey: first.key }),
      change('REFUND', refund.state.ref, { paymentRef: refund.state.paymentRef, refundKey: refund.key }),
      change('TRANSFER', transfer.state.ref, { payoutKey: transfer.key }),
      change('PAYMENT', 'ch_2', { paymentRef: 'pi_other' }),
      change('PAYMENT', 'ch_3', { paymentRef: 'pi_other', paymentKey: 'order 17' }),
      change('REFUND', 're_other', { paymentRef: 'pi_other' }),
      change('DISPUTE', 'dp_other', { paymentRef: 'pi_other' }),
      change('TRANSFER', 'tr_other'),
      change('FEE', 'fee_1'),
      change('OTHER', 'po_1'),
    );
    expect(await differences()).toEqual([]);
    provider.balanceChanges.push(
      change('PAYMENT', 'ch_4', { paymentRef: 'pi_lost', paymentKey: randomUUID() }),
      change('REFUND', 're_lost', { paymentRef: 'pi_lost', refundKey: randomUUID() }),
      change('REFUND', 're_dashboard', { paymentRef }),
      change('DISPUTE', 'dp_unheard', { paymentRef, minorUnits: -200n }),
      change('TRANSFER', 'tr_lost', { payoutKey: randomUUID(), minorUnits: -99n }),
    );
    const end = ', 2026-03-01T12:00:00.000Z) is at the provider, and unknown here';
    expect(await differences()).toEqual([
      `undefined: payment pi_lost (€12.30${end}`,
      `undefined: refund re_lost (€12.30${end}`,
      `${slug}: refund re_dashboard (€12.30${end}`,
      `${slug}: dispute dp_unheard (-€2.00${end}`,
      `undefined: transfer tr_lost (-€0.99${end}`,
    ]);
    provider.balanceChanges.length = 0;
  });

  it('goes on behind what the provider refuses to look up, and leaves out what it never made', async () => {
    const { campaignId, slug, articleId } = await campaigns.launched([500]);
    await campaigns.back(campaignId, 500);
    const worker = campaigns.worker();
    for (let round = 0; round < 3; round++) await worker.run();
    await worker.end();
    provider.refusesLookups = true;
    expect(await differences()).toContainEqual(
      expect.stringMatching(
        new RegExp(`^${slug}: payment .* is SUCCEEDED here, and cannot be looked up: resource_missing$`),
      ),
    );
    const { db } = service().app;
    await db.query('UPDATE pledge SET customer_ref = NULL, account_id = NULL WHERE article_id = $1', [
      articleId,
    ]);
    await db.query('UPDATE payment SET provider_ref = NULL WHERE article_id = $1', [articleId]);
    expect((await differences()).filter((each) => each.includes('cannot be looked up'))).toHaveLength(2);
    provider.refusesLookups = false;
    const ref = provider.payments.at(-1)?.state.ref;
    await db.query('UPDATE payment SET provider_ref = $2 WHERE article_id = $1', [articleId, ref]);
  });

  it('lists a dispute whose end was not told, and a payout of which a part came back', async () => {
    const editor = await campaigns.editor();
    const { campaignId, slug } = await campaigns.launched([500]);
    await campaigns.back(campaignId, 300);
    await campaigns.back(campaignId, 200);
    const worker = campaigns.worker();
    for (let round = 0; round < 3; round++) await worker.run();
    await campaigns.do('payOut', { campaignId, amount: '150', destination: 'acct_jo' }, editor);
    await worker.run();
    const payment = provider.payments.at(-1);
    const transfer = provider.transfers.at(-1);
    if (!payment || !transfer) throw new Error('Nothing was moved');
    const dispute = {
      ref: 'dp_open',
      paymentRef: payment.state.ref,
      status: 'OPEN',
      currency: 'EUR',
      minorUnits: payment.state.minorUnits,
      wasWithdrawn: true,
    } as const;
    provider.disputes.set('dp_open', dispute);
    await service().app.db.query(
      `INSERT INTO provider_event (id, test_mode, kind, object_ref) VALUES ('evt_dp', true, 'DISPUTE', 'dp_open')`,
    );
    await worker.run();
    await worker.end();
    expect(await differences()).toEqual([]);
    provider.disputes.set('dp_open', { ...dispute, status: 'LOST' });
    transfer.state = { ...transfer.state, reversedMinorUnits: 50n };
    expect(await differences()).toEqual([
      expect.stringMatching(
        new RegExp(
          `^${slug}: payout \\d+ \\(tr_\\S+\\) is PAID here, and 50 of it were taken back at the provider$`,
        ),
      ),
      `${slug}: dispute dp_open is OPEN here, and LOST to the provider`,
    ]);
  });
});
