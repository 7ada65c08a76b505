import { RequestError } from '../errors/errors.ts';

export interface FairQueueOptions {
  /** Pieces of work that run at once. */
  readonly atOnce: number;
  /** Most pieces of work that wait. */
  readonly maxWaiting: number;
  /** Longest wait, in milliseconds. */
  readonly maxWaitMs: number;
  /** The reason of a refusal, for people: a sentence without its full stop. */
  readonly busy: string;
  /**
   * Waits until the node may do one more, of which this process is a part; returns what is called after the work.
   * Absent: this process is the whole node.
   */
  readonly permit?: (() => Promise<() => void>) | undefined;
}

/** A waiting piece of work. */
interface Waiting {
  readonly start: () => void;
  readonly refuse: () => void;
}

/**
 * Does a few pieces of expensive work at a time. Clients are served round-robin, and when the queue is full, the last
 * entry of the longest queue is refused, so that a client with many requests delays only itself.
 */
export class FairQueue {
  readonly #atOnce: number;
  readonly #maxWaiting: number;
  readonly #maxWaitMs: number;
  readonly #busy: string;
  readonly #permit: FairQueueOptions['permit'];
  /** Queues by client, the next client to be served first. No queue is empty. */
  readonly #lines = new Map<string, Waiting[]>();
  #waiting = 0;
  #running = 0;

  constructor(options: FairQueueOptions) {
    this.#atOnce = options.atOnce;
    this.#maxWaiting = options.maxWaiting;
    this.#maxWaitMs = options.maxWaitMs;
    this.#busy = options.busy;
    this.#permit = options.permit;
  }

  /** Number of waiting pieces of work. */
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
    return new RequestError('RATE_LIMITED', `${this.#busy}: try again in ${retryAfterSeconds} s.`, {
      retryAfterSeconds,
    });
  }
}
