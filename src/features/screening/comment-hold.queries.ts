import type { Queryable, Tx } from '../../platform/db/database.ts';
import type { CommentHoldEntity } from './comment-hold.entity.ts';
import type { Hold } from './phases.ts';

/** A text of a comment: the comment's own, or a new text of a public comment. */
export type CommentText = Readonly<Pick<CommentHoldEntity, 'articleId' | 'commentId' | 'revision'>>;

/** Why a text waits or has waited. The phase may be one of a newer version of the service. */
export type HoldRow = CommentText & Readonly<Pick<CommentHoldEntity, 'phase' | 'match' | 'rule' | 'heldAt'>>;

/** The arrays are in subqueries for the reason given at `selectComments`. */
export function selectHolds(db: Queryable, texts: readonly CommentText[]): Promise<HoldRow[]> {
  return db.query<HoldRow>(
    `SELECT h.article_id::text AS "articleId", h.comment_id::text AS "commentId", h.revision, h.phase, h.match, h.rule,
       h.held_at AS "heldAt"
     FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[]), (SELECT $3::int[])) AS s(article_id, comment_id, revision)
     JOIN comment_hold h ON h.article_id = s.article_id AND h.comment_id = s.comment_id AND h.revision = s.revision`,
    [
      texts.map(({ articleId }) => articleId),
      texts.map(({ commentId }) => commentId),
      texts.map(({ revision }) => revision),
    ],
  );
}

/** SQL that gives the entry of the queue the phase that holds its text: a trigger has made the entry without one. */
const setPhase = `UPDATE moderation_item SET phase = (SELECT phase FROM stored) WHERE article_id = $1 AND comment_id = $2`;

/** SQL for the end of so many seconds; null: without an end. The database has the time, since nodes may differ. */
const dueIn = (seconds: string): string =>
  `clock_timestamp() + make_interval(secs => ${seconds}::double precision)`;

/** Stores why a text waits, after the text itself was stored. */
export async function insertHold(tx: Tx, text: CommentText, hold: Hold): Promise<void> {
  const { phase, match, rule, deadlineSeconds = null } = hold;
  await tx.query(
    `WITH stored AS (
  INSERT INTO comment_hold (article_id, comment_id, revision, phase, match, rule, due_at)
  VALUES ($1, $2, $3, $4, $5, $6, ${dueIn('$7')})
  ON CONFLICT (article_id, comment_id, revision)
  DO UPDATE SET phase = excluded.phase, match = excluded.match, rule = excluded.rule, held_at = excluded.held_at,
    due_at = excluded.due_at, hook_outcome = NULL, suspicion = NULL
  RETURNING phase
) ${setPhase}`,
    [text.articleId, text.commentId, text.revision, phase, match, rule, deadlineSeconds],
  );
}

/**
 * Lets the reason of one text of a comment hold for the next one, which nothing but the hook holds by itself: the place that was found
 * is not in it. The hook is asked about the next text only if it was asked about the one before.
 * @param deadlineSeconds seconds in which the hook is to answer; undefined: it is not asked any more
 * @returns the phase; null: nothing was stored for the text before
 */
export async function carryHold(
  tx: Tx,
  text: CommentText,
  previous: number,
  deadlineSeconds: number | undefined,
): Promise<string | null> {
  const [row] = await tx.query<{ phase: string }>(
    `WITH stored AS (
  INSERT INTO comment_hold (article_id, comment_id, revision, phase, match, rule, due_at, hook_outcome, suspicion)
  SELECT article_id, comment_id, $3, phase, NULL, rule,
    CASE WHEN phase = 'HOOK' AND due_at IS NOT NULL THEN ${dueIn('$5')} END, hook_outcome, suspicion
  FROM comment_hold WHERE article_id = $1 AND comment_id = $2 AND revision = $4
  ON CONFLICT (article_id, comment_id, revision) DO NOTHING RETURNING phase
), shown AS (
  UPDATE moderation_item i SET phase = stored.phase FROM stored WHERE i.article_id = $1 AND i.comment_id = $2
) SELECT phase FROM stored`,
    [text.articleId, text.commentId, text.revision, previous, deadlineSeconds ?? null],
  );
  return row?.phase ?? null;
}

/** Deletes what was found in texts of comments whose author is erased: it is a part of them. */
export async function deleteHolds(tx: Tx, articleId: string, commentIds: readonly string[]): Promise<void> {
  await tx.query('DELETE FROM comment_hold WHERE article_id = $1 AND comment_id = ANY($2::bigint[])', [
    articleId,
    commentIds,
  ]);
}
