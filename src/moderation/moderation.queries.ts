import type { CommentPolicy } from '../article/article.policy.ts';
import type { Queryable, Tx } from '../db/database.ts';

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
