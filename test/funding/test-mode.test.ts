import { beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { signatureOf } from '../../src/funding/test-provider/webhooks.ts';
import { useApp } from '../support/app.ts';
import { Campaigns } from '../support/campaigns.ts';
import { eventually } from '../support/eventually.ts';
import { buildProgram, runProgram } from '../support/program.ts';
import { ProviderDouble } from '../support/provider-double.ts';

const root = join(import.meta.dirname, '../..');

beforeAll(buildProgram, 60_000);

describe('without keys of Stripe', () => {
  const service = useApp({ FUNDING: 'auto', FUNDING_POLL_MS: '200' });
  // The provider is the service's own: nothing is asked of the double.
  const campaigns = new Campaigns(service, new ProviderDouble());

  /** Fills in the form of the test provider's page. */
  const save = (setupUrl: string, outcome: string): Promise<Response> =>
    fetch(setupUrl, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `outcome=${outcome}`,
    });

  it('pledges are made, collected and accounted for by the test provider, and its books are compared', async () => {
    const { campaignId, slug } = await campaigns.launched([2000]);
    for (let index = 0; index < 2; index++) {
      const { setupUrl } = await campaigns.pledge(campaignId, 1000);
      expect(setupUrl).toMatch(`${service().url}/test-provider/`);
      expect(await (await fetch(setupUrl)).text()).toContain('Test mode: no money moves.');
      const saved = await save(setupUrl, 'succeeds');
      expect([saved.status, saved.headers.get('location')]).toEqual([303, expect.stringContaining(slug)]);
    }
    await eventually('a funded milestone', async () => {
      const { milestones } = await campaigns.read(slug);
      return milestones[0].status === 'FUNDED';
    });
    expect(await campaigns.read(slug)).toMatchObject({
      testMode: true,
      status: 'SUCCEEDED',
      collected: { minorUnits: '2000' },
    });

    const env = { DATABASE_URL: service().database.url };
    const books = await runProgram('funding', ['reconcile'], { env });
    expect(books).toEqual({ code: 0, out: '0 differences\n', err: '' });
    const payouts = await runProgram('funding', ['payouts'], { env });
    expect(payouts.out).toMatch(
      new RegExp(`^Test mode: no money moves.\n${slug}: collected €20.00, paid out €0.00`),
    );
    const { out: csv } = await runProgram('funding', ['export'], { env });
    expect(csv.split('\r\n')).toHaveLength(1 + 4 + 4 + 1);
    expect(csv).toContain(`${slug},true,1,PAYMENT,`);
    const { out: payers } = await runProgram('funding', ['payers'], { env });
    const [head, ...lines] = payers.trimEnd().split('\r\n');
    expect(head).toBe(
      'article,test_mode,paid_at,pseudonym,name,email,retain_until,amount,currency,provider_id',
    );
    expect(lines).toHaveLength(2);
    for (const line of lines)
      expect(line).toMatch(
        new RegExp(`^${slug},true,[^,]+,[^,]+,Backer [^,]+,[^,]+@example.org,,10.00,EUR,pi_\\w+$`),
      );
    const ledger = [join(root, 'examples/verify-ledger.mjs'), slug, service().url];
    await promisify(execFile)(process.execPath, ledger);

    await service().app.db.query(
      `DELETE FROM test_provider_object WHERE ordinal = (SELECT min(ordinal) FROM test_provider_object
         WHERE type = 'payment_intent')`,
    );
    const { code, out } = await runProgram('funding', ['reconcile'], { env });
    expect(code).toBe(1);
    expect(out).toMatch(
      /payment \d+ \(pi_\w+\) is SUCCEEDED here, and unknown to the provider\n1 difference\n$/,
    );
  });

  it('notices that the provider did not sign are refused, and write nothing', async () => {
    const rows = () => service().app.db.query('SELECT count(*)::int AS count FROM provider_event');
    const before = await rows();
    const event = {
      id: 'evt_forged',
      object: 'event',
      type: 'payment_intent.succeeded',
      livemode: false,
      data: { object: { id: 'pi_1', object: 'payment_intent' } },
    };
    const body = JSON.stringify(event);
    const send = async (signature: string | undefined): Promise<number> => {
      const headers = new Headers(signature === undefined ? {} : { 'stripe-signature': signature });
      const url = `${service().url}/payments/notices`;
      return (await fetch(url, { method: 'POST', body, headers })).status;
    };
    expect(await send(undefined)).toBe(400);
    expect(await send('t=1,v1=00')).toBe(400);
    expect(await send(signatureOf(body, 'whsec_guessed', new Date()))).toBe(400);
    const large = 'x'.repeat(300_000);
    const refused = await fetch(`${service().url}/payments/notices`, { method: 'POST', body: large });
    expect(refused.status).toBe(413);
    expect(await rows()).toEqual(before);
  });
});
