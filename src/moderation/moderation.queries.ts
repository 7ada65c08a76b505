import type { ArticleFacts, CommentPolicy } from '../article/article.policy.ts';
import type { Queryable, Tx } from '../db/database.ts';

/** Locks an article against every other change, and against new comments and endorsements meanwhile. */
export async function lockArticleForChange(tx: Tx, articleId: string): Promise<ArticleFacts | undefined> {
  const [row] = await tx.query<ArticleFacts>(
    `SELECT a.status, a.comment_policy AS "commentPolicy", j.account_id::text AS "ownerAccountId"
     FROM article a JOIN journalist j ON j.id = a.journalist_id WHERE a.id = $1 FOR NO KEY UPDATE OF a`,
    [articleId],
  );
  return row;
}

export async function updateCommentPolicy(tx: Tx, articleId: string, policy: CommentPolicy): Promise<void> {
  await tx.query('UPDATE article SET comment_policy = $2 WHERE id = $1', [articleId, policy]);
}

export type HeldStatus = 'PENDING' | 'REJECTED';

/** @returns one number for each status, in their order */
export async function countHeldComments(db: Queryable, statuses: readonly HeldStatus[]): Promise<number[]> {
  const rows = await db.query<{ status: HeldStatus; count: number }>(
    `SELECT status, count(*)::int AS count FROM comment
WHERE status IN ('PENDING', 'REJECTED') AND status = ANY($1) GROUP BY status`,
    [statuses],
  );
  const counts = new Map(rows.map((row) => [row.status, row.count]));
  return statuses.map((status) => counts.get(status) ?? 0);
}
