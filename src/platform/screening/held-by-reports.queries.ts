import type { Tx } from '../db/database.ts';

/**
 * Takes a locked comment that reports have taken back out of the queue, because nothing is left to decide: its author has removed it.
 * Its reports are out of date.
 * @returns false: reports hold no such comment, and nothing has changed
 */
export async function withdrawHeldByReports(
  tx: Tx,
  { articleId, id }: { readonly articleId: string; readonly id: string },
): Promise<boolean> {
  const held = await tx.query(
    `DELETE FROM moderation_item WHERE article_id = $1 AND comment_id = $2 AND held = 'REPORTS' RETURNING 1`,
    [articleId, id],
  );
  if (held.length === 0) return false;
  await tx.query(
    `UPDATE comment_report SET state = 'OBSOLETE' WHERE article_id = $1 AND comment_id = $2 AND state = 'OPEN'`,
    [articleId, id],
  );
  return true;
}
