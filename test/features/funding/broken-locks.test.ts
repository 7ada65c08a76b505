import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { Client } from 'pg';
import { type TestUser, useApp } from '../../support/app.ts';
import { Campaigns } from '../../support/campaigns.ts';
import { eventually } from '../../support/eventually.ts';
import { noFundingWork } from '../../support/funding-worker.ts';
import { ProviderDouble } from '../../support/provider-double.ts';

// Each of these would end the process if a statement that was sent with the lock were left alone with its failure: the
// test fails then, whichever it is.
describe('a lock of a campaign that fails', () => {
  const provider = new ProviderDouble();
  const service = useApp(noFundingWork, { payments: provider });
  const campaigns = new Campaigns(service, provider);
  let ada: TestUser;

  beforeAll(async () => {
    ada = await service().signUp('Ada Example');
  });

  /** Runs `work` while another session holds the campaign's row. */
  const whileHeld = async (articleId: string, work: (holder: Client) => Promise<void>): Promise<void> => {
    const holder = new Client({ connectionString: service().database.url });
    await holder.connect();
    try {
      await holder.query('BEGIN');
      await holder.query('SELECT FROM campaign WHERE article_id = $1 FOR UPDATE', [articleId]);
      await work(holder);
    } finally {
      await holder.end();
    }
  };

  /** The server process that waits for a lock. */
  const waiting = (holder: Client): Promise<number> =>
    eventually('a session that waits for the lock', async () => {
      // One transaction sees the same activity all the time.
      await holder.query('SELECT pg_stat_clear_snapshot()');
      const { rows } = await holder.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return rows[0]?.pid;
    });

  const pledgeAnew = async (campaignId: string): Promise<void> => {
    await setImmediate();
    expect(await campaigns.do('pledge', { campaignId, amount: '700' }, ada)).toMatchObject({
      status: 'SETUP',
    });
  };

  it('because its connection ended is an error of its request alone', async () => {
    const { campaignId, articleId } = await campaigns.launched([10_000]);
    await whileHeld(articleId, async (holder) => {
      const pledge = campaigns.send('pledge', { campaignId, amount: '500' }, ada).catch(String);
      await holder.query('SELECT pg_terminate_backend($1)', [await waiting(holder)]);
      expect(await pledge).toMatch(/INTERNAL_SERVER_ERROR|UNAVAILABLE|BUSY/);
    });
    await pledgeAnew(campaignId);
  });

  it('because it was cancelled is an error of its request alone', async () => {
    const { campaignId, articleId } = await campaigns.launched([10_000]);
    await whileHeld(articleId, async (holder) => {
      const pledge = campaigns.send('pledge', { campaignId, amount: '500' }, ada).catch(String);
      await holder.query('SELECT pg_cancel_backend($1)', [await waiting(holder)]);
      expect(await pledge).toMatch(/INTERNAL_SERVER_ERROR|UNAVAILABLE|BUSY/);
    });
    await pledgeAnew(campaignId);
  });

  it('because of a deadlock is tried again', async () => {
    const { campaignId, articleId } = await campaigns.launched([10_000]);
    const key = randomUUID();
    await whileHeld(articleId, async (holder) => {
      const input = { campaignId, amount: '500', idempotencyKey: key };
      const pledge = campaigns.do('pledge', input, ada);
      await waiting(holder);
      // It holds the key, and waits for the campaign: now each waits for the other, and one of the two is given up.
      const circle = holder
        .query(
          `INSERT INTO idempotency_key (account_id, key, input_hash, article_id, result_id)
           SELECT id, $2, '', $3, 1 FROM account WHERE email = $1`,
          [ada.email, key, articleId],
        )
        .catch(() => undefined);
      await circle;
      await holder.query('ROLLBACK');
      expect(await pledge).toMatchObject({ status: 'SETUP' });
    });
  });
});
