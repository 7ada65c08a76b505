import type { Queryable } from '../../../platform/db/database.ts';
import type { Job } from '../../../platform/jobs/job.ts';
import type { Leases } from '../../../platform/jobs/leases.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import { dueErasuresSql, selectDueErasures } from './account.queries.ts';

export interface ErasureJobOptions {
  readonly db: Queryable;
  readonly clock: Clock;
  readonly leases: Leases;
  /** Erases an account if that is due still. */
  readonly erase: (accountId: string) => Promise<void>;
  /** An account could not be erased. */
  readonly onError: (error: unknown) => void;
}

/**
 * Erases the accounts whose owners have asked for it, a day later. Each node looks, and one of them erases an account; if that dies,
 * another one goes on with its next look, and after a pause if one node after the other dies over it.
 */
export const erasureJob = ({ db, clock, leases, erase, onError }: ErasureJobOptions): Job => ({
  name: 'erasures',
  due: dueErasuresSql,
  everyMs: 30_000,
  step: async (signal) => {
    for (const id of await selectDueErasures(db, clock.now())) {
      if (signal.aborted) break;
      await leases.alone({ kind: 'ERASURE', subjectId: id }, () => erase(id)).catch(onError);
    }
    return 'idle';
  },
});
