import type { Queryable } from '../db/database.ts';
import type { ModerationEventEntity } from './moderation-event.entity.ts';

/** An event of the log as it is stored. */
export interface ModerationEventRow extends Readonly<Omit<ModerationEventEntity, 'sequence'>> {
  readonly sequence: number;
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
