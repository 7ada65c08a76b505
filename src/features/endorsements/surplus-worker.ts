import type { Queryable } from '../../platform/db/database.ts';
import { RepeatedWork } from '../../platform/feature/repeated-work.ts';
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
export class SurplusWorker extends RepeatedWork {
  readonly #options: SurplusWorkerOptions;

  constructor(options: SurplusWorkerOptions) {
    super(options.intervalMs ?? intervalMs);
    this.#options = options;
  }

  /** Withdraws all that there are now. */
  async run(): Promise<void> {
    const { db, withdraw, onError } = this.#options;
    try {
      for (const { hash } of await selectSurplusLinks(db)) {
        if (this.isStopped) return;
        await withdraw(hash);
      }
    } catch (error) {
      onError(error);
    }
  }
}
