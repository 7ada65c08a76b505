import type { Stripe } from 'stripe';
import { z } from 'zod';
import { bookedOf } from './balance.ts';
import { disputeCharge, type DisputeDecision } from './disputes.ts';
import type { FormFields } from './form-body.ts';
import { isOutcome, type Outcome } from './outcomes.ts';
import { amount, cards, currency, expand, metadata, objectId, parametersOf, text } from './parameters.ts';
import { StripeFault } from './stripe-fault.ts';
import { newId, type Work } from './work.ts';

const shape = {
  amount,
  currency,
  customer: objectId,
  payment_method: objectId,
  allowed_payment_method_types: cards,
  automatic_payment_methods: z.strictObject({
    enabled: z.literal('true'),
    allow_redirects: z.literal('never'),
  }),
  off_session: z.literal('true'),
  confirm: z.literal('true'),
  capture_method: z.literal('automatic'),
  description: text(1000),
  metadata,
  expand,
};

/** `POST /v1/payment_intents`: charges a saved card, with the outcome that was chosen when it was saved. */
export async function createPayment(work: Work, given: FormFields): Promise<Stripe.PaymentIntent> {
  const asked = parametersOf(shape, given);
  const method = await work.find('payment_method', asked.payment_method, 'payment_method');
  if (method.customer !== asked.customer)
    throw StripeFault.refused('payment_method_unexpected_state', 'The card is not of this customer.');
  const outcome = outcomeOf(method);
  const id = newId('payment_intent');
  const charge = chargeOf(work, { ...asked, id });
  const intent: Stripe.PaymentIntent = {
    ...blankIntent,
    id,
    amount: asked.amount,
    created: work.seconds,
    currency: asked.currency,
    customer: asked.customer,
    description: asked.description,
    latest_charge: charge.id,
    metadata: asked.metadata ?? {},
    payment_method: method.id,
  };
  if (outcome === 'declined' || outcome === 'authentication')
    return decline(work, intent, charge, outcome, method);
  const paid = await succeed(work, intent, charge);
  const decision = disputes[outcome];
  if (decision) work.afterAnswer(() => disputeCharge(work, charge.id, decision));
  if (outcome === 'unanswered') work.isAnswerLost = true;
  return paid;
}

/** How the disputes of the outcomes that have one end. */
const disputes: Readonly<Partial<Record<Outcome, DisputeDecision>>> = {
  disputed: 'open',
  disputeWon: 'won',
  disputeLost: 'lost',
};

function outcomeOf({ metadata: fields }: Stripe.PaymentMethod): Outcome {
  const outcome = fields?.outcome;
  return isOutcome(outcome) ? outcome : 'succeeds';
}

async function succeed(
  work: Work,
  intent: Stripe.PaymentIntent,
  charge: Stripe.Charge,
): Promise<Stripe.PaymentIntent> {
  const booked = await work.insert(
    bookedOf(work, { type: 'charge', source: charge.id, amount: intent.amount, currency: intent.currency }),
  );
  const paidCharge = await work.insert({
    ...charge,
    amount_captured: charge.amount,
    balance_transaction: booked.id,
    captured: true,
    paid: true,
    status: 'succeeded',
  } satisfies Stripe.Charge);
  const paid = await work.insert(
    { ...intent, amount_received: intent.amount, status: 'succeeded' } satisfies Stripe.PaymentIntent,
    customerOf(intent),
  );
  await work.emit('charge.succeeded', paidCharge);
  await work.emit('payment_intent.succeeded', paid);
  return paid;
}

const declineCodes = {
  declined: { code: 'card_declined', decline_code: 'insufficient_funds' },
  authentication: { code: 'authentication_required', decline_code: 'authentication_required' },
} as const;

async function decline(
  work: Work,
  intent: Stripe.PaymentIntent,
  charge: Stripe.Charge,
  outcome: keyof typeof declineCodes,
  method: Stripe.PaymentMethod,
): Promise<never> {
  const codes = declineCodes[outcome];
  const failed = await work.insert({
    ...charge,
    failure_code: codes.code,
    status: 'failed',
  } satisfies Stripe.Charge);
  const declined = await work.insert(
    {
      ...intent,
      // As Stripe does: the card is no longer part of the payment, and stands in the error.
      payment_method: null,
      status: 'requires_payment_method',
      last_payment_error: { type: 'card_error', charge: charge.id, payment_method: method, ...codes },
    } satisfies Stripe.PaymentIntent,
    customerOf(intent),
  );
  await work.emit('charge.failed', failed);
  await work.emit('payment_intent.payment_failed', declined);
  throw StripeFault.declined({ ...codes, charge: charge.id, payment_intent: declined });
}

/** `POST /v1/payment_intents/:id/cancel` */
export async function cancelPayment(
  work: Work,
  id: string,
  given: FormFields,
): Promise<Stripe.PaymentIntent> {
  parametersOf({ cancellation_reason: z.literal('abandoned'), expand }, given);
  const intent = await work.lock('payment_intent', id, 'id');
  if (intent.status !== 'requires_payment_method')
    throw StripeFault.refused('payment_intent_unexpected_state', `The payment is ${intent.status}.`);
  const canceled = await work.update({
    ...intent,
    status: 'canceled',
    canceled_at: work.seconds,
    cancellation_reason: 'abandoned',
  } satisfies Stripe.PaymentIntent);
  await work.emit('payment_intent.canceled', canceled);
  return canceled;
}

/** Payments are listed by their customers. */
const customerOf = ({ customer }: Stripe.PaymentIntent): string | undefined =>
  typeof customer === 'string' ? customer : undefined;

function chargeOf(
  work: Work,
  asked: {
    readonly id: string;
    readonly amount: number;
    readonly currency: string;
    readonly customer: string;
    readonly payment_method: string;
    readonly description: string;
    readonly metadata?: Stripe.Metadata | undefined;
  },
): Stripe.Charge {
  return {
    id: newId('charge'),
    object: 'charge',
    amount: asked.amount,
    amount_captured: 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: { address: null, email: null, name: null, phone: null, tax_id: null },
    calculated_statement_descriptor: null,
    captured: false,
    created: work.seconds,
    currency: asked.currency,
    customer: asked.customer,
    description: asked.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    fraud_details: {},
    livemode: false,
    metadata: asked.metadata ?? {},
    on_behalf_of: null,
    outcome: null,
    paid: false,
    payment_intent: asked.id,
    payment_method: asked.payment_method,
    payment_method_details: null,
    receipt_email: null,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'pending',
    transfer_data: null,
    transfer_group: null,
  };
}

const blankIntent = {
  id: '',
  object: 'payment_intent',
  allowed_payment_method_types: ['card'],
  amount: 0,
  amount_capturable: 0,
  amount_received: 0,
  application: null,
  application_fee_amount: null,
  automatic_payment_methods: null,
  canceled_at: null,
  cancellation_reason: null,
  capture_method: 'automatic',
  client_secret: null,
  confirmation_method: 'automatic',
  created: 0,
  currency: '',
  customer: null,
  customer_account: null,
  description: null,
  excluded_payment_method_types: null,
  last_payment_error: null,
  latest_charge: null,
  livemode: false,
  managed_payments: null,
  metadata: {},
  next_action: null,
  on_behalf_of: null,
  payment_method: null,
  payment_method_configuration_details: null,
  payment_method_options: {},
  payment_method_types: ['card'],
  payment_record: null,
  processing: null,
  receipt_email: null,
  review: null,
  setup_future_usage: null,
  shipping: null,
  source: null,
  statement_descriptor: null,
  statement_descriptor_suffix: null,
  status: 'processing',
  transfer_group: null,
} satisfies Stripe.PaymentIntent;
