import type { Tx } from '../db/database.ts';
import type { PruneStep } from '../db/pruning.ts';

/** The log with the earliest `events_since`, if that is longer ago than events are kept. */
interface DueLog {
  readonly articleId: string;
  /** The number of the last event that is too old, among those examined; null: none is. */
  readonly upTo: number | null;
  /**
   * When the first event that remains occurred, as text, so that no microsecond is lost. If none remains: now, since
   * later events are younger. Null if not all events were examined.
   */
  readonly since: string | null;
}

/**
 * Removes the oldest events of one log, and sets `pruned_sequence` in the same transaction: a reader finds at any
 * moment either the events or the fact that they were pruned.
 * @param options `retentionHours`: how long events are kept; `limit`: the most events to remove
 */
export async function pruneEvents(
  tx: Tx,
  at: Date,
  { retentionHours, limit = 500 }: { retentionHours: number; limit?: number },
): Promise<PruneStep> {
  const due = await selectDueLog(tx, at, retentionHours, limit);
  if (!due) return { removed: { article_event: 0 }, more: false };
  const { articleId, upTo, since } = due;
  const events = upTo === null ? 0 : await deleteEvents(tx, articleId, upTo);
  // Last, like every writer's append: the row lock makes other writers wait only from here to the commit.
  await updatePruned(tx, articleId, upTo, since);
  return { removed: { article_event: events }, more: true };
}

/**
 * Finds the log through `events_since`, so that logs without old events cost nothing. Within a log no event is older
 * than the one before, so the events that are too old are its beginning.
 */
async function selectDueLog(
  tx: Tx,
  at: Date,
  retentionHours: number,
  limit: number,
): Promise<DueLog | undefined> {
  const [due] = await tx.query<DueLog>(
    `WITH due AS (
  SELECT article_id, $1::timestamptz - make_interval(hours => $2) AS cutoff FROM article_counter
  WHERE events_since < $1::timestamptz - make_interval(hours => $2) ORDER BY events_since LIMIT 1
)
SELECT d.article_id::text AS "articleId", max(e.sequence) FILTER (WHERE e.occurred_at < d.cutoff) AS "upTo",
  coalesce(min(e.occurred_at) FILTER (WHERE e.occurred_at >= d.cutoff),
    CASE WHEN count(e.sequence) < $3 THEN now() END)::text AS since
FROM due d LEFT JOIN LATERAL (
  SELECT sequence, occurred_at FROM article_event x WHERE x.article_id = d.article_id ORDER BY sequence LIMIT $3
) e ON true
GROUP BY d.article_id`,
    [at, retentionHours, limit],
  );
  return due;
}

async function deleteEvents(tx: Tx, articleId: string, upTo: number): Promise<number> {
  const [row] = await tx.query<{ events: number }>(
    `WITH gone AS (DELETE FROM article_event WHERE article_id = $1 AND sequence <= $2 RETURNING 1)
     SELECT count(*)::int AS events FROM gone`,
    [articleId, upTo],
  );
  return row?.events ?? 0;
}

async function updatePruned(
  tx: Tx,
  articleId: string,
  upTo: number | null,
  since: string | null,
): Promise<void> {
  await tx.query(
    `UPDATE article_counter SET pruned_sequence = greatest(pruned_sequence, $2),
       events_since = coalesce($3::timestamptz, events_since)
     WHERE article_id = $1`,
    [articleId, upTo, since],
  );
}
