import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { ProviderRefusedError, ProviderUnknownError } from '../../src/platform/payments/provider-errors.ts';
import type {
  BalanceChange,
  CollectRequest,
  DisputeState,
  FindPaymentRequest,
  FindRefundRequest,
  FindReversalRequest,
  FindTransferRequest,
  Page,
  PaymentState,
  Provider,
  ProviderEvent,
  RefundRequest,
  RefundState,
  ReversalState,
  ReverseRequest,
  SetUp,
  SetUpRequest,
  SetUpState,
  TransferRequest,
  TransferState,
} from '../../src/platform/payments/provider.ts';

/** What becomes of a payment: `lost` happens without an answer, `unsent` does not happen and has no answer. */
export type PaymentOutcome = 'succeeds' | 'declined' | 'authentication' | 'lost' | 'unsent';

interface Made<State> {
  readonly key: string;
  state: State;
}

/** A provider in memory, for what the service does with one. */
export class ProviderDouble implements Provider {
  readonly testMode: boolean;
  readonly setUps = new Map<string, { readonly request: SetUpRequest; state: SetUpState }>();
  readonly payments: Made<PaymentState>[] = [];
  readonly refunds: Made<RefundState>[] = [];
  readonly transfers: Made<TransferState>[] = [];
  readonly disputes = new Map<string, DisputeState>();
  /** Outcomes by means of payment. */
  readonly #outcomes = new Map<string, PaymentOutcome>();
  /** What `listBalanceChanges` lists. */
  readonly balanceChanges: BalanceChange[] = [];
  /** Set-ups that are under way. */
  readonly #opening = new Set<string>();
  /** How many set-ups were refused because the same one was under way. */
  refusedOpenings = 0;
  /** Whether the answers to set-ups get lost. */
  losesSetUps = false;
  /** How many set-ups were refused because the same key came with another request. */
  reusedKeys = 0;
  /** Holds up the answers to set-ups that are asked for while it is set. */
  delay: Promise<void> | undefined;
  /** How many set-ups were held up. */
  delayed = 0;
  /** Whether it refuses to look payments up, as Stripe does for a customer that was deleted. */
  refusesLookups = false;
  /** The fee of a payment, and whether it is known only when the payment is looked up; undefined: there are no fees. */
  feeOf: ((minorUnits: bigint) => { readonly fee: bigint; readonly isLate: boolean }) | undefined;
  /** Descriptions of the payments that it was asked to collect. */
  readonly descriptions: string[] = [];
  /** How often it was asked to collect. */
  collects = 0;
  /** Holds up payments of these amounts while it is set. */
  hanging: { readonly minorUnits: bigint; readonly until: Promise<void> } | undefined;
  /** Disputes that it fails to show. */
  readonly unreadable = new Set<string>();

  constructor({ testMode = true }: { readonly testMode?: boolean } = {}) {
    this.testMode = testMode;
  }

  async setUp(request: SetUpRequest): Promise<SetUp> {
    const setUpId = `cs_${request.pledgeKey}_${request.attempt}`;
    if (this.#opening.has(setUpId)) {
      this.refusedOpenings += 1;
      throw new ProviderUnknownError('IN_PROGRESS', { operation: 'setUp' });
    }
    if (this.delay) {
      this.delayed += 1;
      this.#opening.add(setUpId);
      await this.delay;
      this.#opening.delete(setUpId);
    }
    const made = this.setUps.get(setUpId);
    if (made && !isDeepStrictEqual(made.request, request)) {
      this.reusedKeys += 1;
      throw new ProviderUnknownError('KEY_REUSED', { operation: 'setUp' });
    }
    if (!made) this.setUps.set(setUpId, { request, state: { status: 'OPEN' } });
    if (this.losesSetUps) return this.#noAnswer('setUp');
    return { setUpId, url: `https://provider.example.org/${setUpId}` };
  }

  findSetUp(setUpId: string): Promise<SetUpState> {
    return Promise.resolve(this.setUps.get(setUpId)?.state ?? { status: 'EXPIRED' });
  }

  /** The person saves a means of payment on the page with this address. */
  save(url: string, outcome: PaymentOutcome = 'succeeds'): void {
    const setUp = this.setUps.get(url.split('/').at(-1) ?? '');
    if (!setUp) throw new Error(`There is no set-up at ${url}`);
    const paymentMethod = `pm_${randomUUID()}`;
    this.#outcomes.set(paymentMethod, outcome);
    setUp.state = { status: 'COMPLETE', customer: `cus_${randomUUID()}`, paymentMethod };
  }

  async collect(request: CollectRequest): Promise<PaymentState> {
    this.collects += 1;
    this.descriptions.push(request.description);
    if (this.hanging?.minorUnits === request.minorUnits) await this.hanging.until;
    return this.#collect(request);
  }

  #collect(request: CollectRequest): Promise<PaymentState> {
    const { paymentKey, paymentMethod, currency, minorUnits } = request;
    const made = this.payments.find(({ key }) => key === paymentKey);
    if (made) return Promise.resolve(made.state);
    const outcome = this.#outcomes.get(paymentMethod) ?? 'succeeds';
    if (outcome === 'unsent') return this.#noAnswer('collect');
    const fee = this.feeOf?.(minorUnits);
    const statuses = {
      succeeds: 'SUCCEEDED',
      lost: 'SUCCEEDED',
      declined: 'FAILED',
      authentication: 'ACTION_REQUIRED',
    } as const;
    const state: PaymentState = {
      ref: `pi_${paymentKey}`,
      status: statuses[outcome],
      failureCode: outcome === 'declined' ? 'card_declined' : undefined,
      currency,
      minorUnits,
      feeMinorUnits: fee?.isLate === false ? fee.fee : undefined,
      refundedMinorUnits: 0n,
      disputes: [],
    };
    this.payments.push({ key: paymentKey, state });
    return outcome === 'lost' ? this.#noAnswer('collect') : Promise.resolve(state);
  }

  /** From now on what was `unsent` succeeds. */
  recover(): void {
    for (const [means, outcome] of this.#outcomes)
      if (outcome === 'unsent') this.#outcomes.set(means, 'succeeds');
  }

  findPayment({ paymentKey }: FindPaymentRequest): Promise<PaymentState | undefined> {
    if (this.refusesLookups)
      return Promise.reject(new ProviderRefusedError('resource_missing', { operation: 'findPayment' }));
    const state = this.payments.find(({ key }) => key === paymentKey)?.state;
    const fee = state && this.feeOf?.(state.minorUnits).fee;
    return Promise.resolve(state && { ...state, feeMinorUnits: fee ?? state.feeMinorUnits });
  }

  cancelPayment({ paymentRef }: { readonly paymentRef: string }): Promise<PaymentState> {
    const made = this.payments.find(({ state }) => state.ref === paymentRef);
    if (!made) throw new Error(`There is no payment ${paymentRef}`);
    made.state = { ...made.state, status: 'FAILED' };
    return Promise.resolve(made.state);
  }

  refund({ refundKey, paymentRef, currency, minorUnits }: RefundRequest): Promise<RefundState> {
    const state = {
      ref: `re_${refundKey}`,
      paymentRef,
      status: 'SUCCEEDED',
      failureCode: undefined,
      currency,
      minorUnits,
    } as const;
    this.refunds.push({ key: refundKey, state });
    return Promise.resolve(state);
  }

  findRefund({ refundKey }: FindRefundRequest): Promise<RefundState | undefined> {
    return Promise.resolve(this.refunds.find(({ key }) => key === refundKey)?.state);
  }

  findDispute(disputeRef: string): Promise<DisputeState | undefined> {
    if (this.unreadable.has(disputeRef)) return this.#noAnswer('findDispute');
    return Promise.resolve(this.disputes.get(disputeRef));
  }

  transfer({ payoutKey, currency, minorUnits, destination }: TransferRequest): Promise<TransferState> {
    if (destination === 'acct_refused')
      throw new ProviderRefusedError('no_such_account', { operation: 'transfer' });
    const state: TransferState = {
      ref: `tr_${payoutKey}`,
      status: 'PAID',
      currency,
      minorUnits,
      reversedMinorUnits: 0n,
    };
    this.transfers.push({ key: payoutKey, state });
    return Promise.resolve(state);
  }

  findTransfer({ payoutKey }: FindTransferRequest): Promise<TransferState | undefined> {
    return Promise.resolve(this.transfers.find(({ key }) => key === payoutKey)?.state);
  }

  reverse(_request: ReverseRequest): Promise<ReversalState> {
    return this.#noAnswer('reverse');
  }

  findReversal(_request: FindReversalRequest): Promise<ReversalState | undefined> {
    return Promise.resolve(undefined);
  }

  readEvent(_rawBody: Buffer, _signatureHeader: string | undefined): ProviderEvent {
    throw new Error('No events are sent');
  }

  listEvents(): Promise<Page<ProviderEvent>> {
    return Promise.resolve({ items: [], next: undefined });
  }

  listBalanceChanges(): Promise<Page<BalanceChange>> {
    return Promise.resolve({ items: this.balanceChanges, next: undefined });
  }

  #noAnswer(operation: string): Promise<never> {
    return Promise.reject(new ProviderUnknownError('NO_ANSWER', { operation }));
  }
}
