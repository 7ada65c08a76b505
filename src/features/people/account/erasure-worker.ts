import type { Queryable } from '../../../platform/db/database.ts';
import { RepeatedWork } from '../../../platform/feature/repeated-work.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import type { Leases } from '../../../platform/jobs/leases.ts';
import { selectDueErasures } from './account.queries.ts';

/** How often a node looks for accounts to erase, in milliseconds. */
const intervalMs = 30_000;

export interface ErasureWorkerOptions {
  readonly db: Queryable;
  readonly clock: Clock;
  readonly leases: Leases;
  /** Erases an account if that is due still. */
  readonly erase: (accountId: string) => Promise<void>;
  readonly onError: (error: unknown) => void;
  readonly intervalMs?: number;
}

/**
 * Erases the accounts whose owners have asked for it, a day later. Each node looks, and one of them erases an account; if that dies,
 * another one goes on with its next look, and after a pause if one node after the other dies over it.
 */
export class ErasureWorker extends RepeatedWork {
  readonly #options: ErasureWorkerOptions;

  constructor(options: ErasureWorkerOptions) {
    super(options.intervalMs ?? intervalMs);
    this.#options = options;
  }

  /** Erases all accounts that are due. */
  async run(): Promise<void> {
    const { erase, leases, onError } = this.#options;
    for (const id of await this.#selectDue()) {
      if (this.isStopped) return;
      const erasing = leases.alone({ kind: 'ERASURE', subjectId: id }, () => erase(id));
      await erasing.catch(onError);
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
