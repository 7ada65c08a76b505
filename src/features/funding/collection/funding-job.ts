import { randomUUID } from 'node:crypto';
import type { Database, Queryable } from '../../../platform/db/database.ts';
import type { Backlog, Job } from '../../../platform/jobs/job.ts';
import type { Leases } from '../../../platform/jobs/leases.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import {
  selectOverdueCampaigns,
  selectReachedMilestones,
  selectToUnlock,
} from '../campaign/campaign.queries.ts';
import type { MoneyRecorder } from './money-recorder.ts';
import { FundingSlots } from './funding-slots.ts';
import {
  dueWorkSql,
  releaseLease,
  selectWork,
  takeLease,
  takeProviderEvents,
  updateEventProcessed,
  type WorkAtHand,
} from './funding-work.queries.ts';
import { MoneyMover } from './money-mover.ts';
import {
  hastenMovement,
  insertPayments,
  type Movement,
  type MovementKey,
  type TakenMovement,
  takeMovements,
} from '../campaign/movement.queries.ts';
import { hastenSetUp, takeSetUps } from '../campaign/pledge.queries.ts';
import type { PledgeService } from '../pledge/pledge.service.ts';
import type { Provider, ProviderEvent } from '../../../platform/payments/provider.ts';
import type { UnlockService } from '../campaign/unlock.service.ts';

/** Most rows of one kind that one run takes, each for one call to the provider or one transaction. */
const batch = 50;

/** Calls of one kind to the provider that are under way at the same time. */
const callsAtOnce = 4;

/** Time for which a run has the work to itself while its process lives, in seconds, and at least three looks. */
const leaseSeconds = 30;
const defaultPatienceMs = 3000;

/** What is taken a batch at a time, put off first, so that whatever fails does not come up again at once. */
type TakenKind = 'notices' | 'setUps' | Movement;
type Kind = TakenKind | 'overdue' | 'settle' | 'unlock';

export interface FundingJobOptions extends Pick<Job, 'everyMs'> {
  readonly db: Database;
  readonly clock: Clock;
  readonly leases: Leases;
  readonly provider: Provider;
  readonly pledges: PledgeService;
  readonly recorder: MoneyRecorder;
  readonly unlocks: UnlockService;
  /** Time without progress after which a run leaves hanging calls alone. Default: 3000. */
  readonly patienceMs?: number;
  /** One piece of work failed; it is tried again. */
  readonly onError: (error: unknown) => void;
}

/**
 * Does the work on money that no request waits for: collects, looks up, ends, settles, unlocks, for campaigns in the
 * provider's mode. One node at a time does it, under a lease, which it has only while there is something to do. Each piece of
 * work is a row, and each step may be repeated, so that a node that dies at any point is followed by another.
 */
export class FundingJob implements Job {
  readonly name = 'money';
  readonly due: string;
  readonly everyMs: number;
  readonly #options: FundingJobOptions;
  readonly #holder = randomUUID();
  #signal = new AbortController().signal;
  /** Whether the last run took as much of a kind as it may. */
  #hasMore = false;
  #hasLease = false;
  readonly #slots = new Map<Kind, FundingSlots>();
  readonly #mover: MoneyMover;

  constructor(options: FundingJobOptions) {
    this.#options = options;
    this.due = dueWorkSql(options.provider.testMode);
    this.everyMs = options.everyMs;
    this.#mover = new MoneyMover({ ...options, db: this.#db });
  }

  readonly step = async (signal: AbortSignal): Promise<'more' | 'idle'> => {
    this.#signal = signal;
    await this.run();
    // A site with much to do does not wait after every batch.
    return this.#hasMore ? 'more' : 'idle';
  };

  /** Calls that hang: while there are some, this process keeps the lease. */
  readonly backlog = (): Backlog => ({ waiting: this.#underWay, oldestSeconds: 0 });

  /** Resolves once the work under way is done, and the lease is free. */
  readonly end = async (): Promise<void> => {
    await Promise.all([...this.#slots.values()].map((slots) => slots.end()));
    await this.#release();
  };

  /**
   * Does what there is to do now. A call to the provider that hangs is left alone after a while: it keeps its slot, and the
   * rest goes on.
   * @returns false if there is something to do, and another node holds the lease
   */
  async run(): Promise<boolean> {
    this.#hasMore = false;
    const { clock, provider, leases } = this.#options;
    const work = await selectWork(this.#db, provider.testMode, clock.now());
    const isWanted = Object.values(work).some(Boolean) || this.#underWay > 0;
    if (!isWanted && !this.#hasLease) return true;
    return leases.during(async () => {
      if (isWanted && !(await this.#takeLease())) return false;
      await this.#work(work);
      if (this.#underWay === 0) await this.#release();
      return true;
    });
  }

  /** Calls that go on, also those of an earlier run that hang. */
  get #underWay(): number {
    return [...this.#slots.values()].reduce((sum, slots) => sum + slots.underWay, 0);
  }

  async #takeLease(): Promise<boolean> {
    const { leases, everyMs } = this.#options;
    this.#hasLease = await takeLease(this.#db, {
      holder: this.#holder,
      processId: leases.processId,
      seconds: Math.max(leaseSeconds, (3 * everyMs) / 1000),
    });
    return this.#hasLease;
  }

  async #release(): Promise<void> {
    this.#hasLease = false;
    await releaseLease(this.#db, this.#holder);
  }

  async #work(first: WorkAtHand): Promise<void> {
    const [db, mover] = [this.#db, this.#mover];
    const { clock, recorder, unlocks, provider } = this.#options;
    const { testMode } = provider;
    if (first.notices)
      await this.#take(
        'notices',
        takeProviderEvents,
        ({ id }) => id,
        (one) => this.#notice(one),
      );
    if (first.setUps || first.notices) await this.#findSetUps();
    // What was found may have reached a milestone.
    const work = first.setUps || first.notices ? await selectWork(db, testMode, clock.now()) : first;
    if (work.overdue)
      await this.#each('overdue', await selectOverdueCampaigns(db, clock.now(), batch), String, (articleId) =>
        recorder.end(articleId),
      );
    if (work.due) await insertPayments(db, testMode, clock.now(), batch);
    if (work.due || work.payments) await this.#move('payment', (one) => mover.pay(one));
    if (work.refunds) await this.#move('refund', (one) => mover.refund(one));
    if (work.payouts) await this.#move('payout', (one) => mover.payOut(one));
    if (work.reached)
      await this.#each('settle', await selectReachedMilestones(db, testMode, batch), JSON.stringify, (one) =>
        recorder.settle(one),
      );
    if (work.unlocks)
      await this.#each('unlock', await selectToUnlock(db, testMode, batch), JSON.stringify, (one) =>
        unlocks.unlock(one),
      );
  }

  get #db() {
    return this.#options.db.forNode('funding');
  }

  #slotsOf(kind: Kind): FundingSlots {
    const { onError, patienceMs = defaultPatienceMs } = this.#options;
    const slots = this.#slots.get(kind) ?? new FundingSlots({ atOnce: callsAtOnce, patienceMs, onError });
    this.#slots.set(kind, slots);
    return slots;
  }

  async #each<Item>(
    kind: Kind,
    items: readonly Item[],
    keyOf: (item: Item) => string,
    step: (item: Item) => Promise<unknown>,
  ): Promise<void> {
    const { leases } = this.#options;
    // A call that hangs keeps the lease for longer than its run.
    await this.#slotsOf(kind).run(items, keyOf, (item) => leases.during(() => step(item)), this.#signal);
  }

  /** Takes a batch of rows whose time has come, unless all calls of their kind hang. */
  async #take<Item>(
    kind: TakenKind,
    take: (db: Queryable, now: Date, limit: number) => Promise<Item[]>,
    keyOf: (item: Item) => string,
    step: (item: Item) => Promise<unknown>,
  ): Promise<void> {
    if (this.#signal.aborted || this.#slotsOf(kind).isFull) return;
    const items = await take(this.#db, this.#options.clock.now(), batch);
    if (items.length === batch) this.#hasMore = true;
    await this.#each(kind, items, keyOf, step);
  }

  async #notice({ id, kind, objectRef, testMode }: ProviderEvent): Promise<void> {
    const { provider, recorder, clock } = this.#options;
    const db = this.#db;
    const now = clock.now();
    if (testMode === provider.testMode) {
      if (kind === 'SETUP') await hastenSetUp(db, objectRef, now);
      if (kind === 'PAYMENT') await hastenMovement(db, 'payment', objectRef, now);
      if (kind === 'REFUND') await hastenMovement(db, 'refund', objectRef, now);
      if (kind === 'TRANSFER') await hastenMovement(db, 'payout', objectRef, now);
      const dispute = kind === 'DISPUTE' ? await provider.findDispute(objectRef) : undefined;
      if (dispute && !(await recorder.recordDispute(dispute)))
        throw new Error(`The payment of dispute ${dispute.ref} is not recorded yet`);
    }
    await updateEventProcessed(db, id);
  }

  async #findSetUps(): Promise<void> {
    const { provider, pledges } = this.#options;
    const take = (db: Queryable, now: Date, limit: number) => takeSetUps(db, provider.testMode, now, limit);
    await this.#take('setUps', take, keyText, async (taken) => {
      // Without a page of the provider, its time is over now.
      const found =
        taken.setUpRef === null ? ({ status: 'EXPIRED' } as const) : await provider.findSetUp(taken.setUpRef);
      if (found.status === 'COMPLETE') return pledges.complete(taken, found);
      if (found.status === 'EXPIRED') return pledges.expire(taken);
    });
  }

  #move<Of extends Movement>(table: Of, step: (one: TakenMovement<Of>) => Promise<void>): Promise<void> {
    const { testMode } = this.#options.provider;
    return this.#take(
      table,
      (db, now, limit) => takeMovements(db, table, testMode, now, limit),
      keyText,
      step,
    );
  }
}

const keyText = ({ articleId, id }: MovementKey): string => `${articleId}:${id}`;
