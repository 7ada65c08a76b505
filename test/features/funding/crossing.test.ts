import { beforeEach, describe, expect, it } from '@jest/globals';
import { useApp } from '../../support/app.ts';
import { setArticle } from '../../support/article-states.ts';
import { Campaigns } from '../../support/campaigns.ts';
import { erasureOf } from '../../support/erasure.ts';
import { noFundingWork } from '../../support/funding-worker.ts';
import { ProviderDouble } from '../../support/provider-double.ts';
import { ShiftedClock } from '../../support/shifted-clock.ts';

describe('work on money that crosses an erasure or an unpublication', () => {
  const provider = new ProviderDouble();
  const clock = new ShiftedClock();
  const service = useApp(noFundingWork, { payments: provider });
  const campaigns = new Campaigns(service, provider);
  const deadline = new Date(Date.now() + 10 * 86_400_000);

  beforeEach(() => clock.reset());

  const pledgeOf = async (articleId: string): Promise<unknown> => {
    const [row] = await service().app.db.query(
      'SELECT status, customer_ref AS customer, payment_method_ref AS means FROM pledge WHERE article_id = $1',
      [articleId],
    );
    return row;
  };

  it('drops the pledge of an account that was erased while its payment was to be made, and failed', async () => {
    const { campaignId, articleId } = await campaigns.launched([500], { deadline });
    const { backer } = await campaigns.back(campaignId, 500, { outcome: 'unsent' });
    const worker = campaigns.worker({ clock });
    for (let round = 0; round < 2; round++) await worker.run();
    await erasureOf(service()).erase(backer.email);
    expect(await pledgeOf(articleId)).toMatchObject({ status: 'DUE', means: expect.any(String) });
    // After a day the provider may have forgotten the key: the payment has failed.
    clock.advance(25 * 3600);
    for (let round = 0; round < 2; round++) await worker.run();
    await worker.end();
    expect(await pledgeOf(articleId)).toEqual({ status: 'DROPPED', customer: null, means: null });
  });

  it('books the fee of a payment whose account was erased before the fee was known', async () => {
    const { campaignId, articleId } = await campaigns.launched([500], { deadline });
    const { backer } = await campaigns.back(campaignId, 500);
    const worker = campaigns.worker({ clock });
    for (let round = 0; round < 3; round++) await worker.run();
    await erasureOf(service()).erase(backer.email);
    expect(await pledgeOf(articleId)).toEqual({ status: 'COLLECTED', customer: null, means: null });
    const made = provider.payments.at(-1);
    if (!made) throw new Error('Nothing was charged');
    made.state = { ...made.state, feeMinorUnits: 20n };
    clock.advance(3600);
    for (let round = 0; round < 2; round++) await worker.run();
    await worker.end();
    expect(
      await service().app.db.query(
        `SELECT kind FROM ledger_transaction WHERE article_id = $1 ORDER BY sequence`,
        [articleId],
      ),
    ).toEqual([{ kind: 'PAYMENT' }, { kind: 'FEE' }]);
  });

  it('tells the provider no title of an article that is not public any more', async () => {
    const { campaignId, articleId } = await campaigns.launched([500], { deadline });
    await campaigns.back(campaignId, 500, { outcome: 'unsent' });
    const worker = campaigns.worker({ clock });
    for (let round = 0; round < 2; round++) await worker.run();
    expect(provider.descriptions.at(-1)).toBe('A title');
    await setArticle(service(), articleId, { status: 'UNPUBLISHED' });
    provider.recover();
    clock.advance(600);
    for (let round = 0; round < 2; round++) await worker.run();
    await worker.end();
    expect(provider.descriptions.at(-1)).toBe('A pledge');
  });
});
