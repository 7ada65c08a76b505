import { premoderatedSql, suspendedSql } from '../../people/account/sanction.queries.ts';
import type { Queryable, Tx } from '../../../platform/db/database.ts';
import type { CommentKey } from '../../comments/thread/comment.queries.ts';
import type { ModerationReason } from '../../../platform/screening/moderation-event-kinds.ts';
import type { CommentText } from '../../screening/comment-hold.queries.ts';
import type { HoldPhase } from '../../screening/phases.ts';
import type { HookDeadlineAction } from '../../screening/screening-settings.ts';

/** The phase whose texts a program decides about. */
export const hookPhase = 'HOOK' satisfies HoldPhase;

const ofText = 'article_id = $1 AND comment_id = $2 AND revision = $3';
const keyOf = ({ articleId, commentId, revision }: CommentText) => [articleId, commentId, revision];

/** Ends the time of the hook for a text of a locked comment: it was decided on, or does not wait any more. */
export async function endHookDeadline(tx: Tx, text: CommentText): Promise<void> {
  await tx.query(
    `UPDATE comment_hold SET due_at = NULL, hook_outcome = NULL, suspicion = NULL
     WHERE ${ofText} AND (due_at IS NOT NULL OR hook_outcome IS NOT NULL)`,
    keyOf(text),
  );
}

/** Leaves a text of a locked comment to a moderator, because the hook has not decided in time. */
export async function updateHoldUnanswered(tx: Tx, text: CommentText): Promise<void> {
  await tx.query(
    `UPDATE comment_hold SET due_at = NULL, hook_outcome = 'UNANSWERED' WHERE ${ofText}`,
    keyOf(text),
  );
}

/**
 * Leaves a text of a locked comment to a moderator.
 * @param suspicion what the hook suspects; null: it does not say
 * @returns false: it is left to one already
 */
export async function escalateHold(
  tx: Tx,
  text: CommentText,
  suspicion: ModerationReason | null,
): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE comment_hold SET due_at = NULL, hook_outcome = 'ESCALATED', suspicion = $4
     WHERE ${ofText} AND phase = '${hookPhase}' AND hook_outcome IS DISTINCT FROM 'ESCALATED' RETURNING 1`,
    [...keyOf(text), suspicion],
  );
  return rows.length > 0;
}

/** SQL of texts about which the hook has not decided in time. */
export const overdueSql = 'SELECT due_at FROM comment_hold WHERE due_at <= clock_timestamp() ORDER BY due_at';

/** Texts about which the hook has not decided in time, those that have waited longest first. */
export function selectOverdue(db: Queryable, limit: number): Promise<CommentText[]> {
  return db.query<CommentText>(
    `SELECT article_id::text AS "articleId", comment_id::text AS "commentId", revision FROM comment_hold
     WHERE due_at <= clock_timestamp() ORDER BY due_at LIMIT $1`,
    [limit],
  );
}

/** A text whose time is over, and what its fate depends on. */
export interface OverdueRow {
  /** What the settings say; that the text goes on waiting where the hook is off by now, or moderators read everything. */
  readonly action: HookDeadlineAction;
  /** Whether somebody has decided about it, or removed the comment, or undone that. */
  readonly isDecided: boolean;
  /** Whether the author was suspended or premoderated meanwhile. */
  readonly isRestrained: boolean;
}

/**
 * Locks the finding about a text of a locked comment, and reads the settings, as they are once the locks are held.
 * @returns undefined: its time is not over, or another node was faster
 */
export async function lockOverdue(tx: Tx, text: CommentText): Promise<OverdueRow | undefined> {
  const [row] = await tx.query<OverdueRow>(
    `SELECT CASE WHEN s.asks_hook AND NOT s.is_premoderated THEN s.hook_deadline_action ELSE 'HOLD' END AS action,
       EXISTS (SELECT FROM moderation_decision d WHERE d.article_id = h.article_id AND d.comment_id = h.comment_id
         AND (d.revision = h.revision OR d.kind IN ('REMOVED', 'RESTORED')) AND d.decided_at >= h.held_at)
       OR EXISTS (SELECT FROM moderation_decision d JOIN comment c ON c.account_id = d.subject_id
         WHERE c.article_id = h.article_id AND c.id = h.comment_id AND d.kind = 'REMOVED_SINCE'
           AND d.decided_at >= h.held_at) AS "isDecided",
       coalesce((SELECT ${suspendedSql('a')} OR ${premoderatedSql('a')} FROM account a
         WHERE a.id = (SELECT c.account_id FROM comment c WHERE c.article_id = h.article_id AND c.id = h.comment_id)), false)
         AS "isRestrained"
     FROM comment_hold h, screening_settings s
     WHERE h.article_id = $1 AND h.comment_id = $2 AND h.revision = $3 AND h.due_at <= clock_timestamp()
     FOR UPDATE OF h`,
    keyOf(text),
  );
  return row;
}

/** Looks at a text whose time is over again later, because what has to be done failed. */
export async function postponeOverdue(db: Queryable, text: CommentText, seconds: number): Promise<void> {
  await db.query(
    `UPDATE comment_hold SET due_at = clock_timestamp() + make_interval(secs => $4)
     WHERE ${ofText} AND due_at IS NOT NULL`,
    [...keyOf(text), seconds],
  );
}

/** Whether a decision about a text of a locked comment was undone. */
export async function selectIsUndone(tx: Tx, key: CommentKey, revision: number | null): Promise<boolean> {
  const rows = await tx.query(
    `SELECT FROM moderation_decision WHERE article_id = $1 AND comment_id = $2 AND revision = $3
       AND undone_at IS NOT NULL LIMIT 1`,
    [key.articleId, key.id, revision],
  );
  return rows.length > 0;
}
