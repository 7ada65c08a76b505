/**
 * @seconds 15
 * @database either
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Outcome } from '@standfirst/test-provider';
import { ProviderUnknownError } from '../../../../src/platform/payments/provider-errors.ts';
import type { PaymentState, Provider } from '../../../../src/platform/payments/provider.ts';
import { StripeProvider } from '../../../../src/features/funding/provider/stripe-provider.ts';
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

  it('knows its key, and is reached by nobody else', async () => {
    const { server } = await opened();
    const secretKey = 'sk_test_of_somebody_else';
    const stranger = new StripeProvider({ secretKey, webhookSecret: undefined, server });
    const error: unknown = await stranger.findSetUp('cs_test_1').catch((thrown: unknown) => thrown);
    stranger.close();
    expect(error).toMatchObject(unknown('CREDENTIALS'));
    expect(everythingIn(error)).not.toContain(secretKey);
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
