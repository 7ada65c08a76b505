import type { Tx } from '../../../platform/db/database.ts';
import type { LockedCampaign } from '../campaign/campaign.queries.ts';
import type { DisputeRow } from './dispute.queries.ts';
import { appendLedger, type NewLedgerTransaction } from '../ledger/ledger.ts';
import { entriesOf } from '../ledger/ledger.policy.ts';
import type { LedgerSubject } from '../ledger/ledger.queries.ts';
import type { LockedMovement } from '../campaign/movement.queries.ts';
import { requireCurrency } from '../money/money.ts';
import type { PledgeRow } from '../campaign/pledge.queries.ts';

/*
 * What each movement of money is in the ledger of its campaign, whose row the caller has locked.
 */

type Booked = Pick<NewLedgerTransaction, 'kind' | 'subject'> & {
  readonly amount: bigint;
  readonly pseudonym?: string;
};

/** The time of booking is the database's clock, which is one for all nodes. */
async function now(tx: Tx): Promise<Date> {
  const [row] = await tx.query<{ at: Date }>(`SELECT date_trunc('milliseconds', clock_timestamp()) AS at`);
  if (!row) throw new Error('The database has no time');
  return row.at;
}

async function book(
  tx: Tx,
  { articleId, currency: code }: LockedCampaign,
  { kind, subject, amount, pseudonym }: Booked,
): Promise<void> {
  const currency = requireCurrency(code, []);
  const entries = entriesOf(kind, amount, pseudonym);
  await appendLedger(tx, { articleId, kind, currency, entries, subject, occurredAt: await now(tx) });
}

export function bookPayment(
  tx: Tx,
  campaign: LockedCampaign,
  { payment, pledge }: { readonly payment: LockedMovement<'payment'>; readonly pledge: PledgeRow },
): Promise<void> {
  const { amount, id } = payment;
  const { pseudonym } = pledge;
  return book(tx, campaign, { kind: 'PAYMENT', subject: { type: 'payment', id }, amount, pseudonym });
}

/** What the provider keeps of a payment. */
export function bookFee(
  tx: Tx,
  campaign: LockedCampaign,
  { id }: LockedMovement<'payment'>,
  amount: bigint,
): Promise<void> {
  return book(tx, campaign, { kind: 'FEE', subject: { type: 'payment', id }, amount });
}

export function bookRefund(
  tx: Tx,
  campaign: LockedCampaign,
  { refund, pledge }: { readonly refund: LockedMovement<'refund'>; readonly pledge: PledgeRow },
): Promise<void> {
  const { amount, id } = refund;
  const { pseudonym } = pledge;
  return book(tx, campaign, { kind: 'REFUND', subject: { type: 'refund', id }, amount, pseudonym });
}

export function bookDispute(
  tx: Tx,
  campaign: LockedCampaign,
  {
    dispute,
    pledge,
    step,
  }: {
    readonly dispute: DisputeRow;
    readonly pledge: PledgeRow;
    readonly step: 'DISPUTE_OPENED' | 'DISPUTE_WON' | 'DISPUTE_LOST';
  },
): Promise<void> {
  const { amount, id } = dispute;
  const { pseudonym } = pledge;
  return book(tx, campaign, { kind: step, subject: { type: 'dispute', id }, amount, pseudonym });
}

/**
 * What a payment has cost beyond what it brought, which the site bears.
 * @param subject what has made it so: the refund, the dispute that was lost, or the payment whose fee became known
 */
export function bookLoss(
  tx: Tx,
  campaign: LockedCampaign,
  subject: LedgerSubject,
  amount: bigint,
): Promise<void> {
  return book(tx, campaign, { kind: 'LOSS_COVERED', subject, amount });
}

export function bookPayout(
  tx: Tx,
  campaign: LockedCampaign,
  { id, amount }: LockedMovement<'payout'>,
  kind: 'PAYOUT' | 'PAYOUT_REVERSED',
): Promise<void> {
  return book(tx, campaign, { kind, subject: { type: 'payout', id }, amount });
}
