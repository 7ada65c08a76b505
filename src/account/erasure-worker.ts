import type { Queryable } from '../db/database.ts';
import { Refusal } from '../errors/errors.ts';
import { RepeatedWork } from '../feature/repeated-work.ts';
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
export class ErasureWorker extends RepeatedWork {
  readonly #options: ErasureWorkerOptions;

  constructor(options: ErasureWorkerOptions) {
    super(options.intervalMs ?? intervalMs);
    this.#options = options;
  }

  /** Erases all accounts that are due. */
  async run(): Promise<void> {
    const { erase, onError } = this.#options;
    for (const email of await this.#selectDue()) {
      if (this.isStopped) return;
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
}
