import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Stripe } from 'stripe';
import { SignatureError } from '../../../platform/payments/provider-errors.ts';
import type {
  BalanceChange,
  CollectRequest,
  DisputeState,
  FindPaymentRequest,
  FindRefundRequest,
  FindReversalRequest,
  FindTransferRequest,
  ListRequest,
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
} from '../../../platform/payments/provider.ts';
import { toStripeAmount } from './stripe-amounts.ts';
import { pageSize, StripeCalls, type StripeTimeouts } from './stripe-calls.ts';
import { balanceChangeOf, eventOf, eventTypes, metadataKeys } from './stripe-events.ts';
import {
  disputeStateOf,
  isDisputed,
  paymentStateOf,
  refundStateOf,
  reversalStateOf,
  setUpStateOf,
  transferStateOf,
} from './stripe-states.ts';

export interface StripeProviderOptions extends StripeTimeouts {
  readonly secretKey: string;
  /** Undefined: no event is believed. */
  readonly webhookSecret: string | undefined;
  /** Another server that speaks Stripe's API; absent: Stripe. */
  readonly server?: { readonly host: string; readonly port: number };
}

/** Cards are charged at once; a debit could still fail weeks later. */
const methods: ['card'] = ['card'];

/** Fields that hold an id unless they are asked for. */
const paymentParts = ['latest_charge.balance_transaction'];
const inList = (parts: readonly string[]) => parts.map((part) => `data.${part}`);

/** Most seconds by which the provider's clock may be ahead of ours: as many as a notice may be late. */
const aheadSeconds = 300;

/** @throws SignatureError for a signature whose time is more than `aheadSeconds` from now */
function requireNotAhead(header: string): void {
  const [, seconds] = /(?:^|,)t=(\d+)/.exec(header) ?? [];
  if (Number(seconds) > Date.now() / 1000 + aheadSeconds)
    throw new SignatureError('The signature is of the future');
}

const isTestKey = (key: string): boolean => /^(sk|rk)_test_/.test(key);

/** Stripe, or the test provider, which speaks the same. */
export class StripeProvider implements Provider {
  readonly testMode: boolean;
  readonly #stripe: Stripe;
  readonly #agent: HttpAgent | HttpsAgent;
  readonly #webhookSecret: string | undefined;
  readonly #calls: StripeCalls;

  constructor(options: StripeProviderOptions) {
    const { secretKey, server } = options;
    this.testMode = isTestKey(secretKey);
    this.#webhookSecret = options.webhookSecret;
    this.#calls = new StripeCalls(options);
    // An agent of its own, so that `close` ends its connections.
    this.#agent = server ? new HttpAgent({ keepAlive: true }) : new HttpsAgent({ keepAlive: true });
    this.#stripe = new Stripe(secretKey, {
      httpAgent: this.#agent,
      maxNetworkRetries: 0,
      telemetry: false,
      ...(server ? { host: server.host, port: server.port, protocol: 'http' } : {}),
    });
  }

  async setUp(request: SetUpRequest): Promise<SetUp> {
    const { pledgeKey, attempt, currency, minorUnits, returnUrl, description } = request;
    const amount = toStripeAmount('setUp', currency, minorUnits);
    const session = await this.#calls.write('setUp', `${pledgeKey}/${attempt}`, (options) =>
      this.#stripe.checkout.sessions.create(
        {
          mode: 'setup',
          currency: currency.toLowerCase(),
          customer_creation: 'always',
          allowed_payment_method_types: methods,
          success_url: returnUrl,
          cancel_url: returnUrl,
          custom_text: { submit: { message: description } },
          metadata: { [metadataKeys.setUp]: pledgeKey, amount },
        },
        options,
      ),
    );
    // Absent where an old answer is repeated after the page was used.
    return { setUpId: session.id, url: session.url ?? returnUrl };
  }

  async findSetUp(setUpId: string): Promise<SetUpState> {
    const session = await this.#calls.read('findSetUp', (options) =>
      this.#stripe.checkout.sessions.retrieve(setUpId, { expand: ['setup_intent'] }, options),
    );
    return setUpStateOf(session);
  }

  async collect(request: CollectRequest): Promise<PaymentState> {
    const { paymentKey, currency, minorUnits, customer, paymentMethod, description } = request;
    const amount = toStripeAmount('collect', currency, minorUnits);
    const intent = await this.#calls.write('collect', paymentKey, (options) =>
      this.#stripe.paymentIntents
        .create(
          {
            amount,
            currency: currency.toLowerCase(),
            customer,
            payment_method: paymentMethod,
            allowed_payment_method_types: methods,
            // Otherwise Stripe demands an address for the return of a payer, who is away.
            automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
            off_session: true,
            confirm: true,
            // The fee is part of the answer; by default it would be known some time later.
            capture_method: 'automatic',
            description,
            metadata: { [metadataKeys.payment]: paymentKey },
            expand: paymentParts,
          },
          options,
        )
        .catch(declinedIntent),
    );
    return this.#paymentState('collect', intent);
  }

  async findPayment(request: FindPaymentRequest): Promise<PaymentState | undefined> {
    const { paymentKey, paymentRef, customer } = request;
    const { paymentIntents } = this.#stripe;
    const intent =
      paymentRef === undefined
        ? // Not by Stripe's search, which may be an hour behind.
          await this.#calls.firstOf(
            'findPayment',
            { name: metadataKeys.payment, value: paymentKey },
            (page, options) =>
              paymentIntents.list({ ...page, customer, expand: inList(paymentParts) }, options),
          )
        : await this.#calls.find('findPayment', (options) =>
            paymentIntents.retrieve(paymentRef, { expand: paymentParts }, options),
          );
    return intent && this.#paymentState('findPayment', intent);
  }

  async cancelPayment(request: { paymentKey: string; paymentRef: string }): Promise<PaymentState> {
    const intent = await this.#calls.write('cancelPayment', request.paymentKey, (options) =>
      this.#stripe.paymentIntents.cancel(
        request.paymentRef,
        { cancellation_reason: 'abandoned', expand: paymentParts },
        options,
      ),
    );
    return this.#paymentState('cancelPayment', intent);
  }

  async refund({ refundKey, paymentRef, currency, minorUnits }: RefundRequest): Promise<RefundState> {
    const amount = toStripeAmount('refund', currency, minorUnits);
    const refund = await this.#calls.write('refund', refundKey, (options) =>
      this.#stripe.refunds.create(
        { payment_intent: paymentRef, amount, metadata: { [metadataKeys.refund]: refundKey } },
        options,
      ),
    );
    return refundStateOf(refund);
  }

  async findRefund({
    refundKey,
    refundRef,
    paymentRef,
  }: FindRefundRequest): Promise<RefundState | undefined> {
    const { refunds } = this.#stripe;
    const refund =
      refundRef === undefined
        ? await this.#calls.firstOf(
            'findRefund',
            { name: metadataKeys.refund, value: refundKey },
            (page, options) => refunds.list({ ...page, payment_intent: paymentRef }, options),
          )
        : await this.#calls.find('findRefund', (options) => refunds.retrieve(refundRef, {}, options));
    return refund && refundStateOf(refund);
  }

  async findDispute(disputeRef: string): Promise<DisputeState | undefined> {
    const dispute = await this.#calls.find('findDispute', (options) =>
      this.#stripe.disputes.retrieve(disputeRef, {}, options),
    );
    return dispute && disputeStateOf(dispute);
  }

  async transfer({ payoutKey, destination, currency, minorUnits }: TransferRequest): Promise<TransferState> {
    const amount = toStripeAmount('transfer', currency, minorUnits);
    const transfer = await this.#calls.write('transfer', payoutKey, (options) =>
      this.#stripe.transfers.create(
        {
          amount,
          currency: currency.toLowerCase(),
          destination,
          // Transfers are listed by it.
          transfer_group: payoutKey,
          metadata: { [metadataKeys.payout]: payoutKey },
        },
        options,
      ),
    );
    return transferStateOf(transfer);
  }

  async findTransfer({ payoutKey, transferRef }: FindTransferRequest): Promise<TransferState | undefined> {
    const { transfers } = this.#stripe;
    const transfer =
      transferRef === undefined
        ? await this.#calls.firstOf(
            'findTransfer',
            { name: metadataKeys.payout, value: payoutKey },
            (page, options) => transfers.list({ ...page, transfer_group: payoutKey }, options),
          )
        : await this.#calls.find('findTransfer', (options) => transfers.retrieve(transferRef, {}, options));
    return transfer && transferStateOf(transfer);
  }

  async reverse({ reversalKey, transferRef, currency, minorUnits }: ReverseRequest): Promise<ReversalState> {
    const amount = toStripeAmount('reverse', currency, minorUnits);
    const reversal = await this.#calls.write('reverse', reversalKey, (options) =>
      this.#stripe.transfers.createReversal(
        transferRef,
        { amount, metadata: { [metadataKeys.reversal]: reversalKey } },
        options,
      ),
    );
    return reversalStateOf(reversal);
  }

  async findReversal({ reversalKey, transferRef }: FindReversalRequest): Promise<ReversalState | undefined> {
    const reversal = await this.#calls.firstOf(
      'findReversal',
      { name: metadataKeys.reversal, value: reversalKey },
      (page, options) => this.#stripe.transfers.listReversals(transferRef, page, options),
    );
    return reversal && reversalStateOf(reversal);
  }

  readEvent(rawBody: Buffer, signatureHeader: string | undefined): ProviderEvent {
    if (this.#webhookSecret === undefined) throw new SignatureError('Webhooks have no signing secret');
    let event: unknown;
    try {
      event = this.#stripe.webhooks.constructEvent(rawBody, signatureHeader ?? '', this.#webhookSecret);
      // The package refuses what is old, and takes what claims to be of tomorrow.
      requireNotAhead(signatureHeader ?? '');
    } catch {
      // Without the package's error, which has the body.
      throw new SignatureError('The signature of a webhook is absent, forged, or not of about now');
    }
    try {
      return eventOf(event);
    } catch {
      throw new SignatureError('The body of a webhook is no event of the provider');
    }
  }

  async listEvents({ since, after }: ListRequest): Promise<Page<ProviderEvent>> {
    const page = await this.#calls.read('listEvents', (options) =>
      this.#stripe.events.list({ ...pageFrom(since, after), types: eventTypes }, options),
    );
    return pageOf(page, eventOf);
  }

  async listBalanceChanges({ since, after }: ListRequest): Promise<Page<BalanceChange>> {
    const page = await this.#calls.read('listBalanceChanges', (options) =>
      this.#stripe.balanceTransactions.list(
        { ...pageFrom(since, after), expand: inList(['source']) },
        options,
      ),
    );
    return pageOf(page, balanceChangeOf);
  }

  /** Ends idle connections; a call that is under way ends without an answer. */
  close(): void {
    this.#agent.destroy();
  }

  async #paymentState(operation: string, intent: Stripe.PaymentIntent): Promise<PaymentState> {
    if (!isDisputed(intent)) return paymentStateOf(intent, []);
    const disputes = await this.#calls.read(operation, (options) =>
      this.#stripe.disputes.list({ payment_intent: intent.id, limit: pageSize }, options),
    );
    return paymentStateOf(intent, disputes.data);
  }
}

/** The payment that was declined, which Stripe reports as an error. */
function declinedIntent(error: unknown): Stripe.PaymentIntent {
  if (error instanceof Stripe.errors.StripeCardError && error.payment_intent) return error.payment_intent;
  throw error;
}

const pageFrom = (since: Date, after: string | undefined) => ({
  limit: pageSize,
  created: { gte: Math.floor(since.getTime() / 1000) },
  ...(after === undefined ? {} : { starting_after: after }),
});

function pageOf<T extends { readonly id: string }, Item>(
  { data, has_more: hasMore }: Pick<Stripe.ApiList<T>, 'data' | 'has_more'>,
  itemOf: (object: T) => Item,
): Page<Item> {
  return { items: data.map(itemOf), next: hasMore ? data.at(-1)?.id : undefined };
}
