import type { Stripe } from 'stripe';
import { bookedOf } from './balance.ts';
import type { FormFields } from './form-body.ts';
import { amount, expand, metadata, objectId, parametersOf } from './parameters.ts';
import { StripeFault } from './stripe-fault.ts';
import { newId, type Work } from './work.ts';

/** `POST /v1/refunds` */
export async function createRefund(work: Work, given: FormFields): Promise<Stripe.Refund> {
  const asked = parametersOf({ payment_intent: objectId, amount, metadata, expand }, given);
  const intent = await work.find('payment_intent', asked.payment_intent, 'payment_intent');
  const { latest_charge: chargeId } = intent;
  const charge = await work.lock('charge', typeof chargeId === 'string' ? chargeId : '', 'charge');
  requireRefundable(charge, asked.amount);
  const id = newId('refund');
  const booked = await work.insert(
    bookedOf(work, { type: 'refund', source: id, amount: -asked.amount, currency: charge.currency }),
  );
  const refund = await work.insert(
    {
      id,
      object: 'refund',
      amount: asked.amount,
      balance_transaction: booked.id,
      charge: charge.id,
      created: work.seconds,
      currency: charge.currency,
      customer: charge.customer,
      customer_account: null,
      metadata: asked.metadata ?? {},
      payment_intent: intent.id,
      payment_method: charge.payment_method,
      reason: null,
      receipt_number: null,
      source_transfer_reversal: null,
      status: 'succeeded',
      transfer_reversal: null,
    } satisfies Stripe.Refund,
    intent.id,
  );
  const refunded = charge.amount_refunded + asked.amount;
  const changed = await work.update({
    ...charge,
    amount_refunded: refunded,
    refunded: refunded === charge.amount,
  });
  await work.emit('refund.created', refund);
  await work.emit('charge.refunded', changed);
  return refund;
}

/** @throws StripeFault */
function requireRefundable(charge: Stripe.Charge, asked: number): void {
  if (charge.status !== 'succeeded') throw StripeFault.refused('charge_not_paid', 'Nothing was charged.');
  if (charge.disputed) throw StripeFault.refused('charge_disputed', 'The charge is disputed.');
  if (charge.refunded) throw StripeFault.refused('charge_already_refunded', 'All of it was refunded.');
  if (asked > charge.amount - charge.amount_refunded)
    throw StripeFault.refused('amount_too_large', 'The refund is larger than what is left of the charge.');
}
