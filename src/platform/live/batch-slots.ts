import { setTimeout as sleep } from 'node:timers/promises';
import { BusyError, type Claim, Shares } from '../fairness/shares.ts';

/** Batches of events that are rendered at once, of all clients and of one client. */
const atOnce = 256;
const perClient = 4;
/** Batches that may wait, of one client and of all; far more than there are selections. */
const maxWaitingPerClient = 10_000;
const maxWaiting = 100_000;
/** Time after which a waiting batch is refused, so that its client reconnects later, in milliseconds. */
const waitMs = 30_000;
const reason = 'There are too many events to show';

/**
 * Bytes of texts, and bytes that are read, after which a client's next batch is delayed by a second. Small batches are
 * not counted.
 */
const textBytesPerSecond = 4 * 1024 * 1024;
const readBytesPerSecond = 8 * 1024 * 1024;
const leastRestMs = 10;
/**
 * The longest delay after one batch, in milliseconds: an event above the size limit is replaced by a note, and is no
 * reason for a longer delay.
 */
const mostRestMs = 500;

/**
 * Limits how many batches of events are executed at once, for all clients and for each. The rows of a batch stay in
 * memory until its last event is written.
 */
export class BatchSlots {
  readonly #shares = new Shares<'batch'>({
    size: atOnce,
    lanes: { batch: { reserved: 0, max: atOnce, perClient, isForPeople: false } },
    maxWaitingPerClient,
    maxWaiting,
    waitMs,
    reason,
  });

  /** End of each client's delay, by `performance.now()`. */
  readonly #rests = new Map<string, number>();

  /**
   * The client with the least load: batches under way or waiting, and a delay. The first client without any load, if
   * there is one.
   */
  leastBusy(clients: Iterable<string>): string | undefined {
    let least: { readonly client: string; readonly load: number } | undefined;
    for (const client of clients) {
      const load =
        this.#shares.claims({ lane: 'batch', client }) + (this.#restOf(client) > 0 ? perClient : 0);
      if (load < (least?.load ?? Infinity)) least = { client, load };
      if (load === 0) break;
    }
    return least?.client;
  }

  /**
   * Takes a slot, after the client's delay.
   * @param until the end of the wait, by `performance.now()`
   * @returns a function that returns the slot; a promise rejects with BusyError after too long
   */
  enter(client: string, until = performance.now() + waitMs): (() => void) | Promise<() => void> {
    if (this.#restOf(client) > 0) return this.#enterLater(client, until);
    const claim: Claim<'batch'> = { lane: 'batch', client };
    const release = (): void => this.#shares.release(claim);
    const granted = this.#shares.take(claim);
    if (!granted) return release;
    return granted.then(() => {
      // A batch that ended meanwhile may have been large.
      if (this.#restOf(client) <= 0) return release;
      release();
      return this.#enterLater(client, until);
    });
  }

  async #enterLater(client: string, until: number): Promise<() => void> {
    if (performance.now() > until) throw new BusyError(`${reason}: try again.`, 1);
    await sleep(this.#restOf(client), undefined, { ref: false });
    return this.enter(client, until);
  }

  /** Counts the size of a batch: large batches delay the client's next ones, in favour of others. */
  count(
    client: string,
    { textBytes, readBytes }: { readonly textBytes: number; readonly readBytes: number },
  ): void {
    const seconds = textBytes / textBytesPerSecond + readBytes / readBytesPerSecond;
    const ms = Math.min(1000 * seconds, mostRestMs);
    if (ms < leastRestMs) return;
    const now = performance.now();
    for (const [each, until] of this.#rests) if (until <= now) this.#rests.delete(each);
    const until = Math.max(now, this.#rests.get(client) ?? 0) + ms;
    // At most the delay of all the batches that a client may have at once.
    this.#rests.set(client, Math.min(until, now + perClient * mostRestMs));
  }

  #restOf(client: string): number {
    return (this.#rests.get(client) ?? 0) - performance.now();
  }
}
