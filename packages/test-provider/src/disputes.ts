import type { Stripe } from 'stripe';
import { z } from 'zod';
import { bookedOf, disputeFee } from './balance.ts';
import type { FormFields } from './form-body.ts';
import { expand, parametersOf, text } from './parameters.ts';
import { StripeFault } from './stripe-fault.ts';
import { newId, type Work } from './work.ts';

/** What becomes of a dispute by itself; `open`: it waits to be answered. */
export type DisputeDecision = 'open' | 'won' | 'lost';

/** The owner of a card disputes a charge: the amount is withdrawn at once. */
export async function disputeCharge(work: Work, chargeId: string, decision: DisputeDecision): Promise<void> {
  const charge = await work.lock('charge', chargeId, 'charge');
  const id = newId('dispute');
  const withdrawn = await work.insert(
    bookedOf(work, {
      type: 'adjustment',
      category: 'dispute',
      source: id,
      amount: -charge.amount,
      currency: charge.currency,
      fee: disputeFee,
    }),
  );
  const payment = typeof charge.payment_intent === 'string' ? charge.payment_intent : undefined;
  const dispute = await work.insert(
    {
      ...blankDispute,
      id,
      amount: charge.amount,
      balance_transactions: [withdrawn],
      charge: charge.id,
      created: work.seconds,
      currency: charge.currency,
      payment_intent: payment ?? null,
    } satisfies Stripe.Dispute,
    payment,
  );
  await work.update({ ...charge, disputed: true });
  await work.emit('charge.dispute.created', dispute);
  await work.emit('charge.dispute.funds_withdrawn', dispute);
  if (decision !== 'open') await decide(work, id, decision);
}

const updateShape = {
  evidence: z.strictObject({ uncategorized_text: text(1000) }),
  submit: z.enum(['true', 'false']).optional(),
  expand,
};

/**
 * `POST /v1/disputes/:id`: answers a dispute. As in Stripe's test mode, the texts `winning_evidence` and
 * `losing_evidence` decide it.
 */
export async function answerDispute(work: Work, id: string, given: FormFields): Promise<Stripe.Dispute> {
  const { evidence } = parametersOf(updateShape, given);
  if (evidence.uncategorized_text === 'winning_evidence') return decide(work, id, 'won');
  if (evidence.uncategorized_text === 'losing_evidence') return decide(work, id, 'lost');
  const dispute = await work.update({ ...(await lockOpen(work, id)), status: 'under_review' });
  await work.emit('charge.dispute.updated', dispute);
  return dispute;
}

/** `POST /v1/disputes/:id/close`: accepts a dispute. */
export function acceptDispute(work: Work, id: string, given: FormFields): Promise<Stripe.Dispute> {
  parametersOf({ expand }, given);
  return decide(work, id, 'lost');
}

async function lockOpen(work: Work, id: string): Promise<Stripe.Dispute> {
  const dispute = await work.lock('dispute', id, 'id');
  if (dispute.status !== 'needs_response' && dispute.status !== 'under_review')
    throw StripeFault.refused('dispute_closed', `The dispute is ${dispute.status}.`);
  return dispute;
}

async function decide(work: Work, id: string, status: 'won' | 'lost'): Promise<Stripe.Dispute> {
  const dispute = await lockOpen(work, id);
  const { currency } = dispute;
  const returned =
    status === 'won'
      ? [
          await work.insert(
            bookedOf(work, {
              type: 'adjustment',
              category: 'dispute_reversal',
              source: id,
              amount: dispute.amount,
              currency,
              fee: -disputeFee,
            }),
          ),
        ]
      : [];
  const decided = await work.update({
    ...dispute,
    status,
    balance_transactions: [...dispute.balance_transactions, ...returned],
  });
  if (status === 'won') await work.emit('charge.dispute.funds_reinstated', decided);
  await work.emit('charge.dispute.closed', decided);
  return decided;
}

const noEvidence = {
  access_activity_log: null,
  billing_address: null,
  cancellation_policy: null,
  cancellation_policy_disclosure: null,
  cancellation_rebuttal: null,
  customer_communication: null,
  customer_email_address: null,
  customer_name: null,
  customer_purchase_ip: null,
  customer_signature: null,
  duplicate_charge_documentation: null,
  duplicate_charge_explanation: null,
  duplicate_charge_id: null,
  enhanced_evidence: {},
  product_description: null,
  receipt: null,
  refund_policy: null,
  refund_policy_disclosure: null,
  refund_refusal_explanation: null,
  service_date: null,
  service_documentation: null,
  shipping_address: null,
  shipping_carrier: null,
  shipping_date: null,
  shipping_documentation: null,
  shipping_tracking_number: null,
  uncategorized_file: null,
  uncategorized_text: null,
} satisfies Stripe.Dispute.Evidence;

const blankDispute = {
  id: '',
  object: 'dispute',
  amount: 0,
  balance_transactions: [],
  charge: '',
  created: 0,
  currency: '',
  enhanced_eligibility_types: [],
  evidence: noEvidence,
  evidence_details: {
    due_by: null,
    enhanced_eligibility: {},
    has_evidence: false,
    past_due: false,
    submission_count: 0,
    submission_method: 'not_submitted',
  },
  intended_submission_method: null,
  is_charge_refundable: false,
  livemode: false,
  metadata: {},
  payment_intent: null,
  reason: 'fraudulent',
  status: 'needs_response',
} satisfies Stripe.Dispute;
