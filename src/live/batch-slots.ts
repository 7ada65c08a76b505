import { type Claim, Shares } from '../db/shares.ts';

/** Batches of events that are made at once, and those of one client. */
const atOnce = 256;
const perClient = 2;
/** Batches that may wait, of one client and of all; far more than there are selections. */
const maxWaitingPerClient = 10_000;
const maxWaiting = 100_000;
/** Whoever waits for longer is told to come back, in milliseconds. */
const waitMs = 30_000;

/**
 * Who may make events ready now. What is read for a batch is held until it is made, and what many clients have selected, each
 * something else, is made a few batches at a time.
 */
export class BatchSlots {
  readonly #shares = new Shares<'batch'>({
    size: atOnce,
    lanes: { batch: { reserved: 0, max: atOnce, perClient, isForPeople: false } },
    maxWaitingPerClient,
    maxWaiting,
    waitMs,
    reason: 'There are too many events to show',
  });

  /** @throws DatabaseBusyError where it waited for too long */
  async run<T>(client: string, work: () => Promise<T>): Promise<T> {
    const claim: Claim<'batch'> = { lane: 'batch', client };
    const waits = this.#shares.take(claim);
    if (waits) await waits;
    try {
      return await work();
    } finally {
      this.#shares.release(claim);
    }
  }
}
