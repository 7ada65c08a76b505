import type { Tx } from '../db/database.ts';
import type { LogOptions } from './log-options.ts';

/** The log with the earliest `events_since`, if that is longer ago than events are kept. */
export interface DueLog {
  /** Null: there is one log. */
  readonly owner: string | null;
  /** The number of the last event that is too old, among those examined; null: none is. */
  readonly upTo: number | null;
  /**
   * When the first event that remains occurred, as text, so that no microsecond is lost. If none remains: now, since
   * later events are younger. Null if not all events were examined.
   */
  readonly since: string | null;
}

/** SQL that restricts a table to the log of a parameter. */
const ofOwner = ({ owner }: LogOptions, parameter: string): string =>
  owner ? `${owner} = ${parameter}` : `${parameter}::bigint IS NULL`;

/**
 * Finds the log through `events_since`, so that logs without old events cost nothing. Within a log no event is older
 * than the one before, so the events that are too old are its beginning.
 */
export async function selectDueLog(
  tx: Tx,
  log: LogOptions,
  { at, retentionHours, limit }: { at: Date; retentionHours: number; limit: number },
): Promise<DueLog | undefined> {
  const { events, heads, owner, age = 'occurred_at' } = log;
  const [due] = await tx.query<DueLog>(
    `WITH due AS (
  SELECT ${owner ?? 'NULL::bigint'} AS owner, $1::timestamptz - make_interval(hours => $2) AS cutoff FROM ${heads}
  WHERE events_since < $1::timestamptz - make_interval(hours => $2) ORDER BY events_since LIMIT 1
)
SELECT d.owner::text AS owner, (max(e.sequence) FILTER (WHERE e.age < d.cutoff))::float8 AS "upTo",
  coalesce(min(e.age) FILTER (WHERE e.age >= d.cutoff),
    CASE WHEN count(e.sequence) < $3 THEN now() END)::text AS since
FROM due d LEFT JOIN LATERAL (
  SELECT sequence, ${age} AS age FROM ${events} x WHERE ${ofOwner(log, 'd.owner')} ORDER BY sequence LIMIT $3
) e ON true
GROUP BY d.owner, d.cutoff`,
    [at, retentionHours, limit],
  );
  return due;
}

export async function deleteEvents(
  tx: Tx,
  log: LogOptions,
  owner: string | null,
  upTo: number,
): Promise<number> {
  const [row] = await tx.query<{ events: number }>(
    `WITH gone AS (DELETE FROM ${log.events} WHERE ${ofOwner(log, '$1')} AND sequence <= $2 RETURNING 1)
     SELECT count(*)::int AS events FROM gone`,
    [owner, upTo],
  );
  return row?.events ?? 0;
}

export async function updatePruned(tx: Tx, log: LogOptions, { owner, upTo, since }: DueLog): Promise<void> {
  await tx.query(
    `UPDATE ${log.heads} SET pruned_sequence = greatest(pruned_sequence, $2),
       events_since = coalesce($3::timestamptz, events_since)
     WHERE ${ofOwner(log, '$1')}`,
    [owner, upTo, since],
  );
}
