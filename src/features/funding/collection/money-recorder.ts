import type { Database, Tx } from '../../../platform/db/database.ts';
import type { CountChanges, EventLog } from '../../../platform/events/log.ts';
import type { Inbox } from '../../notifications/inbox/inbox.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import { bookDispute, bookFee, bookLoss, bookPayment, bookPayout, bookRefund } from './bookings.ts';
import {
  lockCampaign,
  type LockedCampaign,
  type MilestoneKey,
  updateMilestoneSettled,
} from '../campaign/campaign.queries.ts';
import { endCampaign } from '../campaign/campaign.service.ts';
import { insertDispute, lockDispute, selectPaymentByRef, updateDisputeClosed } from './dispute.queries.ts';
import { repairableUntil } from '../campaign/funding.policy.ts';
import { selectNet } from '../campaign/funds.queries.ts';
import type { LedgerSubject } from '../ledger/ledger.queries.ts';
import {
  hasFee,
  type LockedMovement,
  lockMovement,
  type MovementKey,
  updateMovement,
  updateMovementUnchanged,
  updatePaymentFee,
  updateRefundFailure,
} from '../campaign/movement.queries.ts';
import {
  lockPledge,
  type PledgeRow,
  selectCollectionState,
  updatePledgesDropped,
  updatePledgeStatus,
} from '../campaign/pledge.queries.ts';
import type {
  DisputeState,
  PaymentState,
  RefundState,
  TransferState,
} from '../../../platform/payments/provider.ts';
import { mayBecome, type PledgeStatus, requireTransition } from '../campaign/transitions.ts';

/** Time for which the provider is asked for a payment's fee, and between two such questions. */
const [feeWaitMs, feeIntervalMs] = [3 * 86_400_000, 600_000];

/** What became of a movement, as far as it is recorded. */
export interface Outcome<Status> {
  /** The provider's id; undefined: it has none. */
  readonly ref: string | undefined;
  readonly status: Status;
  readonly failureCode?: string | undefined;
  readonly feeMinorUnits?: bigint | undefined;
}

export interface MoneyRecorderOptions {
  readonly db: Database;
  readonly log: EventLog;
  readonly inbox: Inbox;
  readonly clock: Clock;
  /** Time in which backers may repair a failed payment, in milliseconds. */
  readonly graceMs: number;
}

/**
 * Records what happened to money. Each step is one transaction under the lock of its campaign, moves states forward
 * only, and does nothing when it is repeated. What changes the ledger or a total ends with an event.
 */
export class MoneyRecorder {
  constructor(private readonly options: MoneyRecorderOptions) {}

  /** Records the state of a payment as the provider has it. */
  recordPayment(key: MovementKey, state: Outcome<PaymentState['status']>): Promise<void> {
    return this.#inCampaign(key.articleId, async (tx, campaign) => {
      const payment = await lockMovement(tx, 'payment', key);
      if (payment?.status === 'SUCCEEDED') return this.#recordFee(tx, campaign, payment, state.feeMinorUnits);
      if (!payment || !mayBecome('payment', payment.status, state.status)) return undefined;
      await updateMovement(tx, 'payment', payment, state);
      const pledge = await requirePledge(tx, payment);
      if (state.status === 'SUCCEEDED') {
        await updatePledgeStatus(tx, pledge, 'COLLECTED');
        await bookPayment(tx, campaign, { payment, pledge });
        await this.#recordFee(tx, campaign, payment, state.feeMinorUnits);
        return { collected: payment.amount };
      }
      // Of an account that was erased nobody will save another means of payment.
      const next = pledge.accountId === null ? 'DROPPED' : 'ACTION_REQUIRED';
      if (state.status === 'FAILED' && pledge.status === 'DUE') {
        await updatePledgeStatus(tx, pledge, next, state.failureCode ?? 'failed');
        await this.#tellOfFailure(tx, pledge);
      }
      return undefined;
    });
  }

  async #tellOfFailure(tx: Tx, { accountId, articleId, id: subjectId }: PledgeRow): Promise<void> {
    if (accountId === null) return;
    await this.options.inbox.add(tx, [{ accountId, kind: 'PLEDGE_FAILED', articleId, subjectId }]);
  }

  /** Records the state of a refund as the provider has it. */
  recordRefund(key: MovementKey, state: Outcome<RefundState['status']>): Promise<void> {
    return this.#inCampaign(key.articleId, async (tx, campaign) => {
      const refund = await lockMovement(tx, 'refund', key);
      if (!refund || !mayBecome('payment', refund.status, state.status)) return undefined;
      await updateMovement(tx, 'refund', refund, state);
      if (state.status === 'FAILED') await updateRefundFailure(tx, refund, state.failureCode ?? 'failed');
      if (state.status !== 'SUCCEEDED') return undefined;
      const payment = await lockMovement(tx, 'payment', { ...key, id: refund.parentId ?? '' });
      if (!payment) throw new Error(`Refund ${key.id} of article ${key.articleId} has no payment`);
      const pledge = await requirePledge(tx, payment);
      if (mayBecome('pledge', pledge.status, 'REFUNDED')) await updatePledgeStatus(tx, pledge, 'REFUNDED');
      await bookRefund(tx, campaign, { refund, pledge });
      await coverLoss(tx, campaign, payment, { type: 'refund', id: refund.id });
      return { collected: -refund.amount };
    });
  }

  /** Records the state of a payout as the provider has it. */
  recordPayout(key: MovementKey, state: Outcome<TransferState['status'] | 'FAILED'>): Promise<void> {
    return this.#inCampaign(key.articleId, async (tx, campaign) => {
      let payout = await lockMovement(tx, 'payout', key);
      if (!payout) return undefined;
      let paidOut = 0n;
      let isBooked = false;
      // A transfer that is reversed before it was seen was paid first.
      for (const status of state.status === 'REVERSED' ? (['PAID', 'REVERSED'] as const) : [state.status]) {
        if (!mayBecome('payout', payout.status, status)) continue;
        await updateMovement(tx, 'payout', payout, { ...state, status });
        payout = { ...payout, status };
        if (status === 'FAILED') return undefined;
        await bookPayout(tx, campaign, payout, status === 'PAID' ? 'PAYOUT' : 'PAYOUT_REVERSED');
        paidOut += status === 'PAID' ? payout.amount : -payout.amount;
        isBooked = true;
      }
      if (!isBooked && payout.status === 'PAID') await updateMovementUnchanged(tx, 'payout', payout);
      return isBooked ? { paidOut } : undefined;
    });
  }

  /**
   * Records a dispute as the provider has it: its opening, its end, or both. A mere inquiry withdraws no money.
   * @returns false if the payment is not recorded yet: the dispute has to come again
   */
  async recordDispute(state: DisputeState): Promise<boolean> {
    if (!state.wasWithdrawn && state.status !== 'LOST') return true;
    // Of a payment whose id is not known yet the disputes are found with the payment.
    const found = await selectPaymentByRef(this.options.db, state.paymentRef);
    if (!found) return true;
    const { articleId } = found;
    let isEarly = false;
    await this.#inCampaign(articleId, async (tx, campaign) => {
      const payment = await lockMovement(tx, 'payment', found);
      isEarly = payment !== undefined && mayBecome('payment', payment.status, 'SUCCEEDED');
      if (payment?.status !== 'SUCCEEDED') return undefined;
      const pledge = await requirePledge(tx, payment);
      const known = await lockDispute(tx, state.ref);
      const dispute = known ?? (await insertDispute(tx, payment, state));
      let present = pledge;
      // Of a pledge that was given back meanwhile, the bank may take the money a second time: the ledger says so.
      const become = async (status: PledgeStatus): Promise<void> => {
        if (!mayBecome('pledge', present.status, status)) return;
        await updatePledgeStatus(tx, present, status);
        present = { ...present, status };
      };
      if (!known) {
        await become('DISPUTED');
        await bookDispute(tx, campaign, { dispute, pledge, step: 'DISPUTE_OPENED' });
      }
      if (dispute.status !== 'OPEN' || state.status === 'OPEN') return known ? undefined : {};
      await updateDisputeClosed(tx, dispute, state.status);
      if (present.status === 'DISPUTED') await become(state.status === 'WON' ? 'COLLECTED' : 'LOST');
      await bookDispute(tx, campaign, { dispute, pledge, step: `DISPUTE_${state.status}` });
      if (state.status === 'WON') return {};
      await coverLoss(tx, campaign, payment, { type: 'dispute', id: dispute.id });
      return { collected: -dispute.amount };
    });
    return !isEarly;
  }

  /** Ends a campaign at its deadline, unless it is suspended. */
  async end(articleId: string): Promise<void> {
    const { db, log, clock } = this.options;
    await db.transaction(async (tx) => {
      const campaign = await lockCampaign(tx, articleId);
      if (campaign?.status !== 'LIVE') return;
      if (campaign.deadline > clock.now()) return;
      await endCampaign(tx, campaign, 'ENDED');
      await log.append(tx, { articleId, kind: 'CAMPAIGN_ENDED' });
    });
  }

  /**
   * Settles a milestone once nothing of it is being collected, and either nobody has to do anything or the period of
   * grace is over.
   */
  async settle({ articleId, position }: MilestoneKey): Promise<void> {
    const { db, log, clock, graceMs } = this.options;
    await db.transaction(async (tx) => {
      const campaign = await lockCampaign(tx, articleId);
      const milestone = campaign?.milestones.find((one) => one.position === position);
      if (milestone?.status !== 'REACHED') return;
      const { due, waiting, collected } = await selectCollectionState(tx, articleId, position);
      const graceEnd = repairableUntil(milestone, graceMs);
      const isGraceOver = graceEnd !== null && graceEnd <= clock.now();
      if (due > 0 || (waiting > 0 && !isGraceOver)) return;
      await updatePledgesDropped(tx, articleId, position);
      const status = collected >= BigInt(milestone.goal) ? 'FUNDED' : 'SHORT';
      requireTransition('milestone', milestone.status, status);
      await updateMilestoneSettled(tx, articleId, position, status);
      await log.append(tx, { articleId, kind: 'MILESTONE_SETTLED', subjectId: String(position) });
    });
  }

  /**
   * Books the fee of a payment once it is known. Until then the provider is asked again, for as long as one may be
   * expected.
   * @returns what an event tells of; undefined where nothing was booked
   */
  async #recordFee(
    tx: Tx,
    campaign: LockedCampaign,
    payment: LockedMovement<'payment'>,
    fee: bigint | undefined,
  ): Promise<CountChanges | undefined> {
    if (await hasFee(tx, payment)) return undefined;
    const now = this.options.clock.now().getTime();
    const isExpected = fee === undefined && now - (payment.submittedAt?.getTime() ?? 0) < feeWaitMs;
    await updatePaymentFee(tx, payment, isExpected ? new Date(now + feeIntervalMs) : null);
    if (fee === undefined || fee <= 0n) return undefined;
    await bookFee(tx, campaign, payment, fee);
    // It may have been given back before its fee was known.
    await coverLoss(tx, campaign, payment, { type: 'payment', id: payment.id });
    return {};
  }

  /** @param work returns what the totals change by; undefined where nothing that is public has changed */
  #inCampaign(
    articleId: string,
    work: (tx: Tx, campaign: LockedCampaign) => Promise<CountChanges | undefined>,
  ): Promise<void> {
    const { db, log } = this.options;
    return db.transaction(async (tx) => {
      const campaign = await lockCampaign(tx, articleId);
      if (!campaign) throw new Error(`Article ${articleId} has no campaign`);
      const counts = await work(tx, campaign);
      if (counts) await log.append(tx, { articleId, kind: 'COLLECTION_PROGRESSED', counts });
    });
  }
}

/**
 * The site bears what a payment has cost beyond what it brought: the provider keeps its fee of a payment that went back, and
 * the bank may take a payment that was given back already. The money of other backers pays for none of it.
 */
async function coverLoss(
  tx: Tx,
  campaign: LockedCampaign,
  payment: MovementKey,
  cause: LedgerSubject,
): Promise<void> {
  const net = await selectNet(tx, payment);
  if (net < 0n) await bookLoss(tx, campaign, cause, -net);
}

async function requirePledge(tx: Tx, { articleId, parentId }: LockedMovement<'payment'>): Promise<PledgeRow> {
  const pledge = await lockPledge(tx, { articleId, id: parentId ?? '' });
  if (!pledge) throw new Error(`A payment of article ${articleId} has no pledge`);
  return pledge;
}
