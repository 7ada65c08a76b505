/**
 * The interface to whoever moves money, which knows neither GraphQL nor the database.
 *
 * - *Keys* (`paymentKey`, `refundKey` …) are ours, made from the id of our row. They have to be unique among everything
 *   that uses the same account of the provider, so a deployment makes them from UUIDs. Each write is idempotent under its
 *   key for 24 hours: the same request again is answered as the first time, and nothing happens twice. After that time
 *   the provider may have forgotten the key, so that a write is only looked up.
 * - *Refs* (`paymentRef`, `transferRef` …) are ids of the provider.
 * - Amounts are in minor units of ISO 4217 and positive; currencies are upper-case codes.
 * - Every method may throw `ProviderUnknownError`: whether anything has happened has to be looked up before anything is
 *   tried again. `ProviderRefusedError` is a clear answer: the request has moved no money, and the same key will be refused
 *   again. What is to be tried once more needs a new row, with a key of its own.
 */
export interface Provider {
  /** Whether the money is imaginary. */
  readonly testMode: boolean;

  /** Opens a hosted page where a means of payment is saved. Charges nothing. */
  setUp(request: SetUpRequest): Promise<SetUp>;
  findSetUp(setUpId: string): Promise<SetUpState>;

  /**
   * Charges a saved means of payment while its owner is away. A declined payment is a state, and no error.
   */
  collect(request: CollectRequest): Promise<PaymentState>;
  /** A payment by the provider's id or, without one, by our key; undefined: the provider has none. */
  findPayment(request: FindPaymentRequest): Promise<PaymentState | undefined>;
  /**
   * Ends a payment that has not succeeded, so that it never will; the state is FAILED then. Comes before another payment
   * of the same pledge. Refused if the payment has succeeded.
   */
  cancelPayment(request: { readonly paymentKey: string; readonly paymentRef: string }): Promise<PaymentState>;

  refund(request: RefundRequest): Promise<RefundState>;
  findRefund(request: FindRefundRequest): Promise<RefundState | undefined>;

  findDispute(disputeRef: string): Promise<DisputeState | undefined>;

  /** Pays out of our balance to a journalist's account at the provider. */
  transfer(request: TransferRequest): Promise<TransferState>;
  findTransfer(request: FindTransferRequest): Promise<TransferState | undefined>;
  /** Takes back a transfer, or a part of it. */
  reverse(request: ReverseRequest): Promise<ReversalState>;
  findReversal(request: FindReversalRequest): Promise<ReversalState | undefined>;

  /**
   * Reads the body of a webhook request.
   * @throws SignatureError where the signature is absent, forged, or of another time than about now, or the body is no event
   */
  readEvent(rawBody: Buffer, signatureHeader: string | undefined): ProviderEvent;
  /**
   * Events since a time, newest first, for those whose webhook got lost. An event may become visible after a newer one,
   * so a reader begins some minutes before its last complete reading, and knows events by their id. The provider keeps
   * them for 30 days.
   */
  listEvents(request: ListRequest): Promise<Page<ProviderEvent>>;
  /** Changes of our balance since a time, newest first. */
  listBalanceChanges(request: ListRequest): Promise<Page<BalanceChange>>;
}

export interface SetUpRequest {
  readonly pledgeKey: string;
  /** Counts the hosted pages of a pledge: a page expires after a day, and a means of payment may be declined. */
  readonly attempt: number;
  readonly currency: string;
  /** Amount that will be collected if the goal is reached. */
  readonly minorUnits: bigint;
  /** Page to which the browser returns, whether or not a means of payment was saved. */
  readonly returnUrl: string;
  /** Text for the payer: what is promised, to whom, and when it is charged. At most 1,000 characters. */
  readonly description: string;
}

export interface SetUp {
  readonly setUpId: string;
  /** Address for the payer's browser. */
  readonly url: string;
}

export type SetUpState =
  | { readonly status: 'OPEN' }
  | { readonly status: 'COMPLETE'; readonly customer: string; readonly paymentMethod: string }
  | { readonly status: 'EXPIRED' };

export interface CollectRequest {
  readonly paymentKey: string;
  readonly currency: string;
  readonly minorUnits: bigint;
  readonly customer: string;
  readonly paymentMethod: string;
  /** Text for the receipt and the provider's dashboard. At most 500 characters. */
  readonly description: string;
}

export interface FindPaymentRequest {
  readonly paymentKey: string;
  readonly paymentRef: string | undefined;
  /** The customer who was charged: the payments of one customer are searched for the key. */
  readonly customer: string;
}

/**
 * - PENDING: neither charged nor refused yet.
 * - ACTION_REQUIRED: the bank demands that the payer authenticates the payment. Nothing is charged unless a means of
 *   payment is set up anew and collected in another payment; this one has to be cancelled before.
 * - SUCCEEDED, FAILED: for good.
 */
export type PaymentStatus = 'PENDING' | 'ACTION_REQUIRED' | 'SUCCEEDED' | 'FAILED';

export interface PaymentState {
  readonly ref: string;
  readonly status: PaymentStatus;
  /** The provider's code of the failure, such as `insufficient_funds`. */
  readonly failureCode: string | undefined;
  readonly currency: string;
  readonly minorUnits: bigint;
  /** The provider's fee; undefined until it is known, and where it is taken in another currency than the payment's. */
  readonly feeMinorUnits: bigint | undefined;
  readonly refundedMinorUnits: bigint;
  readonly disputes: readonly DisputeState[];
}

export interface RefundRequest {
  readonly refundKey: string;
  readonly paymentRef: string;
  readonly currency: string;
  readonly minorUnits: bigint;
}

export interface FindRefundRequest {
  readonly refundKey: string;
  readonly refundRef: string | undefined;
  readonly paymentRef: string;
}

export interface RefundState {
  readonly ref: string;
  readonly paymentRef: string;
  readonly status: 'PENDING' | 'SUCCEEDED' | 'FAILED';
  readonly failureCode: string | undefined;
  readonly currency: string;
  readonly minorUnits: bigint;
}

export interface DisputeState {
  readonly ref: string;
  readonly paymentRef: string;
  /** WON: the money is ours. LOST: it is the payer's. */
  readonly status: 'OPEN' | 'WON' | 'LOST';
  readonly currency: string;
  /** Disputed amount, which may be a part of the payment. */
  readonly minorUnits: bigint;
  /** Whether the amount was withdrawn from our balance, even if it came back: not for a mere inquiry. */
  readonly wasWithdrawn: boolean;
}

export interface TransferRequest {
  readonly payoutKey: string;
  /** The journalist's account at the provider. */
  readonly destination: string;
  readonly currency: string;
  readonly minorUnits: bigint;
}

export interface FindTransferRequest {
  readonly payoutKey: string;
  readonly transferRef: string | undefined;
}

export interface TransferState {
  readonly ref: string;
  /** REVERSED: all of it was taken back. */
  readonly status: 'PAID' | 'REVERSED';
  readonly currency: string;
  readonly minorUnits: bigint;
  readonly reversedMinorUnits: bigint;
}

export interface ReverseRequest {
  readonly reversalKey: string;
  readonly transferRef: string;
  readonly currency: string;
  readonly minorUnits: bigint;
}

export interface FindReversalRequest {
  readonly reversalKey: string;
  readonly transferRef: string;
}

export interface ReversalState {
  readonly ref: string;
  readonly transferRef: string;
  readonly currency: string;
  readonly minorUnits: bigint;
}

/** A hint that an object has changed. The receiver reads the object itself, so events may come twice or out of order. */
export interface ProviderEvent {
  readonly id: string;
  /** The provider's name of the event. */
  readonly type: string;
  readonly kind: 'SETUP' | 'PAYMENT' | 'REFUND' | 'DISPUTE' | 'TRANSFER' | 'OTHER';
  /** Ref of the set-up, payment, refund, dispute or transfer, made of letters, digits and `_`; empty for OTHER. */
  readonly objectRef: string;
  /** Events of the other mode than `Provider.testMode` are refused by the receiver. */
  readonly testMode: boolean;
}

export type BalanceChangeKind =
  | 'PAYMENT'
  | 'REFUND'
  | 'DISPUTE'
  | 'TRANSFER'
  | 'REVERSAL'
  /** A fee that belongs to no payment. */
  | 'FEE'
  /** Payouts to our own bank, and whatever else the provider may book. */
  | 'OTHER';

export interface BalanceChange {
  readonly ref: string;
  readonly kind: BalanceChangeKind;
  readonly at: Date;
  readonly currency: string;
  /** Change before the fee, negative where money leaves. */
  readonly minorUnits: bigint;
  /** Fee that is taken from the balance in addition; negative where a fee is given back. */
  readonly feeMinorUnits: bigint;
  /** The provider's id of what has caused the change. */
  readonly sourceRef: string | undefined;
  /** The payment that was made, refunded or disputed. */
  readonly paymentRef: string | undefined;
  /** Our key of the cause; all undefined for a dispute, and for what is not from this service. */
  readonly paymentKey: string | undefined;
  readonly refundKey: string | undefined;
  readonly payoutKey: string | undefined;
  readonly reversalKey: string | undefined;
}

export interface ListRequest {
  readonly since: Date;
  /** `next` of the page before; undefined: the first page. */
  readonly after: string | undefined;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Cursor of the next page; undefined: this is the last one. */
  readonly next: string | undefined;
}
