import { availableParallelism } from 'node:os';
import { RequestError } from '../errors/errors.ts';

export interface HashingLimits {
  /** Hashes computed at once; undefined: by the number of processor cores. */
  readonly atOnce: number | undefined;
  /** Most hashes that wait in the queue. */
  readonly maxWaiting: number;
  /** Longest wait in the queue, in milliseconds. */
  readonly maxWaitMs: number;
  /**
   * Waits until the node may compute one more, of which this process is a part; returns what is called after the hash.
   * Absent: this process is the whole node.
   */
  readonly permit?: (() => Promise<() => void>) | undefined;
}

/** A waiting hash. */
interface Waiting {
  readonly start: () => void;
  readonly refuse: () => void;
}

/**
 * Never all processor cores, and at most two of libuv's four threads, which file access, name look-ups and compression
 * need as well.
 */
const defaultAtOnce = (): number => Math.max(1, Math.min(2, availableParallelism() - 1));

/**
 * Computes a few password hashes at a time. A hash takes 19 MiB and a core for tens of milliseconds: unbounded, the
 * hashes of a few clients would occupy the thread pool and the processor. Clients are served round-robin, and when the
 * queue is full, the last entry of the longest queue is refused, so that a client with many attempts delays only
 * itself.
 */
export class HashingQueue {
  readonly #atOnce: number;
  readonly #maxWaiting: number;
  readonly #maxWaitMs: number;
  readonly #permit: HashingLimits['permit'];
  /** Queues by client, the next client to be served first. No queue is empty. */
  readonly #lines = new Map<string, Waiting[]>();
  #waiting = 0;
  #running = 0;

  constructor(limits: HashingLimits) {
    this.#atOnce = limits.atOnce ?? defaultAtOnce();
    this.#maxWaiting = limits.maxWaiting;
    this.#maxWaitMs = limits.maxWaitMs;
    this.#permit = limits.permit;
  }

  /** Number of waiting hashes. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * @param client the client in whose queue the work waits: an address
   * @throws RequestError RATE_LIMITED, before the work has begun, when too many wait or it has waited too long
   */
  async run<T>(client: string, work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#atOnce) await this.#turn(client);
    else this.#running += 1;
    let giveBack: (() => void) | undefined;
    try {
      if (this.#permit) giveBack = await this.#permit();
      return await work();
    } finally {
      giveBack?.();
      // The slot passes to the next entry directly, so that no newcomer can take it in between.
      if (!this.#startNext()) this.#running -= 1;
    }
  }

  #turn(client: string): Promise<void> {
    if (this.#waiting >= this.#maxWaiting && !this.#makeRoom(client)) return Promise.reject(this.#refusal());
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#remove(client, entry);
        entry.refuse();
      }, this.#maxWaitMs);
      const entry: Waiting = {
        start: () => {
          clearTimeout(timer);
          resolve();
        },
        refuse: () => {
          clearTimeout(timer);
          reject(this.#refusal());
        },
      };
      const line = this.#lines.get(client);
      if (line) line.push(entry);
      else this.#lines.set(client, [entry]);
      this.#waiting += 1;
    });
  }

  /** @returns false when no other queue is longer than the client's own would be */
  #makeRoom(client: string): boolean {
    const own = this.#lines.get(client)?.length ?? 0;
    const [longest, line] = [...this.#lines].reduce(
      (one, other) => (other[1].length > one[1].length ? other : one),
      ['', [] as Waiting[]],
    );
    const last = line.at(-1);
    if (!last || line.length <= own + 1) return false;
    this.#remove(longest, last);
    last.refuse();
    return true;
  }

  #startNext(): boolean {
    const [next] = this.#lines;
    if (!next) return false;
    const [client, line] = next;
    const [entry] = line;
    if (!entry) return false;
    this.#remove(client, entry);
    // A client with further entries moves behind all other clients.
    if (this.#lines.delete(client)) this.#lines.set(client, line);
    entry.start();
    return true;
  }

  #remove(client: string, entry: Waiting): void {
    const line = this.#lines.get(client);
    if (!line) return;
    line.splice(line.indexOf(entry), 1);
    this.#waiting -= 1;
    if (line.length === 0) this.#lines.delete(client);
  }

  #refusal(): RequestError {
    // By then, all entries that wait now have been served or refused.
    const retryAfterSeconds = Math.ceil(this.#maxWaitMs / 1000);
    return new RequestError(
      'RATE_LIMITED',
      `Too many passwords are being checked: try again in ${retryAfterSeconds} s.`,
      { retryAfterSeconds },
    );
  }
}
