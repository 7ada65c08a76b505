import { beforeAll, afterAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Stripe } from 'stripe';
import {
  ProviderRefusedError,
  ProviderUnknownError,
} from '../../../../src/platform/payments/provider-errors.ts';
import type {
  BalanceChange,
  Page,
  PaymentState,
  Provider,
  ProviderEvent,
} from '../../../../src/platform/payments/provider.ts';
import { eventually } from '../../../support/eventually.ts';
import { returnUrl } from './test-nodes.ts';

/** Outcomes that both the test provider and Stripe's test mode have. */
export type CommonOutcome = 'succeeds' | 'declined' | 'authentication' | 'disputed';

export interface Subject {
  readonly provider: Provider;
  /** For what the adapter doesn't do: decide disputes. */
  readonly stripe: Stripe;
  readonly saveMeans: (outcome: CommonOutcome) => Promise<{ customer: string; paymentMethod: string }>;
  /** An account that can be paid. */
  readonly destination: string;
  readonly secretKey: string;
  readonly close: () => Promise<void>;
}

/** All items of a list. */
export async function all<Item>(list: (after: string | undefined) => Promise<Page<Item>>): Promise<Item[]> {
  const items: Item[] = [];
  for (let after: string | undefined; ;) {
    const page = await list(after);
    items.push(...page.items);
    after = page.next;
    if (after === undefined) return items;
  }
}

/** What every provider has to do; `open` is called once. */
export function describeProvider(name: string, open: () => Promise<Subject>): void {
  describe(name, () => {
    let subject: Subject;
    let provider: Provider;
    const begun = new Date(Date.now() - 1000);

    beforeAll(async () => {
      subject = await open();
      provider = subject.provider;
    });
    afterAll(() => subject.close());

    const order = (means: { customer: string; paymentMethod: string }, minorUnits = 2500n) => ({
      paymentKey: randomUUID(),
      currency: 'EUR',
      minorUnits,
      ...means,
      description: 'Pledge to a campaign',
    });
    const collect = async (outcome: CommonOutcome, minorUnits?: bigint) => {
      const request = order(await subject.saveMeans(outcome), minorUnits);
      return { request, payment: await provider.collect(request) };
    };
    const events = (): Promise<ProviderEvent[]> =>
      all((after) => provider.listEvents({ since: begun, after }));
    const changes = (): Promise<BalanceChange[]> =>
      all((after) => provider.listBalanceChanges({ since: begun, after }));

    it('is in test mode', () => {
      expect(provider.testMode).toBe(true);
    });

    it('opens one page for a set-up, however often it is asked', async () => {
      const request = {
        pledgeKey: randomUUID(),
        attempt: 1,
        currency: 'EUR',
        minorUnits: 2500n,
        returnUrl,
        description: 'You promise €25.00 to a campaign. Nothing is charged now.',
      };
      const first = await provider.setUp(request);
      expect(first.url).toMatch(/^https?:/);
      expect(await provider.setUp(request)).toEqual(first);
      expect((await provider.setUp({ ...request, attempt: 2 })).setUpId).not.toBe(first.setUpId);
      expect(await provider.findSetUp(first.setUpId)).toEqual({ status: 'OPEN' });
    });

    it('shows the text for the payer beside the button, and stores the amount with the set-up', async () => {
      const description = 'You promise €25.00 for “Goal” of the campaign “Title”. Nothing is charged now.';
      const request = { pledgeKey: randomUUID(), attempt: 1, currency: 'EUR', minorUnits: 2500n, returnUrl };
      const { setUpId } = await provider.setUp({ ...request, description });
      const session = await subject.stripe.checkout.sessions.retrieve(setUpId);
      expect(session).toMatchObject({
        mode: 'setup',
        currency: 'eur',
        custom_text: { submit: { message: description } },
        metadata: { amount: '2500' },
      });
    });

    it('takes a text for the payer of a thousand characters', async () => {
      const request = { pledgeKey: randomUUID(), attempt: 1, currency: 'EUR', minorUnits: 2500n, returnUrl };
      const { setUpId } = await provider.setUp({ ...request, description: '“'.repeat(1000) });
      expect(await provider.findSetUp(setUpId)).toEqual({ status: 'OPEN' });
    });

    it('collects, and finds the payment by its id and by our key', async () => {
      const { request, payment } = await collect('succeeds');
      expect(payment).toEqual({
        ref: expect.stringMatching(/^pi_/),
        status: 'SUCCEEDED',
        failureCode: undefined,
        currency: 'EUR',
        minorUnits: 2500n,
        feeMinorUnits: expect.any(BigInt),
        refundedMinorUnits: 0n,
        disputes: [],
      } satisfies Record<keyof PaymentState, unknown>);
      expect(payment.feeMinorUnits).toBeGreaterThan(0n);
      const { customer, paymentKey } = request;
      expect(await provider.findPayment({ paymentKey, paymentRef: payment.ref, customer })).toEqual(payment);
      expect(await provider.findPayment({ paymentKey, paymentRef: undefined, customer })).toEqual(payment);
      expect(
        await provider.findPayment({ paymentKey: randomUUID(), paymentRef: undefined, customer }),
      ).toBeUndefined();
      expect(
        await provider.findPayment({ paymentKey, paymentRef: 'pi_3NoSuchPayment', customer }),
      ).toBeUndefined();
    });

    it('charges once, however often the same request arrives', async () => {
      const request = order(await subject.saveMeans('succeeds'));
      const first = await provider.collect(request);
      expect(await provider.collect(request)).toEqual(first);
      const { data } = await subject.stripe.paymentIntents.list({ customer: request.customer });
      expect(data).toHaveLength(1);
    });

    it('says that a key was used for something else, and charges nothing', async () => {
      const { request, payment } = await collect('succeeds');
      await expect(provider.collect({ ...request, minorUnits: 9900n })).rejects.toMatchObject({
        name: 'ProviderUnknownError',
        reason: 'KEY_REUSED',
      });
      const { paymentKey, customer } = request;
      expect(await provider.findPayment({ paymentKey, paymentRef: undefined, customer })).toEqual(payment);
    });

    it('reports a declined payment as a state, the same when it is found later', async () => {
      const { request, payment } = await collect('declined');
      expect(payment).toMatchObject({ status: 'FAILED', feeMinorUnits: undefined, disputes: [] });
      expect(payment.failureCode).toMatch(/^\w+$/);
      const { customer, paymentKey } = request;
      expect(await provider.findPayment({ paymentKey, paymentRef: undefined, customer })).toEqual(payment);
      expect(await provider.collect(request)).toEqual(payment);
    });

    it('reports a payment that its bank wants to be authenticated, and ends it', async () => {
      const { request, payment } = await collect('authentication');
      expect(payment).toMatchObject({
        status: 'ACTION_REQUIRED',
        failureCode: 'authentication_required',
      });
      const { customer, paymentKey } = request;
      expect(await provider.findPayment({ paymentKey, paymentRef: payment.ref, customer })).toEqual(payment);
      const cancelled = await provider.cancelPayment({ paymentKey, paymentRef: payment.ref });
      expect(cancelled.status).toBe('FAILED');
      expect(await provider.findPayment({ paymentKey, paymentRef: payment.ref, customer })).toEqual(
        cancelled,
      );
    });

    it('refuses to cancel a payment that has succeeded', async () => {
      const { request, payment } = await collect('succeeds');
      await expect(
        provider.cancelPayment({ paymentKey: request.paymentKey, paymentRef: payment.ref }),
      ).rejects.toBeInstanceOf(ProviderRefusedError);
    });

    it('refuses amounts before anything is sent', async () => {
      const request = order({ customer: 'cus_none', paymentMethod: 'pm_none' });
      for (const minorUnits of [0n, -1n, 2n ** 60n])
        await expect(provider.collect({ ...request, minorUnits })).rejects.toMatchObject({
          code: 'amount_invalid',
          details: { operation: 'collect' },
        });
    });

    it('refuses what it does not know', async () => {
      const request = order({ customer: 'cus_none', paymentMethod: 'pm_none' });
      await expect(provider.collect(request)).rejects.toMatchObject({
        name: 'ProviderRefusedError',
        code: 'resource_missing',
        details: { operation: 'collect', httpStatus: 400 },
      });
      expect(await provider.findDispute('du_none')).toBeUndefined();
    });

    it('refunds parts of a payment, each once, and no more than there is', async () => {
      const { request, payment } = await collect('succeeds');
      const part = { refundKey: randomUUID(), paymentRef: payment.ref, currency: 'EUR', minorUnits: 1000n };
      const refund = await provider.refund(part);
      expect(refund).toEqual({
        ref: expect.stringMatching(/^re_/),
        paymentRef: payment.ref,
        status: 'SUCCEEDED',
        failureCode: undefined,
        currency: 'EUR',
        minorUnits: 1000n,
      });
      expect(await provider.refund(part)).toEqual(refund);
      const where = { refundKey: part.refundKey, paymentRef: payment.ref };
      expect(await provider.findRefund({ ...where, refundRef: undefined })).toEqual(refund);
      expect(await provider.findRefund({ ...where, refundRef: refund.ref })).toEqual(refund);
      const other = { refundKey: randomUUID(), refundRef: undefined, paymentRef: payment.ref };
      expect(await provider.findRefund(other)).toBeUndefined();
      await expect(
        provider.refund({ ...part, refundKey: randomUUID(), minorUnits: 1501n }),
      ).rejects.toBeInstanceOf(ProviderRefusedError);
      const { paymentKey, customer } = request;
      expect(await provider.findPayment({ paymentKey, paymentRef: payment.ref, customer })).toMatchObject({
        status: 'SUCCEEDED',
        refundedMinorUnits: 1000n,
      });
    });

    it.each([
      ['winning_evidence', { status: 'WON', wasWithdrawn: true }],
      ['losing_evidence', { status: 'LOST', wasWithdrawn: true }],
    ])('shows a dispute from its beginning to its end: %s', async (text, end) => {
      const { request, payment } = await collect('disputed');
      expect(payment.status).toBe('SUCCEEDED');
      const { paymentKey, customer } = request;
      const dispute = await eventually('the dispute', async () => {
        const found = await provider.findPayment({ paymentKey, paymentRef: payment.ref, customer });
        return found?.disputes[0];
      });
      expect(dispute).toEqual({
        ref: expect.any(String),
        paymentRef: payment.ref,
        status: 'OPEN',
        currency: 'EUR',
        minorUnits: 2500n,
        wasWithdrawn: true,
      });
      expect(await provider.findDispute(dispute.ref)).toEqual(dispute);
      await subject.stripe.disputes.update(dispute.ref, {
        evidence: { uncategorized_text: text },
        submit: true,
      });
      await eventually('the decision', async () => {
        const decided = await provider.findDispute(dispute.ref);
        return decided?.status !== 'OPEN';
      });
      expect(await provider.findDispute(dispute.ref)).toEqual({ ...dispute, ...end });
    });

    it('transfers out of the balance, and takes a transfer back', async () => {
      await collect('succeeds', 50_000n);
      const request = {
        payoutKey: randomUUID(),
        destination: subject.destination,
        currency: 'EUR',
        minorUnits: 2000n,
      };
      const transfer = await provider.transfer(request);
      expect(transfer).toEqual({
        ref: expect.stringMatching(/^tr_/),
        status: 'PAID',
        currency: 'EUR',
        minorUnits: 2000n,
        reversedMinorUnits: 0n,
      });
      expect(await provider.transfer(request)).toEqual(transfer);
      const { payoutKey } = request;
      expect(await provider.findTransfer({ payoutKey, transferRef: undefined })).toEqual(transfer);
      expect(await provider.findTransfer({ payoutKey, transferRef: transfer.ref })).toEqual(transfer);
      expect(
        await provider.findTransfer({ payoutKey: randomUUID(), transferRef: undefined }),
      ).toBeUndefined();

      const part = { transferRef: transfer.ref, currency: 'EUR', minorUnits: 1500n };
      const reversal = await provider.reverse({ ...part, reversalKey: 'first-' + payoutKey });
      expect(reversal).toEqual({ ref: expect.stringMatching(/^trr_/), ...part });
      expect(await provider.reverse({ ...part, reversalKey: 'first-' + payoutKey })).toEqual(reversal);
      const where = { transferRef: transfer.ref };
      expect(await provider.findReversal({ ...where, reversalKey: 'first-' + payoutKey })).toEqual(reversal);
      expect(await provider.findReversal({ ...where, reversalKey: randomUUID() })).toBeUndefined();
      await expect(provider.reverse({ ...part, reversalKey: randomUUID() })).rejects.toBeInstanceOf(
        ProviderRefusedError,
      );
      await provider.reverse({ ...part, minorUnits: 500n, reversalKey: randomUUID() });
      expect(await provider.findTransfer({ payoutKey, transferRef: undefined })).toMatchObject({
        status: 'REVERSED',
        reversedMinorUnits: 2000n,
      });
    });

    it('refuses a transfer that the balance does not cover', async () => {
      await expect(
        provider.transfer({
          payoutKey: randomUUID(),
          destination: subject.destination,
          currency: 'EUR',
          minorUnits: 99_999_900n,
        }),
      ).rejects.toMatchObject({ name: 'ProviderRefusedError', code: 'balance_insufficient' });
    });

    it('lists every change of the balance, with our keys', async () => {
      const { request, payment } = await collect('succeeds', 40_000n);
      const refundKey = randomUUID();
      const refund = await provider.refund({
        refundKey,
        paymentRef: payment.ref,
        currency: 'EUR',
        minorUnits: 700n,
      });
      const payoutKey = randomUUID();
      const transfer = await provider.transfer({
        payoutKey,
        destination: subject.destination,
        currency: 'EUR',
        minorUnits: 300n,
      });
      const reversalKey = randomUUID();
      const reversal = await provider.reverse({
        reversalKey,
        transferRef: transfer.ref,
        currency: 'EUR',
        minorUnits: 100n,
      });
      const disputed = await collect('disputed');
      const found = await eventually('the balance of the dispute', async () => {
        const list = await changes();
        return list.some((each) => each.kind === 'DISPUTE' && each.paymentRef === disputed.payment.ref)
          ? list
          : undefined;
      });
      const noKeys = {
        paymentKey: undefined,
        refundKey: undefined,
        payoutKey: undefined,
        reversalKey: undefined,
      };
      const common = {
        ref: expect.stringMatching(/^txn_/),
        at: expect.any(Date),
        currency: 'EUR',
        ...noKeys,
      };
      const expected = [
        {
          kind: 'PAYMENT',
          minorUnits: 40_000n,
          feeMinorUnits: payment.feeMinorUnits,
          sourceRef: expect.stringMatching(/^ch_/),
          paymentRef: payment.ref,
          paymentKey: request.paymentKey,
        },
        {
          kind: 'REFUND',
          minorUnits: -700n,
          feeMinorUnits: 0n,
          sourceRef: refund.ref,
          paymentRef: payment.ref,
          refundKey,
        },
        {
          kind: 'TRANSFER',
          minorUnits: -300n,
          feeMinorUnits: 0n,
          sourceRef: transfer.ref,
          paymentRef: undefined,
          payoutKey,
        },
        {
          kind: 'REVERSAL',
          minorUnits: 100n,
          feeMinorUnits: 0n,
          sourceRef: reversal.ref,
          paymentRef: undefined,
          reversalKey,
        },
        {
          kind: 'DISPUTE',
          minorUnits: -2500n,
          feeMinorUnits: expect.any(BigInt),
          sourceRef: expect.any(String),
          paymentRef: disputed.payment.ref,
        },
      ];
      for (const change of expected) expect(found).toContainEqual({ ...common, ...change });
      expect(new Set(found.map(({ ref }) => ref)).size).toBe(found.length);
    });

    it('lists events of everything that has changed, and nothing from before a time', async () => {
      const { payment } = await collect('succeeds');
      const refund = await provider.refund({
        refundKey: randomUUID(),
        paymentRef: payment.ref,
        currency: 'EUR',
        minorUnits: 100n,
      });
      const found = await eventually('the events', async () => {
        const list = await events();
        return list.some(({ objectRef }) => objectRef === refund.ref) ? list : undefined;
      });
      expect(found).toContainEqual({
        id: expect.stringMatching(/^evt_/),
        type: 'payment_intent.succeeded',
        kind: 'PAYMENT',
        objectRef: payment.ref,
        testMode: true,
      });
      expect(found).toContainEqual(expect.objectContaining({ kind: 'REFUND', objectRef: refund.ref }));
      expect(found.filter(({ kind }) => kind === 'OTHER')).toEqual([]);
      const later = { since: new Date(Date.now() + 3_600_000), after: undefined };
      expect(await provider.listEvents(later)).toEqual({ items: [], next: undefined });
      expect(await provider.listBalanceChanges(later)).toEqual({ items: [], next: undefined });
    });

    it('says nothing of its key in an error', async () => {
      const request = order({ customer: 'cus_none', paymentMethod: 'pm_none' });
      const error: unknown = await provider.collect(request).catch((thrown: unknown) => thrown);
      expect(everythingIn(error)).not.toContain(subject.secretKey);
      expect(error).not.toHaveProperty('cause');
      expect(error instanceof ProviderUnknownError || error instanceof ProviderRefusedError).toBe(true);
    });
  });
}

/** All that a logger could print of an error. */
export function everythingIn(error: unknown): string {
  const seen = new Set<unknown>();
  const texts: string[] = [];
  const visit = (value: unknown): void => {
    if (typeof value === 'string') texts.push(value);
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    for (const name of Reflect.ownKeys(value)) {
      texts.push(String(name));
      visit((value as Record<string | symbol, unknown>)[name]);
    }
  };
  visit(error);
  return texts.join('\n');
}
