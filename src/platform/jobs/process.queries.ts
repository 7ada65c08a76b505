import type { Queryable, Tx } from '../db/database.ts';
import type { PruneStep } from '../db/pruning.ts';

/** SQL of whether the process of a lease is gone. @param processId a column; null: the lease ends by its time alone */
export const isGoneSql = (processId: string): string =>
  `(${processId} IS NOT NULL
    AND NOT EXISTS (SELECT FROM process p WHERE p.id = ${processId} AND p.alive_until > clock_timestamp()))`;

/**
 * SQL of the pause before work is taken again that two processes in a row have left: it may be what ends them. What one has left is
 * taken at once. From half a minute to 17 hours, so that work that is given up after three days has ended a dozen processes by then.
 * @param attempts SQL of how often the work was taken, at least twice
 */
export const leftPauseSql = (attempts: string): string =>
  `(interval '30 seconds' * power(2, least(${attempts}, 13) - 2))`;

/** Lets a process count as alive for some time from now on. */
export async function updateAlive(db: Queryable, processId: string, milliseconds: number): Promise<void> {
  await db.query(
    `INSERT INTO process (id, alive_until) VALUES ($1, clock_timestamp() + $2 * interval '1 millisecond')
     ON CONFLICT (id) DO UPDATE SET alive_until = excluded.alive_until`,
    [processId, milliseconds],
  );
}

/** Most processes that one step of pruning removes. */
const pruneBatch = 500;

/** Removes processes that are gone: a process without a row counts as gone. */
export async function pruneProcesses(tx: Tx, at: Date): Promise<PruneStep> {
  const rows = await tx.query(
    `DELETE FROM process WHERE id IN (
       SELECT id FROM process WHERE alive_until < $1::timestamptz - interval '1 hour' LIMIT $2 FOR UPDATE SKIP LOCKED)
     RETURNING 1`,
    [at, pruneBatch],
  );
  return { removed: { process: rows.length }, more: rows.length === pruneBatch };
}
