import type { Stripe } from 'stripe';
import type {
  DisputeState,
  PaymentState,
  PaymentStatus,
  RefundState,
  ReversalState,
  SetUpState,
  TransferState,
} from '../../../platform/payments/provider.ts';
import { fromStripeAmount } from './stripe-amounts.ts';

/** Id of a field that holds an object where it was asked for, and its id otherwise. */
export function idOf(field: string | { readonly id: string } | null | undefined): string | undefined {
  return typeof field === 'string' ? field : field?.id;
}

/** The object of such a field, if it was asked for. */
function objectOf<T extends object>(field: string | T | null | undefined): T | undefined {
  return typeof field === 'object' && field !== null ? field : undefined;
}

function required(id: string | undefined, what: string): string {
  if (id === undefined) throw new Error(`The provider's ${what} is missing`);
  return id;
}

/** @param session with `setup_intent` expanded */
export function setUpStateOf(session: Stripe.Checkout.Session): SetUpState {
  if (session.status === 'expired') return { status: 'EXPIRED' };
  const paymentMethod = idOf(objectOf(session.setup_intent)?.payment_method);
  const customer = idOf(session.customer);
  // A session is complete a moment before its means of payment is attached.
  if (session.status !== 'complete' || paymentMethod === undefined || customer === undefined)
    return { status: 'OPEN' };
  return { status: 'COMPLETE', customer, paymentMethod };
}

const authenticationRequired = 'authentication_required';

function paymentStatusOf(intent: Stripe.PaymentIntent): PaymentStatus {
  switch (intent.status) {
    case 'succeeded':
      return 'SUCCEEDED';
    case 'canceled':
      return 'FAILED';
    case 'requires_action':
      return 'ACTION_REQUIRED';
    case 'requires_payment_method':
      // Without an error the payment may be under way: a request whose answer is awaited creates before it charges.
      if (intent.last_payment_error === null) return 'PENDING';
      return intent.last_payment_error.code === authenticationRequired ? 'ACTION_REQUIRED' : 'FAILED';
    default:
      return 'PENDING';
  }
}

function failureCodeOf(intent: Stripe.PaymentIntent, status: PaymentStatus): string | undefined {
  if (status !== 'FAILED' && status !== 'ACTION_REQUIRED') return undefined;
  const error = intent.last_payment_error;
  return error?.decline_code ?? error?.code ?? intent.cancellation_reason ?? intent.status;
}

/**
 * @param intent with `latest_charge.balance_transaction` expanded; without, fee and refunds are not known
 */
export function paymentStateOf(
  intent: Stripe.PaymentIntent,
  disputes: readonly Stripe.Dispute[],
): PaymentState {
  const status = paymentStatusOf(intent);
  const charge = objectOf(intent.latest_charge);
  const booked = objectOf(charge?.balance_transaction);
  return {
    ref: intent.id,
    status,
    failureCode: failureCodeOf(intent, status),
    currency: intent.currency.toUpperCase(),
    minorUnits: fromStripeAmount(intent.currency, intent.amount),
    feeMinorUnits:
      booked?.currency === intent.currency ? fromStripeAmount(booked.currency, booked.fee) : undefined,
    refundedMinorUnits: charge ? fromStripeAmount(charge.currency, charge.amount_refunded) : 0n,
    disputes: disputes.map(disputeStateOf),
  };
}

/** Whether disputes have to be read in addition. */
export const isDisputed = (intent: Stripe.PaymentIntent): boolean =>
  objectOf(intent.latest_charge)?.disputed === true;

const refundStatuses: Readonly<Record<string, RefundState['status']>> = {
  succeeded: 'SUCCEEDED',
  failed: 'FAILED',
  canceled: 'FAILED',
};

export function refundStateOf(refund: Stripe.Refund): RefundState {
  const status = refundStatuses[refund.status ?? ''] ?? 'PENDING';
  return {
    ref: refund.id,
    paymentRef: required(idOf(refund.payment_intent), 'payment of a refund'),
    status,
    failureCode: status === 'FAILED' ? (refund.failure_reason ?? refund.status ?? undefined) : undefined,
    currency: refund.currency.toUpperCase(),
    minorUnits: fromStripeAmount(refund.currency, refund.amount),
  };
}

const disputeStatuses: Readonly<Record<string, DisputeState['status']>> = {
  won: 'WON',
  // An inquiry that never became a dispute, and a dispute that was settled before it began.
  warning_closed: 'WON',
  prevented: 'WON',
  lost: 'LOST',
};

export function disputeStateOf(dispute: Stripe.Dispute): DisputeState {
  return {
    ref: dispute.id,
    paymentRef: required(idOf(dispute.payment_intent), 'payment of a dispute'),
    status: disputeStatuses[dispute.status] ?? 'OPEN',
    currency: dispute.currency.toUpperCase(),
    minorUnits: fromStripeAmount(dispute.currency, dispute.amount),
    // By its sign: the balance may have another currency.
    wasWithdrawn: dispute.balance_transactions.some(({ amount }) => amount < 0),
  };
}

export function transferStateOf(transfer: Stripe.Transfer): TransferState {
  return {
    ref: transfer.id,
    status: transfer.reversed ? 'REVERSED' : 'PAID',
    currency: transfer.currency.toUpperCase(),
    minorUnits: fromStripeAmount(transfer.currency, transfer.amount),
    reversedMinorUnits: fromStripeAmount(transfer.currency, transfer.amount_reversed),
  };
}

export function reversalStateOf(reversal: Stripe.TransferReversal): ReversalState {
  return {
    ref: reversal.id,
    transferRef: required(idOf(reversal.transfer), 'transfer of a reversal'),
    currency: reversal.currency.toUpperCase(),
    minorUnits: fromStripeAmount(reversal.currency, reversal.amount),
  };
}
