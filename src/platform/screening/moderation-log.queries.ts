import type { Queryable, Tx } from '../db/database.ts';
import type { PruneStep } from '../db/pruning.ts';
import { moderationLogKey } from '../events/event-cursor.ts';
import type { ArticleEventRecord } from '../events/event.ts';
import type { LogHead, LogPart, LogReader } from '../events/log.ts';
import type { ModerationActorKind, ModerationEventKind, ModerationReason } from './moderation-event-kinds.ts';

interface ModerationLogRow {
  readonly epoch: string;
  readonly head: string;
  readonly pruned: string;
  /** Null: there are none after the number. */
  readonly sequence: string | null;
  readonly occurredAt: Date;
}

const toRecord = (sequence: string, occurredAt: Date): ArticleEventRecord => ({
  articleId: moderationLogKey,
  sequence: Number(sequence),
  kind: 'MODERATION_EVENT',
  commentId: null,
  vanished: false,
  endorsementId: null,
  pledgeId: null,
  milestone: null,
  idempotencyKey: null,
  occurredAt,
});

/**
 * A part of the log of moderation and its head, at one moment: only that events are there.
 * @param after the number after which events are read; null: none are
 */
export async function selectModerationLogPart(
  db: Queryable,
  after: number | null,
  limit: number,
): Promise<LogPart> {
  const rows = await db.query<ModerationLogRow>(
    `SELECT s.epoch, s.sequence::text AS head, s.pruned_sequence::text AS pruned, e.sequence::text AS sequence,
       e.occurred_at AS "occurredAt"
     FROM (
       SELECT (SELECT epoch FROM event_log) AS epoch, (SELECT sequence FROM moderation_log) AS sequence,
         (SELECT pruned_sequence FROM moderation_log) AS pruned_sequence
     ) s LEFT JOIN LATERAL (
       SELECT e.sequence, e.occurred_at FROM moderation_event e
       WHERE e.sequence > $1 AND e.sequence > s.pruned_sequence ORDER BY e.sequence LIMIT $2
     ) e ON true`,
    [after, limit],
  );
  const [first] = rows;
  if (!first) throw new Error('There is no log of moderation');
  const { epoch, head, pruned } = first;
  const events = rows.flatMap(({ sequence, occurredAt }) =>
    sequence === null ? [] : [toRecord(sequence, occurredAt)],
  );
  return {
    head: { articleId: moderationLogKey, epoch, sequence: Number(head), prunedSequence: Number(pruned) },
    events: events.sort((a, b) => a.sequence - b.sequence),
  };
}

/**
 * The number of the last event of moderation before a time; that of the last one that was pruned if all that are kept came later. As
 * `selectSiteSequenceBefore`: numbers have no gap, and times follow them.
 */
export async function selectModerationSequenceBefore(db: Queryable, time: Date): Promise<number> {
  const [row] = await db.query<{ low: string }>(
    `WITH RECURSIVE search AS (
       SELECT pruned_sequence AS low, sequence AS high FROM moderation_log
       UNION ALL
       SELECT CASE WHEN e.occurred_at < $1 THEN e.sequence ELSE s.low END,
         CASE WHEN e.occurred_at < $1 THEN s.high ELSE e.sequence - 1 END
       FROM search s JOIN moderation_event e ON e.sequence = (s.low + s.high + 1) / 2 WHERE s.low < s.high
     )
     SELECT low::text AS low FROM search ORDER BY high - low LIMIT 1`,
    [time],
  );
  return Number(row?.low ?? 0);
}

async function selectModerationHeads(db: Queryable): Promise<LogHead[]> {
  return [(await selectModerationLogPart(db, null, 0)).head];
}

async function selectModerationEvents(
  db: Queryable,
  _key: string,
  after: number,
  limit: number,
): Promise<ArticleEventRecord[]> {
  return [...(await selectModerationLogPart(db, after, limit)).events];
}

/** The log of moderation as streams read it. It does not learn of edits and removals of comments that it has told of. */
export const moderationLogs: LogReader = {
  selectHeads: selectModerationHeads,
  selectEvents: selectModerationEvents,
  maxRenderingMs: 200,
};

/** An event of the log as it is stored. */
export interface ModerationEventRow {
  readonly sequence: number;
  readonly kind: ModerationEventKind;
  readonly actorKind: ModerationActorKind;
  readonly actorId: string | null;
  readonly articleId: string | null;
  readonly commentId: string | null;
  readonly revision: number | null;
  readonly subjectId: string | null;
  readonly decisionId: string | null;
  readonly reason: ModerationReason | null;
  readonly detail: Readonly<Record<string, unknown>> | null;
  readonly occurredAt: Date;
}

/** SQL for the columns of an event of the table `x`. Sequences stay below 2^53. */
export const moderationEventColumns = `x.sequence::float8 AS sequence, x.kind, x.actor_kind AS "actorKind",
  x.actor_id::text AS "actorId", x.article_id::text AS "articleId", x.comment_id::text AS "commentId", x.revision,
  x.subject_id::text AS "subjectId", x.decision_id::text AS "decisionId", x.reason, x.detail, x.occurred_at AS "occurredAt"`;

/** Events by their numbers, in any order. */
export function selectModerationEventsBySequence(
  db: Queryable,
  sequences: readonly number[],
): Promise<ModerationEventRow[]> {
  return db.query<ModerationEventRow>(
    `SELECT ${moderationEventColumns} FROM moderation_event x WHERE x.sequence = ANY((SELECT $1::bigint[])::bigint[])`,
    [sequences],
  );
}

/**
 * Removes the oldest events of the log, and moves `pruned_sequence` in the same transaction.
 * @param options `retentionDays`: how long events are kept; `limit`: the most events to remove
 */
export async function pruneModerationEvents(
  tx: Tx,
  at: Date,
  { retentionDays, limit = 500 }: { retentionDays: number; limit?: number },
): Promise<PruneStep> {
  const [row] = await tx.query<{ removed: number }>(
    `WITH due AS (
  SELECT max(sequence) AS up_to
  FROM (SELECT sequence, occurred_at FROM moderation_event ORDER BY sequence LIMIT $3) oldest
  WHERE occurred_at < $1::timestamptz - make_interval(days => $2)
), gone AS (
  DELETE FROM moderation_event WHERE sequence <= (SELECT up_to FROM due) RETURNING 1
), moved AS (
  UPDATE moderation_log SET pruned_sequence = greatest(pruned_sequence, (SELECT up_to FROM due))
  WHERE (SELECT up_to FROM due) IS NOT NULL
)
SELECT count(*)::int AS removed FROM gone`,
    [at, retentionDays, limit],
  );
  const removed = row?.removed ?? 0;
  return { removed: { moderation_event: removed }, more: removed === limit };
}
