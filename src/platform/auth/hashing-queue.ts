import { availableParallelism } from 'node:os';
import { expensiveWork, type Shares } from '../fairness/shares.ts';

export interface HashingLimits {
  /** Hashes computed at once; undefined: by the number of processor cores. */
  readonly atOnce: number | undefined;
  /** Most hashes that wait. */
  readonly maxWaiting: number;
  /** Longest wait, in milliseconds. */
  readonly maxWaitMs: number;
  /**
   * Waits until the node may compute one more, of which this process is a part; returns what is called afterwards.
   * Absent: this process is the whole node.
   */
  readonly permit?: (() => Promise<() => void>) | undefined;
}

/**
 * Never all processor cores, and at most two of libuv's four threads, which file access, name look-ups and compression
 * need as well.
 */
const defaultAtOnce = (): number => Math.max(1, Math.min(2, availableParallelism() - 1));

/**
 * Computes a few password hashes at a time. A hash takes 19 MiB and a core for tens of milliseconds: unbounded, the
 * hashes of a few clients would occupy the thread pool and the processor.
 */
export class HashingQueue {
  readonly #shares: Shares<'hash'>;
  readonly #permit: HashingLimits['permit'];

  constructor({ atOnce = defaultAtOnce(), maxWaiting, maxWaitMs, permit }: HashingLimits) {
    this.#shares = expensiveWork({
      lane: 'hash',
      atOnce,
      maxWaiting,
      maxWaitMs,
      busy: 'Too many passwords are being checked',
    });
    this.#permit = permit;
  }

  /** Number of hashes that wait. */
  get waiting(): number {
    return this.#shares.waiting('hash');
  }

  /**
   * @param client the client in whose queue the work waits: an address
   * @throws RequestError RATE_LIMITED, before the work has begun, when too many wait or it has waited too long
   */
  run<T>(client: string, work: () => Promise<T>): Promise<T> {
    return this.#shares.run({ lane: 'hash', client }, async () => {
      const giveBack = this.#permit && (await this.#permit());
      try {
        return await work();
      } finally {
        giveBack?.();
      }
    });
  }
}
