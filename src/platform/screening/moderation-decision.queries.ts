import type { Queryable, Tx } from '../db/database.ts';
import type { ModerationDecisionEntity, ModerationDecisionKind } from './moderation-decision.entity.ts';
import type { ModerationReason } from './moderation-event-kinds.ts';
import type { ModerationActor } from './moderation-log.ts';

/** What a decision found, so that it can be undone. */
export interface DecidedState {
  /** Status of the comment before. */
  readonly status?: string;
  /** What waited before. */
  readonly held?: string | null;
  /** Revision of the public text that a new text has replaced. */
  readonly replaced?: number;
  /** State of an account before; whoever stores it knows its members. */
  readonly account?: Readonly<Record<string, unknown>>;
}

export interface NewDecision {
  /** Absent: the next one of the sequence. */
  readonly id?: string | undefined;
  readonly kind: ModerationDecisionKind;
  readonly actor: ModerationActor;
  readonly articleId?: string | undefined;
  readonly commentId?: string | undefined;
  readonly revision?: number | undefined;
  readonly subjectId: string | null;
  readonly reason?: ModerationReason | null | undefined;
  readonly note?: string | null | undefined;
  readonly until?: Date | null | undefined;
  readonly since?: Date | null | undefined;
  readonly before?: DecidedState | undefined;
}

/** A decision as it is stored. */
export interface ModerationDecisionRow extends Readonly<Omit<ModerationDecisionEntity, 'before'>> {
  readonly before: DecidedState | null;
}

/** SQL for the columns of a decision of the table `d`. */
export const decisionColumns = `d.id::text AS id, d.kind, d.actor_kind AS "actorKind", d.actor_id::text AS "actorId",
  d.article_id::text AS "articleId", d.comment_id::text AS "commentId", d.revision, d.subject_id::text AS "subjectId",
  d.reason, d.note, d.until, d.since, d.before, d.decided_at AS "decidedAt", d.undone_at AS "undoneAt",
  d.undone_by::text AS "undoneBy"`;

/**
 * SQL for the last decision about a comment alone that stands and that its author is told of: not that the comment was kept.
 * @param articleId SQL; so is `commentId`
 */
export const lastDecisionAbout = (articleId: string, commentId: string): string =>
  `SELECT x.* FROM moderation_decision x WHERE x.article_id = ${articleId} AND x.comment_id = ${commentId}
   AND x.undone_at IS NULL AND x.kind <> 'KEPT' ORDER BY x.id DESC LIMIT 1`;

/** @returns the id of the decision */
export async function insertDecision(tx: Tx, decision: NewDecision): Promise<string> {
  const { actor, before } = decision;
  const [row] = await tx.query<{ id: string }>(
    `INSERT INTO moderation_decision (kind, actor_kind, actor_id, article_id, comment_id, revision, subject_id, reason, note,
       until, since, before, id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb,
       coalesce($13::bigint, nextval('moderation_decision_id_seq'))) RETURNING id::text AS id`,
    [
      decision.kind,
      actor.kind,
      actor.accountId,
      decision.articleId ?? null,
      decision.commentId ?? null,
      decision.revision ?? null,
      decision.subjectId,
      decision.reason ?? null,
      decision.note ?? null,
      decision.until ?? null,
      decision.since ?? null,
      before ? JSON.stringify(before) : null,
      decision.id ?? null,
    ],
  );
  if (!row) throw new Error('A decision was not stored');
  return row.id;
}

export function selectModerationDecisions(
  db: Queryable,
  ids: readonly string[],
): Promise<ModerationDecisionRow[]> {
  return db.query<ModerationDecisionRow>(
    `SELECT ${decisionColumns} FROM moderation_decision d WHERE d.id = ANY((SELECT $1::bigint[])::bigint[])`,
    [ids],
  );
}

/** Locks a decision until the transaction ends. */
export async function lockDecision(tx: Tx, id: string): Promise<ModerationDecisionRow | undefined> {
  const [row] = await tx.query<ModerationDecisionRow>(
    `SELECT ${decisionColumns} FROM moderation_decision d WHERE d.id = $1 FOR UPDATE`,
    [id],
  );
  return row;
}

/** The last decision about a locked comment that stands. */
export async function findLastDecision(
  tx: Tx,
  articleId: string,
  commentId: string,
): Promise<ModerationDecisionRow | undefined> {
  const [row] = await tx.query<ModerationDecisionRow>(
    `SELECT ${decisionColumns} FROM moderation_decision d
     WHERE d.article_id = $1 AND d.comment_id = $2 AND d.undone_at IS NULL ORDER BY d.id DESC LIMIT 1`,
    [articleId, commentId],
  );
  return row;
}

/** Whether a later decision of some kinds about the same account stands. */
export async function hasLaterDecision(
  tx: Tx,
  { id, subjectId }: Pick<ModerationDecisionRow, 'id' | 'subjectId'>,
  kinds: readonly ModerationDecisionKind[],
): Promise<boolean> {
  const [row] = await tx.query<{ has: boolean }>(
    `SELECT EXISTS (SELECT FROM moderation_decision
       WHERE subject_id = $1 AND id > $2 AND kind = ANY($3::text[]) AND undone_at IS NULL) AS has`,
    [subjectId, id, kinds],
  );
  return row?.has === true;
}

/** Marks a locked decision as undone. */
export async function updateDecisionUndone(tx: Tx, id: string, undoneBy: string | null): Promise<void> {
  await tx.query(
    'UPDATE moderation_decision SET undone_at = clock_timestamp(), undone_by = $2 WHERE id = $1',
    [id, undoneBy],
  );
}
