import type { Stripe } from 'stripe';
import { newId, type Work } from './work.ts';

/** Fee of a charge, roughly that of a European card; at most a half of the amount, for small ones. */
const chargeFee = (amount: number): number =>
  Math.min(Math.round(amount * 0.015) + 25, Math.floor(amount / 2));

/** Fee of a dispute that was lost or is open. */
export const disputeFee = 2000;

const categories = {
  charge: 'charge',
  refund: 'refund',
  transfer: 'transfer',
  transfer_refund: 'transfer_reversal',
} as const;

interface Booking {
  readonly type: keyof typeof categories | 'adjustment';
  readonly source: string;
  /** Negative where money leaves the balance. */
  readonly amount: number;
  readonly currency: string;
  /** Needed for an adjustment, which may be many things. */
  readonly category?: 'dispute' | 'dispute_reversal';
  readonly fee?: number;
}

/** A change of the balance. */
export function bookedOf(work: Work, booking: Booking): Stripe.BalanceTransaction {
  const { type, source, amount, currency } = booking;
  const fee = booking.fee ?? (type === 'charge' ? chargeFee(amount) : 0);
  return {
    id: newId('balance_transaction'),
    object: 'balance_transaction',
    amount,
    available_on: work.seconds,
    balance_type: 'payments',
    created: work.seconds,
    currency,
    description: null,
    exchange_rate: null,
    fee,
    fee_details:
      fee === 0
        ? []
        : [{ amount: fee, application: null, currency, description: 'Processing fee', type: 'stripe_fee' }],
    net: amount - fee,
    reporting_category: type === 'adjustment' ? (booking.category ?? 'other_adjustment') : categories[type],
    source,
    status: 'available',
    type,
  };
}
