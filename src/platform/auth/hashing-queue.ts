import { availableParallelism } from 'node:os';
import { FairQueue, type FairQueueOptions } from './fair-queue.ts';

export interface HashingLimits extends Omit<FairQueueOptions, 'atOnce' | 'busy'> {
  /** Hashes computed at once; undefined: by the number of processor cores. */
  readonly atOnce: number | undefined;
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
export class HashingQueue extends FairQueue {
  constructor(limits: HashingLimits) {
    super({
      ...limits,
      atOnce: limits.atOnce ?? defaultAtOnce(),
      busy: 'Too many passwords are being checked',
    });
  }
}
