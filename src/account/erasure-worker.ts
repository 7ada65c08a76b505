import type { Queryable } from '../db/database.ts';
import { Refusal } from '../errors/errors.ts';
import type { Background } from '../feature/feature.ts';
import type { Clock } from '../time/clock.ts';
import { selectDueErasures } from './account.queries.ts';

/** How often a node looks for accounts to erase, in milliseconds. */
const intervalMs = 30_000;

export interface ErasureWorkerOptions {
  readonly db: Queryable;
  readonly clock: Clock;
  readonly erase: (email: string) => Promise<void>;
  readonly onError: (error: unknown) => void;
  readonly intervalMs?: number;
}

/**
 * Erases the accounts whose owners have asked for it, a day later. Each node looks; two that erase one account at the same
 * time do what one would.
 */
export class ErasureWorker implements Background {
  readonly #options: ErasureWorkerOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: ErasureWorkerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#wait();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Erases all accounts that are due. */
  async run(): Promise<void> {
    const { erase, onError } = this.#options;
    for (const email of await this.#selectDue()) {
      if (this.#isStopped) return;
      await erase(email).catch((error: unknown) => {
        // Another node was faster.
        if (!(error instanceof Refusal)) onError(error);
      });
    }
  }

  async #selectDue(): Promise<string[]> {
    const { db, clock, onError } = this.#options;
    try {
      return await selectDueErasures(db, clock.now());
    } catch (error) {
      onError(error);
      return [];
    }
  }

  #wait(): void {
    this.#timer = setTimeout(() => {
      this.#running = this.run().finally(() => {
        if (!this.#isStopped) this.#wait();
      });
    }, this.#options.intervalMs ?? intervalMs);
  }
}
