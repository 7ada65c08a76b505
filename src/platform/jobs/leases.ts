import { randomUUID } from 'node:crypto';
import type { Queryable } from '../db/database.ts';
import { updateAlive } from './process.queries.ts';
import { releaseWork, takeWork, type WorkKey } from './work-lease.queries.ts';

/** Time between two heartbeats, and time for which one lets a process count as alive, in milliseconds. */
const beatMs = 1000;
const aliveMs = 3000;

/** Whether what was taken is still this process's alone. */
export type IsHeld = () => boolean;

export interface LeasesOptions {
  readonly db: Queryable;
  /** A heartbeat failed; the next one follows. */
  readonly onError: (error: unknown) => void;
}

/**
 * What this process has taken for itself: deliveries of webhooks, mails, the work on money, erasures. A row that is taken names the
 * process (`process_id`) and a time at which the lease ends in any case. While the process holds something, a heartbeat each
 * second says that it lives (`process.alive_until`); a process that holds nothing asks nothing. Three seconds after the last
 * heartbeat its leases are free (`isGoneSql`), and whoever looks next takes them.
 *
 * All times are the database's, except for `isHeld`: it counts from before the last heartbeat was sent, by a clock that only
 * goes forward, is false before the leases are free, and stays false for what was taken before a gap between two heartbeats. A
 * process that stood still asks it before it sends anything, and ends only what still has the mark of its own attempt.
 * Rows instead of session locks, because a pooler shares sessions.
 */
export class Leases {
  /** Names this process in what it takes. */
  readonly processId = randomUUID();
  #held = 0;
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> | undefined;
  /** `performance.now()` before the last heartbeat that succeeded. */
  #beatenAt = -Infinity;
  /** Grows whenever the leases may have been free for a moment. */
  #life = 0;

  constructor(private readonly options: LeasesOptions) {}

  /**
   * Keeps what this process has taken, or takes in `work`, until the work is over.
   * @param work `isHeld`: whether nobody else can have taken what was taken since the work began
   */
  async during<T>(work: (isHeld: IsHeld) => Promise<T>): Promise<T> {
    this.#held += 1;
    try {
      if (performance.now() >= this.#beatenAt + beatMs) await this.#beat();
      this.#timer ??= setInterval(() => void this.#beat().catch(this.options.onError), beatMs);
      const life = this.#life;
      return await work(() => life === this.#life && performance.now() < this.#beatenAt + aliveMs);
    } finally {
      this.#held -= 1;
      if (this.#held === 0) {
        clearInterval(this.#timer);
        this.#timer = undefined;
      }
    }
  }

  /**
   * Does work that no other process does meanwhile, unless this one stands still for seconds.
   * @returns false: nothing was done, because another process does it
   */
  alone(key: WorkKey, work: () => Promise<void>): Promise<boolean> {
    const { db } = this.options;
    return this.during(async () => {
      if (!(await takeWork(db, key, this.processId))) return false;
      try {
        await work();
      } finally {
        await releaseWork(db, key, this.processId);
      }
      return true;
    });
  }

  #beat(): Promise<void> {
    this.#beating ??= this.#write().finally(() => (this.#beating = undefined));
    return this.#beating;
  }

  async #write(): Promise<void> {
    const begun = performance.now();
    await updateAlive(this.options.db, this.processId, aliveMs);
    if (performance.now() >= this.#beatenAt + aliveMs) this.#life += 1;
    this.#beatenAt = begun;
  }
}
