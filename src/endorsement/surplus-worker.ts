import type { Queryable } from '../db/database.ts';
import type { Background } from '../feature/feature.ts';
import { selectSurplusLinks } from './endorsement-link.queries.ts';

/** How often a node looks for endorsements to withdraw, in milliseconds. */
const intervalMs = 2_000;

export interface SurplusWorkerOptions {
  readonly db: Queryable;
  readonly withdraw: (hash: Buffer) => Promise<void>;
  readonly onError: (error: unknown) => void;
  readonly intervalMs?: number;
}

/**
 * Withdraws endorsements that are the second ones of their accounts: an account that has endorsed an article itself has proven an
 * address that had endorsed it by mail. Each node looks; two that withdraw one endorsement do what one would.
 */
export class SurplusWorker implements Background {
  readonly #options: SurplusWorkerOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: SurplusWorkerOptions) {
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

  /** Withdraws all that there are now. */
  async run(): Promise<void> {
    const { db, withdraw, onError } = this.#options;
    try {
      for (const { hash } of await selectSurplusLinks(db)) {
        if (this.#isStopped) return;
        await withdraw(hash);
      }
    } catch (error) {
      onError(error);
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
