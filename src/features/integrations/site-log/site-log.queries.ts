import type { Queryable, Tx } from '../../../platform/db/database.ts';
import type { PruneStep } from '../../../platform/db/pruning.ts';
import { siteLog } from '../../../platform/events/event-cursor.ts';
import type { ArticleEventRecord } from '../../../platform/events/event.ts';
import type { LogHead, LogPart, LogReader } from '../../../platform/events/log.ts';

/** Columns of an event as JSON; numbers beyond 32 bits are texts. */
const eventJson = `json_build_object('sequence', e.sequence::text, 'articleId', e.article_id::text,
  'articleSequence', e.article_sequence, 'publishes', e.publishes, 'kind', e.kind, 'commentId', e.comment_id::text,
  'vanished', e.vanished, 'endorsementId', e.endorsement_id::text, 'pledgeId', e.pledge_id::text,
  'milestone', e.milestone, 'idempotencyKey', e.idempotency_key)`;

interface SiteEventJson extends Omit<ArticleEventRecord, 'sequence' | 'occurredAt' | 'origin'> {
  readonly sequence: string;
  readonly articleSequence: number;
  readonly publishes: boolean;
}

interface SiteLogRow {
  readonly epoch: string;
  readonly head: string;
  readonly pruned: string;
  /** Null: there are none after the number. */
  readonly event: SiteEventJson | null;
  readonly occurredAt: Date;
}

function toRecord(
  { sequence, articleId, articleSequence, publishes, ...event }: SiteEventJson,
  occurredAt: Date,
): ArticleEventRecord {
  return {
    ...event,
    articleId: siteLog,
    sequence: Number(sequence),
    occurredAt,
    origin: { articleId, sequence: articleSequence, publishes },
  };
}

/**
 * A part of the site's log and its head, at one moment.
 * @param after the number after which events are read; null: none are
 */
export async function selectSiteLogPart(
  db: Queryable,
  after: number | null,
  limit: number,
): Promise<LogPart> {
  const rows = await db.query<SiteLogRow>(
    `SELECT s.epoch, s.sequence::text AS head, s.pruned_sequence::text AS pruned, e.event, e.occurred_at AS "occurredAt"
     FROM (
       SELECT (SELECT epoch FROM event_log) AS epoch, (SELECT sequence FROM site_log) AS sequence,
         (SELECT pruned_sequence FROM site_log) AS pruned_sequence
     ) s LEFT JOIN LATERAL (
       SELECT ${eventJson} AS event, e.occurred_at FROM site_event e
       WHERE e.sequence > $1 AND e.sequence > s.pruned_sequence ORDER BY e.sequence LIMIT $2
     ) e ON true`,
    [after, limit],
  );
  const [first] = rows;
  if (!first) throw new Error('The site has no log');
  const { epoch, head, pruned } = first;
  const events = rows.flatMap(({ event, occurredAt }) => (event ? [toRecord(event, occurredAt)] : []));
  return {
    head: { articleId: siteLog, epoch, sequence: Number(head), prunedSequence: Number(pruned) },
    events: events.sort((a, b) => a.sequence - b.sequence),
  };
}

/**
 * The number of the last event that came into the site's log before a time; that of the last one that was pruned if all that
 * are kept came later. Numbers have no gap and times follow them, so that a binary search reads some dozens of rows.
 */
export async function selectSiteSequenceBefore(db: Queryable, time: Date): Promise<number> {
  const [row] = await db.query<{ low: string }>(
    `WITH RECURSIVE search AS (
       SELECT pruned_sequence AS low, sequence AS high FROM site_log
       UNION ALL
       SELECT CASE WHEN e.added_at < $1 THEN e.sequence ELSE s.low END,
         CASE WHEN e.added_at < $1 THEN s.high ELSE e.sequence - 1 END
       FROM search s JOIN site_event e ON e.sequence = (s.low + s.high + 1) / 2 WHERE s.low < s.high
     )
     SELECT low::text AS low FROM search ORDER BY high - low LIMIT 1`,
    [time],
  );
  return Number(row?.low ?? 0);
}

async function selectSiteHeads(db: Queryable): Promise<LogHead[]> {
  return [(await selectSiteLogPart(db, null, 0)).head];
}

async function selectSiteEvents(
  db: Queryable,
  _key: string,
  after: number,
  limit: number,
): Promise<ArticleEventRecord[]> {
  return [...(await selectSiteLogPart(db, after, limit)).events];
}

/** The site's log as streams read it. */
export const siteLogs: LogReader = {
  selectHeads: selectSiteHeads,
  selectEvents: selectSiteEvents,
  maxRenderingMs: 200,
  groupsPerOwn: 50,
};

/**
 * Removes the oldest events of the site's log, and moves `pruned_sequence` in the same transaction.
 * @param options `retentionHours`: how long events are kept; `limit`: the most events to remove
 */
export async function pruneSiteEvents(
  tx: Tx,
  at: Date,
  { retentionHours, limit = 500 }: { retentionHours: number; limit?: number },
): Promise<PruneStep> {
  const [row] = await tx.query<{ removed: number }>(
    `WITH due AS (
  SELECT max(sequence) AS up_to
  FROM (SELECT sequence, added_at FROM site_event ORDER BY sequence LIMIT $3) oldest
  WHERE added_at < $1::timestamptz - make_interval(hours => $2)
), gone AS (
  DELETE FROM site_event WHERE sequence <= (SELECT up_to FROM due) RETURNING 1
), moved AS (
  UPDATE site_log SET pruned_sequence = greatest(pruned_sequence, (SELECT up_to FROM due))
  WHERE (SELECT up_to FROM due) IS NOT NULL
)
SELECT count(*)::int AS removed FROM gone`,
    [at, retentionHours, limit],
  );
  const removed = row?.removed ?? 0;
  return { removed: { site_event: removed }, more: removed === limit };
}
