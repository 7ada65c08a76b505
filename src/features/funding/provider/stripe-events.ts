import type { Stripe } from 'stripe';
import { z } from 'zod';
import type { BalanceChange, BalanceChangeKind, ProviderEvent } from '../../../platform/payments/provider.ts';
import { fromStripeAmount } from './stripe-amounts.ts';
import { idOf } from './stripe-states.ts';

type EventType = Stripe.Event['type'];

/** The events that matter here. Stripe lists the events of at most twenty types at once. */
const kinds = {
  'checkout.session.completed': 'SETUP',
  'checkout.session.expired': 'SETUP',
  'payment_intent.processing': 'PAYMENT',
  'payment_intent.requires_action': 'PAYMENT',
  'payment_intent.succeeded': 'PAYMENT',
  'payment_intent.payment_failed': 'PAYMENT',
  'payment_intent.canceled': 'PAYMENT',
  // The fee of a payment may become known after the payment, and a refund may be made outside the service.
  'charge.updated': 'PAYMENT',
  'charge.refunded': 'PAYMENT',
  'refund.created': 'REFUND',
  'refund.updated': 'REFUND',
  'refund.failed': 'REFUND',
  'charge.dispute.created': 'DISPUTE',
  'charge.dispute.updated': 'DISPUTE',
  'charge.dispute.funds_withdrawn': 'DISPUTE',
  'charge.dispute.funds_reinstated': 'DISPUTE',
  'charge.dispute.closed': 'DISPUTE',
  'transfer.created': 'TRANSFER',
  'transfer.updated': 'TRANSFER',
  'transfer.reversed': 'TRANSFER',
} as const satisfies Partial<Record<EventType, ProviderEvent['kind']>>;

/** Names of those events, as a list endpoint takes them. */
export const eventTypes: string[] = Object.keys(kinds);

const kindOf = (type: string): ProviderEvent['kind'] =>
  Object.hasOwn(kinds, type) ? kinds[type as keyof typeof kinds] : 'OTHER';

/** A name: printable, so that it can be stored. */
const name = z.string().regex(/^[\x21-\x7e]{1,255}$/);

/** An id of Stripe's own making: it is stored, and becomes a part of addresses of Stripe. */
const ownId = z.string().regex(/^\w{1,255}$/);

/** What is read of an event: the rest is the object as it was, in whatever version of the API the account is set to. */
const eventShape = z.object({
  id: ownId,
  object: z.literal('event'),
  type: name,
  livemode: z.boolean(),
  data: z.object({ object: z.looseObject({}) }),
});

/** What is read of an object that matters here. Others may have no id, or one that somebody has chosen. */
const objectShape = z.object({
  id: ownId,
  object: name,
  payment_intent: z.union([ownId, z.object({ id: ownId })]).nullish(),
});

/** @throws ZodError where this is no event, or has an id that Stripe does not make */
export function eventOf(given: unknown): ProviderEvent {
  const { id, type, livemode, data } = eventShape.parse(given);
  const event = { id, type, kind: kindOf(type), testMode: !livemode };
  if (event.kind === 'OTHER') return { ...event, objectRef: '' };
  const object = objectShape.parse(data.object);
  // A charge is a part of a payment, by which payments are known.
  const payment = object.object === 'charge' ? idOf(object.payment_intent) : undefined;
  return { ...event, objectRef: payment ?? object.id };
}

/** Names under which our keys stand in the metadata of objects. */
export const metadataKeys = {
  setUp: 'pledge_key',
  payment: 'payment_key',
  refund: 'refund_key',
  payout: 'payout_key',
  reversal: 'reversal_key',
} as const;

const changeKinds: Readonly<Record<string, BalanceChangeKind>> = {
  charge: 'PAYMENT',
  payment: 'PAYMENT',
  payment_failure_refund: 'PAYMENT',
  payment_reversal: 'PAYMENT',
  refund: 'REFUND',
  payment_refund: 'REFUND',
  refund_failure: 'REFUND',
  transfer: 'TRANSFER',
  transfer_refund: 'REVERSAL',
  transfer_cancel: 'REVERSAL',
  transfer_failure: 'REVERSAL',
  stripe_fee: 'FEE',
  stripe_fx_fee: 'FEE',
  tax_fee: 'FEE',
};

function changeKindOf({ type, reporting_category: category }: Stripe.BalanceTransaction): BalanceChangeKind {
  if (category === 'dispute' || category === 'dispute_reversal') return 'DISPUTE';
  return changeKinds[type] ?? 'OTHER';
}

type SourceKeys = Pick<
  BalanceChange,
  'paymentRef' | 'paymentKey' | 'refundKey' | 'payoutKey' | 'reversalKey'
>;

/** Keys and payment of the object that a balance transaction is about. */
function sourceKeysOf(source: Stripe.BalanceTransaction['source']): SourceKeys {
  const none = {
    paymentRef: undefined,
    paymentKey: undefined,
    refundKey: undefined,
    payoutKey: undefined,
    reversalKey: undefined,
  };
  if (source === null || typeof source === 'string') return none;
  switch (source.object) {
    case 'charge':
      return {
        ...none,
        paymentRef: idOf(source.payment_intent),
        // Stripe copies them from the PaymentIntent.
        paymentKey: source.metadata[metadataKeys.payment],
      };
    case 'refund':
      return {
        ...none,
        paymentRef: idOf(source.payment_intent),
        refundKey: source.metadata?.[metadataKeys.refund],
      };
    case 'dispute':
      return { ...none, paymentRef: idOf(source.payment_intent) };
    case 'transfer':
      return { ...none, payoutKey: source.metadata[metadataKeys.payout] };
    case 'transfer_reversal':
      return { ...none, reversalKey: source.metadata?.[metadataKeys.reversal] };
    default:
      return none;
  }
}

/** @param booked with `source` expanded */
export function balanceChangeOf(booked: Stripe.BalanceTransaction): BalanceChange {
  const { source, currency } = booked;
  return {
    ref: booked.id,
    kind: changeKindOf(booked),
    at: new Date(booked.created * 1000),
    currency: currency.toUpperCase(),
    minorUnits: fromStripeAmount(currency, booked.amount),
    feeMinorUnits: fromStripeAmount(currency, booked.fee),
    sourceRef: idOf(source),
    ...sourceKeysOf(source),
  };
}
