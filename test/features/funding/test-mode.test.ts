/**
 * @seconds 20
 * @database either
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { signatureOf } from '@standfirst/test-provider';
import { parseConfig } from '../../../src/platform/config/config.ts';
import { openProvider } from '../../../src/features/funding/provider/open-provider.ts';
import { systemClock } from '../../../src/platform/time/clock.ts';
import { useApp } from '../../support/app.ts';
import { Campaigns } from '../../support/campaigns.ts';
import { eventually } from '../../support/eventually.ts';
import { keptLogger } from '../../support/kept-logger.ts';
import { buildProgram, runProgram } from '../../support/program.ts';
import { ProviderDouble } from '../../support/provider-double.ts';

const root = join(import.meta.dirname, '../../..');

beforeAll(buildProgram, 240_000);

describe('without keys of Stripe', () => {
  const { lines: logged, logger } = keptLogger();
  const sessionSecret = 'a secret that this test signs notices with';
  const service = useApp(
    { FUNDING: 'auto', FUNDING_POLL_MS: '200', SESSION_SECRET: sessionSecret },
    { logger },
  );
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
    expect(await service().data('{ fundingTestMode }')).toEqual({ fundingTestMode: true });
    const { campaignId, slug } = await campaigns.launched([2000]);
    for (let index = 0; index < 2; index++) {
      const by = await service().signUp(index === 0 ? `-2+3+cmd|'/C calc'!A0` : 'Backer Example');
      const { setupUrl } = await campaigns.pledge(campaignId, 1000, { by });
      expect(setupUrl).toMatch(`${service().url}/test-provider/`);
      expect(await (await fetch(setupUrl)).text()).toContain('Test mode: no money moves.');
      const saved = await save(setupUrl, 'succeeds');
      expect([saved.status, saved.headers.get('location')]).toEqual([303, expect.stringContaining(slug)]);
    }
    // Whoever knows the address of a page may use it: the log has the route alone.
    await eventually(
      'the requests in the log',
      () => logged.join().match(/"path":"\/test-provider\/\*"/g)?.length === 4,
    );
    expect(logged.join()).not.toContain('cs_test_');
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
    expect(books).toEqual({
      code: 0,
      out: expect.stringMatching(/^0 differences in \d+ campaigns?\n$/),
      err: '',
    });
    const payouts = await runProgram('funding', ['payouts'], { env });
    expect(payouts.out).toMatch(
      new RegExp(
        `^Test mode: no money moves.\n${slug}: collected €20.00, fees €0.[0-9]{2}, disputed €0.00, borne by the site €0.00, paid out €0.00, holds €19.`,
      ),
    );
    const { out: csv } = await runProgram('funding', ['export'], { env });
    expect(csv.split('\r\n')).toHaveLength(1 + 4 + 4 + 1);
    expect(csv).toContain(`${slug},true,1,PAYMENT,`);
    const { out: payers } = await runProgram('funding', ['payers'], { env });
    const [head, ...lines] = payers.trimEnd().split('\r\n');
    expect(head).toBe(
      'article,test_mode,paid_at,pseudonym,name,email,retain_until,amount,given_back,lost,currency,provider_id',
    );
    // A spreadsheet takes no name for a formula.
    const names = [`'-2\\+3\\+cmd\\|'/C calc'!A0`, 'Backer Example'];
    expect(lines).toHaveLength(names.length);
    for (const [index, line] of lines.entries())
      expect(line).toMatch(
        new RegExp(
          `^${slug},true,[^,]+,[^,]+,${names[index]},[^,]+@example.org,,10.00,0.00,0.00,EUR,pi_\\w+$`,
        ),
      );
    const ledger = [join(root, 'examples/verify-ledger.mjs'), slug, `${service().url}/`];
    await promisify(execFile)(process.execPath, ledger);

    await service().app.db.query(
      `DELETE FROM test_provider_object WHERE ordinal = (SELECT min(ordinal) FROM test_provider_object
         WHERE type = 'payment_intent')`,
    );
    const { code, out } = await runProgram('funding', ['reconcile'], { env });
    expect(code).toBe(1);
    expect(out).toMatch(
      /payment \d+ \(pi_\w+\) is SUCCEEDED here, and unknown to the provider\n1 difference in \d+ campaigns?\n$/,
    );
    // As after a restore: the provider has charged what is not in the database.
    const opened = await openProvider(parseConfig({ FUNDING: 'auto' }), {
      databaseUrl: service().database.url,
      sessionSecret: 'of nobody',
      clock: systemClock,
      webhookUrl: () => undefined,
      siteUrl: () => undefined,
      onError: (error) => {
        throw error;
      },
    });
    const [means] = await service().app.db.query<{ customer: string; paymentMethod: string }>(
      `SELECT customer_ref AS customer, payment_method_ref AS "paymentMethod" FROM pledge WHERE status = 'COLLECTED' LIMIT 1`,
    );
    if (!opened || !means) throw new Error('There is no provider, or no pledge');
    const charge = { paymentKey: randomUUID(), currency: 'EUR', minorUnits: 700n, description: 'Lost' };
    const { ref } = await opened.provider.collect({ ...charge, ...means });
    await opened.close();
    const restored = await runProgram('funding', ['reconcile'], { env });
    expect(restored.out).toMatch(
      new RegExp(
        `^no campaign: payment ${ref} \\(€7.00, \\S+Z\\) is at the provider, and unknown here$`,
        'm',
      ),
    );
    expect(restored.out).toMatch(/^2 differences in \d+ campaigns?$/m);
  });

  it('disputes that end, and a payout that fails, can be tried out', async () => {
    const { campaignId, slug } = await campaigns.launched([2000]);
    for (const outcome of ['disputeWon', 'disputeLost'])
      await save((await campaigns.pledge(campaignId, 1000)).setupUrl, outcome);
    const editor = await campaigns.editor();
    const kinds = ['DISPUTE_LOST', 'DISPUTE_OPENED', 'DISPUTE_OPENED', 'DISPUTE_WON'];
    await eventually('both disputes in the ledger', async () => {
      const { ledger } = await campaigns.read(slug, editor, 'ledger(first: 20) { nodes { kind } }');
      const found = ledger.nodes.map(({ kind }: { kind: string }) => kind).sort();
      return kinds.join() === found.filter((kind: string) => kind.startsWith('DISPUTE_')).join();
    });
    const { collected, viewerManagement } = await campaigns.read(
      slug,
      editor,
      'viewerManagement { pledges(first: 5) { nodes { status } } }',
    );
    expect(collected.minorUnits).toBe('1000');
    expect(viewerManagement.pledges.nodes.map(({ status }: { status: string }) => status).sort()).toEqual([
      'COLLECTED',
      'LOST',
    ]);

    await campaigns.do('payOut', { campaignId, amount: '100', destination: 'acct_refuses' }, editor);
    const payouts = await eventually('a payout that has failed', async () => {
      const more = 'viewerManagement { payouts(first: 5) { nodes { status failureCode } } }';
      const { nodes } = (await campaigns.read(slug, editor, more)).viewerManagement.payouts;
      return nodes[0].status === 'FAILED' ? nodes : undefined;
    });
    expect(payouts).toEqual([{ status: 'FAILED', failureCode: 'account_closed' }]);
    expect((await campaigns.read(slug)).paidOut.minorUnits).toBe('0');
  });

  it('notices that could not be processed are listed', async () => {
    const env = { DATABASE_URL: service().database.url };
    expect(await runProgram('funding', ['notices'], { env })).toMatchObject({
      code: 0,
      out: '0 notices could not be processed\n',
    });
    await service().app.db.query(
      `INSERT INTO provider_event (id, test_mode, kind, object_ref, attempts, look_at)
       VALUES ('evt_1', true, 'DISPUTE', 'du_1', 3, now() + interval '1 hour'),
         ('evt_2', true, 'DISPUTE', 'du_2', 24, now())`,
    );
    const { code, out } = await runProgram('funding', ['notices'], { env });
    expect(code).toBe(1);
    expect(out).toMatch(/^evt_1: dispute du_1, of \S+Z, 3 attempts$/m);
    expect(out).toMatch(/^evt_2: dispute du_2, of \S+Z, given up after 24 attempts$/m);
    expect(out).toMatch(/^2 notices could not be processed$/m);
    await service().app.db.query(`DELETE FROM provider_event WHERE id IN ('evt_1', 'evt_2')`);
  });

  it('notices that the provider did not sign, or would not have written, are refused and write nothing', async () => {
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
    const send = async (signature: string | undefined, given = body): Promise<number> => {
      const headers = new Headers(signature === undefined ? {} : { 'stripe-signature': signature });
      const url = `${service().url}/payments/notices`;
      return (await fetch(url, { method: 'POST', body: given, headers })).status;
    };
    expect(await send(undefined)).toBe(400);
    expect(await send('t=1,v1=00')).toBe(400);
    expect(await send(signatureOf(body, 'whsec_guessed', new Date()))).toBe(400);
    // Signed by the test provider, as what follows shows.
    const secret = `whsec_${createHmac('sha256', sessionSecret).update('test provider').digest('hex')}`;
    const dispute = (ref: string): string =>
      JSON.stringify({
        ...event,
        type: 'charge.dispute.created',
        data: { object: { id: ref, object: 'dispute' } },
      });
    const sendSigned = (given: string): Promise<number> =>
      send(signatureOf(given, secret, new Date()), given);
    expect(await sendSigned(dispute('../x'))).toBe(400);
    const large = 'x'.repeat(300_000);
    const refused = await fetch(`${service().url}/payments/notices`, { method: 'POST', body: large });
    expect(refused.status).toBe(413);
    expect(await rows()).toEqual(before);
    expect(await sendSigned(dispute('dp_1'))).toBe(200);
    expect(await rows()).not.toEqual(before);
  });
});
