import type { Queryable, Tx } from '../db/database.ts';
import type { PruneStep } from '../db/pruning.ts';
import { isGoneSql, leftPauseSql } from './process.queries.ts';
import type { LeasedWork } from './work-lease.entity.ts';

/** Names one piece of work. */
export interface WorkKey {
  readonly kind: LeasedWork;
  readonly subjectId: string;
}

/**
 * Takes work for a process.
 * @returns false: another process has it, or was the second one in a row to leave it, a short while ago
 */
export async function takeWork(
  db: Queryable,
  { kind, subjectId }: WorkKey,
  processId: string,
): Promise<boolean> {
  const rows = await db.query(
    `INSERT INTO work_lease AS w (kind, subject_id, process_id) VALUES ($1, $2, $3)
     ON CONFLICT (kind, subject_id) DO UPDATE SET process_id = excluded.process_id, attempts = w.attempts + 1,
       look_at = clock_timestamp() + ${leftPauseSql('w.attempts + 1')}
     WHERE ${isGoneSql('w.process_id')} AND w.look_at <= clock_timestamp()
     RETURNING 1`,
    [kind, subjectId, processId],
  );
  return rows.length === 1;
}

/** Ends what a process has taken, whatever its outcome. */
export async function releaseWork(
  db: Queryable,
  { kind, subjectId }: WorkKey,
  processId: string,
): Promise<void> {
  await db.query('DELETE FROM work_lease WHERE kind = $1 AND subject_id = $2 AND process_id = $3', [
    kind,
    subjectId,
    processId,
  ]);
}

/** Removes leases whose process was gone when its work had been done: nobody takes them. */
export async function pruneWorkLeases(tx: Tx, at: Date): Promise<PruneStep> {
  const rows = await tx.query(
    `DELETE FROM work_lease w WHERE w.look_at < $1::timestamptz - interval '1 day' AND ${isGoneSql('w.process_id')}
     RETURNING 1`,
    [at],
  );
  return { removed: { work_lease: rows.length }, more: false };
}
