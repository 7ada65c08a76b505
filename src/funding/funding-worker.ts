import { randomUUID } from 'node:crypto';
import type { Database } from '../db/database.ts';
import type { Clock } from '../time/clock.ts';
import { selectOverdueCampaigns, selectReachedMilestones, selectToUnlock } from './campaign.queries.ts';
import type { CollectionService } from './collection.service.ts';
import {
  releaseLease,
  selectProviderEvents,
  selectWork,
  takeLease,
  updateEventProcessed,
} from './funding-work.queries.ts';
import {
  hastenMovement,
  insertPayments,
  type Movement,
  selectPaymentTerms,
  selectPayoutTerms,
  selectRefundTerms,
  type TakenMovement,
  takeMovements,
} from './movement.queries.ts';
import { hastenSetUp, takeSetUps } from './pledge.queries.ts';
import type { PledgeService } from './pledge.service.ts';
import { ProviderRefusedError, ProviderUnknownError } from '../payments/provider-errors.ts';
import type { Provider, ProviderEvent } from '../payments/provider.ts';
import type { UnlockService } from './unlock.service.ts';

/** Most rows of one kind that one run takes, each for one call to the provider or one transaction. */
const batch = 50;

/** Calls to the provider that are under way at the same time. */
const callsAtOnce = 4;

/** After this time the provider may have forgotten our key, so that a movement is only looked up. */
const keyLifeMs = 24 * 3_600_000;

/** The provider's code of a payment that its payer has to authenticate. */
const needsAction = 'authentication_required';

export interface FundingWorkerOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly provider: Provider;
  readonly pledges: PledgeService;
  readonly collection: CollectionService;
  readonly unlocks: UnlockService;
  /** Time between two looks for work. */
  readonly intervalMs: number;
  /** One piece of work failed; it is tried again. */
  readonly onError: (error: unknown) => void;
}

/**
 * Does the work on money that no request waits for: collects, looks up, ends, settles, unlocks. One node at a time does
 * it, by a lease. Each piece of work is a row, and each step may be repeated, so that a node that dies at any point is
 * followed by another.
 */
export class FundingWorker {
  readonly #options: FundingWorkerOptions;
  readonly #holder = randomUUID();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: FundingWorkerOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#running = this.run()
        .then(() => undefined, this.#options.onError)
        .then(() => this.start());
    }, this.#options.intervalMs);
  }

  /** Resolves once the work under way is done, and the lease is free. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#running;
    await releaseLease(this.#db, this.#holder).catch(this.#options.onError);
  }

  /**
   * Does what there is to do now.
   * @returns false if another node holds the lease
   */
  async run(): Promise<boolean> {
    const db = this.#db;
    const leaseSeconds = Math.max(30, (3 * this.#options.intervalMs) / 1000);
    if (!(await takeLease(db, this.#holder, leaseSeconds))) return false;
    const { clock, collection, unlocks } = this.#options;
    const first = await selectWork(db, clock.now());
    if (first.notices) await this.#each(await selectProviderEvents(db, batch), (one) => this.#notice(one));
    if (first.setUps || first.notices) await this.#findSetUps();
    // What was found may have reached a milestone.
    const work = first.setUps || first.notices ? await selectWork(db, clock.now()) : first;
    if (work.overdue) await this.#endOverdue();
    if (work.due) await insertPayments(db, clock.now(), batch);
    if (work.due || work.payments) await this.#move('payment', (one) => this.#pay(one));
    if (work.refunds) await this.#move('refund', (one) => this.#refund(one));
    if (work.payouts) await this.#move('payout', (one) => this.#payOut(one));
    if (work.reached)
      await this.#each(await selectReachedMilestones(db, batch), (one) => collection.settle(one));
    if (work.unlocks) await this.#each(await selectToUnlock(db, batch), (one) => unlocks.unlock(one));
    return true;
  }

  get #db() {
    return this.#options.db.forNode('funding');
  }

  /** Runs a step for each item, a few at the same time. An item that fails doesn't hold up the others. */
  async #each<Item>(items: readonly Item[], step: (item: Item) => Promise<unknown>): Promise<void> {
    const left = [...items];
    const lane = async (): Promise<void> => {
      for (let item = left.shift(); item !== undefined && !this.#isStopped; item = left.shift())
        await step(item).catch(this.#options.onError);
    };
    await Promise.all(Array.from({ length: callsAtOnce }, lane));
  }

  async #notice({ id, kind, objectRef, testMode }: ProviderEvent): Promise<void> {
    const { provider, collection, clock } = this.#options;
    const db = this.#db;
    const now = clock.now();
    if (testMode === provider.testMode) {
      if (kind === 'SETUP') await hastenSetUp(db, objectRef, now);
      if (kind === 'PAYMENT') await hastenMovement(db, 'payment', objectRef, now);
      if (kind === 'REFUND') await hastenMovement(db, 'refund', objectRef, now);
      if (kind === 'TRANSFER') await hastenMovement(db, 'payout', objectRef, now);
      const dispute = kind === 'DISPUTE' ? await provider.findDispute(objectRef) : undefined;
      // Of a mere inquiry no money is withdrawn.
      if (dispute && (dispute.isWithdrawn || dispute.status !== 'OPEN'))
        await collection.recordDispute(dispute);
    }
    await updateEventProcessed(db, id);
  }

  async #findSetUps(): Promise<void> {
    const { provider, pledges, clock } = this.#options;
    await this.#each(await takeSetUps(this.#db, clock.now(), batch), async (taken) => {
      // Without a page of the provider, its time is over now.
      const found =
        taken.setUpRef === null ? ({ status: 'EXPIRED' } as const) : await provider.findSetUp(taken.setUpRef);
      if (found.status === 'COMPLETE') return pledges.complete(taken, taken.setUpNumber, found);
      if (found.status === 'EXPIRED') return pledges.expire(taken, taken.setUpNumber);
    });
  }

  async #endOverdue(): Promise<void> {
    const { collection, clock } = this.#options;
    const overdue = await selectOverdueCampaigns(this.#db, clock.now(), batch);
    await this.#each(overdue, (articleId) => collection.end(articleId));
  }

  async #move<Of extends Movement>(
    table: Of,
    step: (one: TakenMovement<Of>) => Promise<void>,
  ): Promise<void> {
    await this.#each(await takeMovements(this.#db, table, this.#options.clock.now(), batch), step);
  }

  /** Whether the provider may be asked to make a movement: once it has surely not happened, and the key is alive. */
  #mayMake({ submittedAt }: TakenMovement<Movement>): boolean {
    return this.#options.clock.now().getTime() - submittedAt.getTime() < keyLifeMs;
  }

  async #pay(payment: TakenMovement<'payment'>): Promise<void> {
    const { provider, collection } = this.#options;
    const { providerKey: paymentKey } = payment;
    const { customerRef, paymentMethodRef, currency, title } = await selectPaymentTerms(this.#db, payment);
    if (customerRef === null || paymentMethodRef === null)
      throw new Error(`Payment ${payment.id} of article ${payment.articleId} has no means of payment`);
    const state = await this.#made(payment, {
      find: () =>
        provider.findPayment({
          paymentKey,
          paymentRef: payment.providerRef ?? undefined,
          customer: customerRef,
        }),
      make: () =>
        provider.collect({
          paymentKey,
          currency,
          minorUnits: BigInt(payment.amount),
          customer: customerRef,
          paymentMethod: paymentMethodRef,
          description: title,
        }),
    });
    // Nobody is at hand who could authenticate: another means of payment is saved, and collected anew.
    const known =
      state?.status === 'ACTION_REQUIRED'
        ? {
            ...(await provider.cancelPayment({ paymentKey, paymentRef: state.ref })),
            failureCode: needsAction,
          }
        : state;
    if (known) await collection.recordPayment(payment, known);
  }

  async #refund(refund: TakenMovement<'refund'>): Promise<void> {
    const { provider, collection } = this.#options;
    const { paymentRef, currency } = await selectRefundTerms(this.#db, refund);
    const { providerKey: refundKey } = refund;
    const state = await this.#made(refund, {
      find: () => provider.findRefund({ refundKey, refundRef: refund.providerRef ?? undefined, paymentRef }),
      make: () => provider.refund({ refundKey, paymentRef, currency, minorUnits: BigInt(refund.amount) }),
    });
    if (state) await collection.recordRefund(refund, state);
  }

  async #payOut(payout: TakenMovement<'payout'>): Promise<void> {
    const { provider, collection } = this.#options;
    const { currency, destination } = await selectPayoutTerms(this.#db, payout);
    const { providerKey: payoutKey } = payout;
    const state = await this.#made(payout, {
      find: () => provider.findTransfer({ payoutKey, transferRef: payout.providerRef ?? undefined }),
      make: () => provider.transfer({ payoutKey, destination, currency, minorUnits: BigInt(payout.amount) }),
    });
    if (state) await collection.recordPayout(payout, state);
  }

  /**
   * Makes a movement at the provider, or looks it up if the provider was asked before.
   * @returns undefined while nothing is known: the next look is due
   */
  async #made<State extends { readonly ref: string }>(
    movement: TakenMovement<Movement>,
    { find, make }: { readonly find: () => Promise<State | undefined>; readonly make: () => Promise<State> },
  ): Promise<State | Failed | undefined> {
    try {
      const found = movement.wasSubmitted ? await find() : undefined;
      if (found) return found;
    } catch (error) {
      // A refused lookup is no failed movement either: it may have happened, and is reported and looked up again.
      if (error instanceof ProviderUnknownError) return undefined;
      throw error;
    }
    if (!this.#mayMake(movement)) return failed('never_submitted');
    try {
      return await make();
    } catch (error) {
      if (error instanceof ProviderRefusedError) return failed(error.code);
      if (error instanceof ProviderUnknownError) return undefined;
      throw error;
    }
  }
}

/** A movement that the provider has refused, or never heard of. */
interface Failed {
  readonly ref: undefined;
  readonly status: 'FAILED';
  readonly failureCode: string;
}

const failed = (failureCode: string): Failed => ({ ref: undefined, status: 'FAILED', failureCode });
