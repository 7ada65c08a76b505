/**
 * @seconds 15
 * @database either
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import type { Outcome } from '@standfirst/test-provider';
import { ProviderUnknownError } from '../../../../src/platform/payments/provider-errors.ts';
import type { PaymentState, Provider } from '../../../../src/platform/payments/provider.ts';
import { StripeProvider } from '../../../../src/features/funding/provider/stripe-provider.ts';
import { onDatabase } from '../../../support/database.ts';
import { eventually } from '../../../support/eventually.ts';
import { watchForLeaks } from '../../../support/leaks.ts';
import { PinnedClock } from '../../../support/pinned-clock.ts';
import { all, everythingIn } from './contract.ts';
import { type NodeOptions, saveMeans, TestNodes } from './test-nodes.ts';

let nodes: TestNodes;
let checkForLeaks: () => Promise<void>;

beforeAll(async () => {
  checkForLeaks = watchForLeaks();
  nodes = await TestNodes.create();
});
afterAll(async () => {
  await nodes.close();
  await checkForLeaks();
});

async function order(provider: Provider, outcome: Outcome, minorUnits = 2500n) {
  const means = await saveMeans(provider, outcome);
  return { paymentKey: randomUUID(), currency: 'EUR', minorUnits, ...means, description: 'A pledge' };
}

const byKey = ({ paymentKey, customer }: { paymentKey: string; customer: string }) => ({
  paymentKey,
  paymentRef: undefined,
  customer,
});

const unknown = (reason: string) => ({ name: 'ProviderUnknownError', reason });

/** A hook that holds the next write, once it is armed, until it is let go. */
function gate() {
  let armed = false;
  let arrived: () => void = () => undefined;
  let open: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (arrived = resolve));
  const opened = new Promise<void>((resolve) => (open = resolve));
  return {
    held,
    arm: () => (armed = true),
    open: () => open(),
    beforeCommit: async () => {
      if (!armed) return;
      armed = false;
      arrived();
      await opened;
    },
  };
}

const settled = (payments: readonly PromiseSettledResult<PaymentState>[]) =>
  payments.flatMap((each) => (each.status === 'fulfilled' ? [each.value.ref] : []));

describe('the test provider', () => {
  const opened = (options?: NodeOptions) => nodes.open(options);

  it('answers 409 while a request with the same key is in progress, on any node', async () => {
    const { held, arm, open, beforeCommit } = gate();
    const [one, other] = [await opened({ hooks: { beforeCommit } }), await opened()];
    const request = await order(one.provider, 'succeeds');
    arm();
    const first = one.provider.collect(request);
    await held;
    await expect(other.provider.collect(request)).rejects.toMatchObject(unknown('IN_PROGRESS'));
    expect(await other.provider.findPayment(byKey(request))).toBeUndefined();
    open();
    const payment = await first;
    expect(await other.provider.collect(request)).toEqual(payment);
    expect(await other.provider.findPayment(byKey(request))).toEqual(payment);
  });

  it('charges once when many nodes send the same request at the same time', async () => {
    const many = [await opened(), await opened(), await opened()];
    const request = await order(many[0]!.provider, 'succeeds');
    const attempts = await Promise.allSettled(
      Array.from({ length: 12 }, (_, index) => many[index % many.length]!.provider.collect(request)),
    );
    expect(new Set(settled(attempts)).size).toBe(1);
    for (const attempt of attempts)
      if (attempt.status === 'rejected') expect(attempt.reason).toMatchObject(unknown('IN_PROGRESS'));
    const { data } = await many[1]!.stripe.paymentIntents.list({ customer: request.customer });
    expect(data).toHaveLength(1);
  });

  it('charges, and loses the answer: the payment is found, and the same request is answered', async () => {
    const [node, impatient] = [await opened(), await opened({ writeTimeoutMs: 2000 })];
    const request = await order(node.provider, 'unanswered');
    await expect(impatient.provider.collect(request)).rejects.toMatchObject(unknown('NO_ANSWER'));
    const payment = await eventually('the charge', () => node.provider.findPayment(byKey(request)));
    expect(payment).toMatchObject({ status: 'SUCCEEDED', minorUnits: 2500n });
    expect(await node.provider.collect(request)).toEqual(payment);
    const { data } = await node.stripe.paymentIntents.list({ customer: request.customer });
    expect(data).toHaveLength(1);
  });

  it('has charged nothing, and has freed the key, when it fails before the end', async () => {
    let failure: Error | undefined;
    const node = await opened({
      hooks: { beforeCommit: () => (failure ? Promise.reject(failure) : Promise.resolve()) },
    });
    const request = await order(node.provider, 'succeeds');
    failure = new Error('the process ends here');
    await expect(node.provider.collect(request)).rejects.toMatchObject(unknown('PROVIDER_FAULT'));
    expect(node.errors.splice(0)).toEqual([failure]);
    expect(await node.provider.findPayment(byKey(request))).toBeUndefined();
    failure = undefined;
    expect(await node.provider.collect(request)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('forgets a key after a day, so that the same request charges a second time', async () => {
    const clock = new PinnedClock();
    const node = await opened({ clock });
    const request = await order(node.provider, 'succeeds');
    const first = await node.provider.collect(request);
    clock.advance(23 * 3600);
    expect(await node.provider.collect(request)).toEqual(first);
    clock.advance(2 * 3600);
    expect((await node.provider.collect(request)).ref).not.toBe(first.ref);
  });

  it('forgets events after thirty days, and keeps what they tell of', async () => {
    const apart = await TestNodes.create();
    const clock = new PinnedClock();
    const { provider, stripe } = await apart.open({ clock });
    const collect = async () => provider.collect(await order(provider, 'succeeds'));
    const dates = async () =>
      new Set((await stripe.events.list({ limit: 100 })).data.map(({ created }) => created)).size;
    const { ref } = await collect();
    clock.advance(29 * 86_400);
    await collect();
    expect(await dates()).toBe(2);
    clock.advance(2 * 86_400);
    await collect();
    expect(await dates()).toBe(2);
    expect(await stripe.paymentIntents.retrieve(ref)).toMatchObject({ status: 'succeeded' });
    await apart.close();
  });

  it('keeps an answer that refuses, but not one that finds the request malformed', async () => {
    const { provider, stripe } = await opened();
    const payout = { payoutKey: randomUUID(), destination: 'acct_a', currency: 'NOK', minorUnits: 100n };
    const insufficient = { code: 'balance_insufficient' };
    await expect(provider.transfer(payout)).rejects.toMatchObject(insufficient);
    const means = await saveMeans(provider, 'succeeds');
    const paid = { paymentKey: randomUUID(), currency: 'NOK', minorUnits: 5000n, ...means, description: 'x' };
    await provider.collect(paid);
    await expect(provider.transfer(payout)).rejects.toMatchObject(insufficient);
    expect(await provider.transfer({ ...payout, payoutKey: randomUUID() })).toMatchObject({ status: 'PAID' });

    const idempotencyKey = randomUUID();
    const wrong = { amount: 100, currency: 'nok', destination: 'nobody', transfer_group: 'x' };
    const send = (destination: string) =>
      stripe.transfers.create({ ...wrong, destination }, { idempotencyKey });
    await expect(send('nobody')).rejects.toMatchObject({ statusCode: 400, param: 'destination' });
    expect(await send('acct_a')).toMatchObject({ amount: 100 });
  });

  it('finds and lists more than a page', async () => {
    const { provider } = await opened();
    const begun = new Date(Date.now() - 1000);
    const payment = await provider.collect(await order(provider, 'succeeds', 10_000n));
    const refund = (refundKey: string) =>
      provider.refund({ refundKey, paymentRef: payment.ref, currency: 'EUR', minorUnits: 1n });
    const keys = Array.from({ length: 105 }, () => randomUUID());
    for (const key of keys) await refund(key);
    const [oldest = ''] = keys;
    const found = await provider.findRefund({
      refundKey: oldest,
      refundRef: undefined,
      paymentRef: payment.ref,
    });
    expect(found).toMatchObject({ status: 'SUCCEEDED', minorUnits: 1n });
    const changes = await all((after) => provider.listBalanceChanges({ since: begun, after }));
    const refunded = changes.flatMap(({ refundKey }) => (refundKey === undefined ? [] : [refundKey]));
    expect(refunded.filter((key) => keys.some((each) => each === key))).toEqual([...keys].reverse());
    const events = await all((after) => provider.listEvents({ since: begun, after }));
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    expect(events.filter(({ type }) => type === 'refund.created').length).toBeGreaterThanOrEqual(105);
  });

  it('refuses parameters that it does not know', async () => {
    const { stripe } = await opened();
    await expect(
      stripe.transfers.create({
        amount: 1,
        currency: 'eur',
        destination: 'acct_a',
        transfer_group: 'x',
        description: 'x',
      }),
    ).rejects.toMatchObject({ statusCode: 400, code: 'parameter_unknown', param: 'description' });
  });

  it('knows its key, and is reached by nobody else', async () => {
    const { server } = await opened();
    const secretKey = 'sk_test_of_somebody_else';
    const stranger = new StripeProvider({ secretKey, webhookSecret: undefined, server });
    const error: unknown = await stranger.findSetUp('cs_test_1').catch((thrown: unknown) => thrown);
    stranger.close();
    expect(error).toMatchObject(unknown('CREDENTIALS'));
    expect(everythingIn(error)).not.toContain(secretKey);
  });

  it('keeps its state apart from the service’s transactions, in tables that refer to no others', async () => {
    const references = await onDatabase(nodes.database.url, (client) =>
      client.query(
        `SELECT FROM pg_constraint WHERE contype = 'f'
         AND (conrelid::regclass::text LIKE 'test_provider%' OR confrelid::regclass::text LIKE 'test_provider%')`,
      ),
    );
    expect(references.rows).toEqual([]);
  });

  it('makes its tables once, also where several processes begin at the same moment', async () => {
    const apart = await TestNodes.create();
    const many = await Promise.all(Array.from({ length: 6 }, () => apart.open()));
    const lists = await Promise.all(many.map(({ stripe }) => stripe.events.list()));
    expect(lists.map(({ data }) => data)).toEqual(many.map(() => []));
    await apart.close();
  });

  it('opens connections again after it has failed to', async () => {
    const apart = await TestNodes.create();
    const blocked = await apart.open();
    const refused = await onDatabase(apart.database.url, async (client) => {
      await client.query('CREATE TYPE test_provider_object AS (a integer)');
      const answer: unknown = await blocked.stripe.events.list().catch((error: unknown) => error);
      await client.query('DROP TYPE test_provider_object');
      return answer;
    });
    expect(refused).toMatchObject({ statusCode: 500 });
    expect(blocked.errors.splice(0)).not.toEqual([]);
    expect((await blocked.stripe.events.list()).data).toEqual([]);
    await apart.close();
  });

  it('ends requests without an answer when it closes', async () => {
    // The adapter would wait longer than the test.
    const node = await opened({ writeTimeoutMs: 600_000 });
    const request = await order(node.provider, 'unanswered');
    const answer = node.provider.collect(request).catch((error: unknown) => error);
    const other = await opened();
    await eventually(
      'the charge',
      async () => (await other.provider.findPayment(byKey(request))) !== undefined,
    );
    // The server alone: the adapter keeps its connections.
    await node.server.close();
    expect(await answer).toBeInstanceOf(ProviderUnknownError);
  });
});

describe('requests to the test provider', () => {
  /** Sends a request that the package would not send. */
  async function post(body: string, headers: Record<string, string> = {}) {
    const { server } = await nodes.open();
    const { host, port, secretKey } = server;
    return new Promise<{ status: number | undefined; body: any }>((resolve, reject) => {
      const sent = httpRequest(
        {
          host,
          port,
          path: '/v1/refunds',
          method: 'POST',
          agent: false,
          headers: { authorization: `Bearer ${secretKey}`, ...headers },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.on('end', () => resolve({ status: response.statusCode, body: JSON.parse(text) }));
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }

  const refused = (code: string, param?: string) => ({
    status: 400,
    body: { error: expect.objectContaining({ code, ...(param === undefined ? {} : { param }) }) },
  });

  it.each([
    ['too many fields', Array.from({ length: 201 }, (_, index) => `a${index}=1`).join('&'), 'a200'],
    ['fields nested too deep', 'a[b][c][d][e]=1', 'a[b][c][d][e]'],
    ['a name that is too long', `${'a'.repeat(201)}=1`, 'a'.repeat(200)],
    ['a name that is not well-formed', 'a]b[=1', 'a]b['],
    ['a field that is text and nested', 'amount=1&amount[b]=1', 'amount[b]'],
    ['a field twice', 'amount=1&amount=2', 'amount'],
  ])('are refused with %s', async (_, body, param) => {
    expect(await post(body)).toEqual({
      status: 400,
      body: { error: expect.objectContaining({ param, message: 'The form is not well-formed.' }) },
    });
  });

  it.each([
    ['payment_intent=pi_1', 'amount'],
    ['payment_intent=pi_1&amount=0', 'amount'],
    ['payment_intent=pi_1&amount=1.5', 'amount'],
    ['payment_intent=pi_1&amount=100000000', 'amount'],
    [`payment_intent=${'x'.repeat(101)}&amount=1`, 'payment_intent'],
    [`payment_intent=pi_1&amount=1&metadata[key]=${'x'.repeat(501)}`, 'metadata[key]'],
    ['payment_intent=pi_1&amount=1&expand[0]=__proto__', 'expand[0]'],
  ])('are refused where a parameter breaks its rule: %s', async (body, param) => {
    expect(await post(body)).toEqual(refused('parameter_invalid', param));
  });

  it('are refused with an unknown parameter, whatever its name', async () => {
    for (const name of ['__proto__', 'constructor', 'reason'])
      expect(await post(`payment_intent=pi_1&amount=1&${name}=1`)).toEqual(
        refused('parameter_unknown', name),
      );
  });

  it('are refused with a long body or a long key', async () => {
    expect((await post('a'.repeat(70_000))).status).toBe(413);
    const body = 'payment_intent=pi_1&amount=1';
    expect(await post(body, { 'idempotency-key': 'x'.repeat(256) })).toEqual(
      refused('parameter_invalid', 'idempotency_key'),
    );
  });
});
