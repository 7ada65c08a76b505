import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  mostNoticeAttempts,
  selectFailedNotices,
} from '../../../src/features/funding/collection/funding-work.queries.ts';
import { Leases } from '../../../src/platform/jobs/leases.ts';
import { useApp } from '../../support/app.ts';
import { Campaigns } from '../../support/campaigns.ts';
import { eventually } from '../../support/eventually.ts';
import { runJob } from '../../support/jobs.ts';
import { ProviderDouble } from '../../support/provider-double.ts';
import { ShiftedClock } from '../../support/shifted-clock.ts';

describe('the work on money', () => {
  const provider = new ProviderDouble();
  const clock = new ShiftedClock();
  const service = useApp({ FUNDING_POLL_MS: '600000' }, { payments: provider });
  const campaigns = new Campaigns(service, provider);

  beforeEach(() => clock.reset());

  const collectedOf = async (slug: string): Promise<string> =>
    (await campaigns.read(slug)).collected.minorUnits;

  it('goes on for other campaigns while calls of one hang, and asks for none of these twice', async () => {
    let answer = (): void => undefined;
    provider.hanging = { minorUnits: 777n, until: new Promise((resolve) => (answer = resolve)) };
    const deadline = new Date(Date.now() + 10 * 86_400_000);
    const [slow, other] = [
      await campaigns.launched([777 * 3], { deadline }),
      await campaigns.launched([100], { deadline }),
    ];
    const worker = campaigns.worker({ clock, patienceMs: 1000 });
    for (let n = 0; n < 3; n++) await campaigns.back(slow.campaignId, 777);
    await worker.run();
    expect(provider.collects).toBe(3);
    await campaigns.back(other.campaignId, 100);
    for (let n = 0; n < 3; n++) {
      clock.advance(600);
      await worker.run();
    }
    expect([await collectedOf(other.slug), await collectedOf(slow.slug)]).toEqual(['100', '0']);
    expect(provider.collects).toBe(4);
    answer();
    provider.hanging = undefined;
    await worker.end();
    expect(await collectedOf(slow.slug)).toBe(String(777 * 3));
    expect(provider.collects).toBe(4);
  });

  it('processes notices behind fifty that it cannot read, tries those more and more rarely, and gives up', async () => {
    const { db } = service().app;
    const insert = `INSERT INTO provider_event (id, test_mode, kind, object_ref, received_at)
      VALUES ($1, true, 'DISPUTE', $1, now() - $2 * interval '1 second')`;
    for (let n = 0; n < 60; n++) {
      provider.unreadable.add(`dp_unreadable_${n}`);
      await db.query(insert, [`dp_unreadable_${n}`, 1000 - n]);
    }
    await db.query(insert, ['dp_readable', 0]);
    const errors: unknown[] = [];
    const worker = campaigns.worker({ clock, onError: (error) => errors.push(error) });
    const isProcessed = async (): Promise<boolean> =>
      (await db.query(`SELECT FROM provider_event WHERE id = 'dp_readable' AND processed_at IS NOT NULL`))
        .length === 1;
    await worker.run();
    await worker.run();
    expect(await isProcessed()).toBe(true);
    expect(errors).toHaveLength(60);
    // Their time has not come again.
    await worker.run();
    expect(errors).toHaveLength(60);
    for (let attempt = 0; attempt < 2 * mostNoticeAttempts + 4; attempt++) {
      clock.advance(301);
      await worker.run();
    }
    await worker.end();
    expect(errors).toHaveLength(60 * mostNoticeAttempts);
    const failed = await selectFailedNotices(db, 100);
    expect(failed).toHaveLength(60);
    expect(new Set(failed.map(({ attempts }) => attempts))).toEqual(new Set([mostNoticeAttempts]));
  });

  it('books a payout that comes back after it was made, and no longer looks at one that did not', async () => {
    const editor = await campaigns.editor();
    const deadline = new Date(Date.now() + 10 * 86_400_000);
    const { campaignId, articleId, slug } = await campaigns.launched([500], { deadline });
    await campaigns.back(campaignId, 500);
    const worker = campaigns.worker({ clock });
    for (let round = 0; round < 3; round++) await worker.run();
    await campaigns.do('payOut', { campaignId, amount: '300', destination: 'acct_jo' }, editor);
    await worker.run();
    expect((await campaigns.read(slug)).paidOut.minorUnits).toBe('300');
    const made = provider.transfers.at(-1);
    if (!made) throw new Error('Nothing was paid out');
    const { db } = service().app;
    const tell = (id: string) =>
      db.query(
        `INSERT INTO provider_event (id, test_mode, kind, object_ref) VALUES ($1, true, 'TRANSFER', $2)`,
        [id, made.state.ref],
      );
    const looks = (): Promise<unknown[]> =>
      db.query('SELECT FROM payout WHERE article_id = $1 AND look_at IS NOT NULL', [articleId]);
    await tell('evt_created');
    await worker.run();
    expect(await looks()).toHaveLength(0);
    made.state = { ...made.state, status: 'REVERSED', reversedMinorUnits: 300n };
    await tell('evt_reversed');
    await worker.run();
    await worker.end();
    expect((await campaigns.read(slug)).paidOut.minorUnits).toBe('0');
    expect(await looks()).toHaveLength(0);
  });

  it('books a dispute whose notice came before its payment was recorded', async () => {
    const { db } = service().app;
    const deadline = new Date(Date.now() + 10 * 86_400_000);
    const { campaignId, articleId, slug } = await campaigns.launched([500], { deadline });
    await campaigns.back(campaignId, 500, { outcome: 'lost' });
    const errors: unknown[] = [];
    const worker = campaigns.worker({ clock, onError: (error) => errors.push(error) });
    for (let round = 0; round < 2; round++) await worker.run();
    const made = provider.payments.at(-1);
    if (!made) throw new Error('Nothing was charged');
    const dispute = {
      ref: 'dp_early',
      paymentRef: made.state.ref,
      status: 'LOST',
      currency: 'EUR',
      minorUnits: 500n,
      wasWithdrawn: true,
    } as const;
    provider.disputes.set(dispute.ref, dispute);
    const tell = () =>
      db.query(
        `INSERT INTO provider_event (id, test_mode, kind, object_ref) VALUES (gen_random_uuid(), true, 'DISPUTE', $1)`,
        [dispute.ref],
      );
    // The answer was lost, so the provider's id is unknown here: the dispute is found with the payment.
    await tell();
    await worker.run();
    made.state = { ...made.state, disputes: [dispute] };
    clock.advance(600);
    await worker.run();
    expect(await campaigns.read(slug)).toMatchObject({ collected: { minorUnits: '0' } });
    expect(await db.query('SELECT status FROM dispute WHERE article_id = $1', [articleId])).toEqual([
      { status: 'LOST' },
    ]);
    expect(errors).toEqual([]);

    // The id is known, and the payment is not recorded yet: the notice is tried again.
    const other = await campaigns.launched([500], { deadline });
    await campaigns.back(other.campaignId, 500, { outcome: 'lost' });
    for (let round = 0; round < 2; round++) await worker.run();
    const second = provider.payments.at(-1);
    if (!second || second === made) throw new Error('Nothing was charged');
    await db.query('UPDATE payment SET provider_ref = $2 WHERE article_id = $1', [
      other.articleId,
      second.state.ref,
    ]);
    provider.disputes.set('dp_early_2', { ...dispute, ref: 'dp_early_2', paymentRef: second.state.ref });
    await db.query(
      `INSERT INTO provider_event (id, test_mode, kind, object_ref) VALUES ('evt_early_2', true, 'DISPUTE', 'dp_early_2')`,
    );
    await worker.run();
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringMatching(/not recorded yet/) })]);
    clock.advance(600);
    for (let round = 0; round < 2; round++) await worker.run();
    clock.advance(600);
    await worker.run();
    await worker.end();
    expect(await campaigns.read(other.slug)).toMatchObject({ collected: { minorUnits: '0' } });
  });

  it('makes nothing of a campaign that was suspended meanwhile, until it goes on', async () => {
    const { db } = service().app;
    const editor = await campaigns.editor();
    const deadline = new Date(Date.now() + 10 * 86_400_000);
    const { campaignId, articleId } = await campaigns.launched([500, 1000, 9000], { deadline });
    await campaigns.back(campaignId, 500);
    const worker = campaigns.worker({ clock });
    for (let round = 0; round < 2; round++) await worker.run();
    await campaigns.back(campaignId, 500, { outcome: 'unsent' });
    for (let round = 0; round < 2; round++) await worker.run();
    await campaigns.do('payOut', { campaignId, amount: '300', destination: 'acct_jo' }, editor);
    await db.query('UPDATE payment SET look_at = now() WHERE article_id = $1 AND look_at IS NOT NULL', [
      articleId,
    ]);
    provider.recover();
    await campaigns.do('suspendCampaign', { campaignId }, editor);
    const [{ length: charges }, { length: transfers }] = [provider.payments, provider.transfers];
    for (let round = 0; round < 3; round++) {
      clock.advance(600);
      await worker.run();
    }
    expect([provider.payments.length, provider.transfers.length]).toEqual([charges, transfers]);
    await campaigns.do('suspendCampaign', { campaignId, suspended: false }, editor);
    for (let round = 0; round < 2; round++) {
      clock.advance(600);
      await worker.run();
    }
    await worker.end();
    // The payout has failed meanwhile.
    expect([provider.payments.length, provider.transfers.length]).toEqual([charges + 1, transfers]);
  });

  it('does not wait between batches while there is more than one', async () => {
    const deadline = new Date(Date.now() + 10 * 86_400_000);
    const { campaignId, slug } = await campaigns.launched([1_000_000], { deadline });
    const made = await Promise.all(Array.from({ length: 120 }, () => campaigns.back(campaignId, 100)));
    const worker = campaigns.worker({ clock });
    await runJob(worker);
    expect((await campaigns.read(slug)).backerCount).toBe(made.length);
    await worker.end();
  });

  it('is done by one node at a time, and by another one once that one is gone', async () => {
    const { db } = service().app;
    const leases = () => db.query('SELECT FROM funding_lease');
    let answer = (): void => undefined;
    provider.hanging = { minorUnits: 555n, until: new Promise((resolve) => (answer = resolve)) };
    const { campaignId, slug } = await campaigns.launched([555], {
      deadline: new Date(Date.now() + 10 * 86_400_000),
    });
    let isDead = false;
    const heart = {
      query: <Row>(text: string, values?: readonly unknown[]) =>
        isDead ? Promise.resolve([] as Row[]) : db.query<Row>(text, values),
    };
    const first = campaigns.worker({
      clock,
      patienceMs: 100,
      // While its process lives, it keeps the lease for longer than a test waits.
      everyMs: 600_000,
      leases: new Leases({
        db: heart,
        onError: (error) => {
          throw error;
        },
      }),
    });
    const second = campaigns.worker({ clock });
    await campaigns.back(campaignId, 555);
    const { collects } = provider;
    for (let round = 0; round < 2 && provider.collects === collects; round++) await first.run();
    expect([provider.collects - collects, (await leases()).length]).toEqual([1, 1]);
    clock.advance(600);
    expect([await first.run(), await second.run()]).toEqual([true, false]);
    isDead = true;
    await eventually('the lease', () => second.run());
    answer();
    provider.hanging = undefined;
    await Promise.all([first.end(), second.end()]);
    // Nobody holds it while there is nothing to do.
    expect([await collectedOf(slug), (await leases()).length]).toEqual(['555', 0]);
  });
});
