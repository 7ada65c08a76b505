import type { CommentPolicy } from '../../articles/article/article.policy.ts';
import { type ListedCommentRow, selectPagesOfComments } from '../../comments/thread/comment-list.queries.ts';
import type { Queryable, Tx } from '../../../platform/db/database.ts';
import {
  type Found,
  type KeysetList,
  type KeysetScan,
  type ListRange,
  scanRange,
} from '../../../platform/db/keyset.ts';

export async function updateCommentPolicy(tx: Tx, articleId: string, policy: CommentPolicy): Promise<void> {
  await tx.query('UPDATE article SET comment_policy = $2 WHERE id = $1', [articleId, policy]);
}

/**
 * Status of the entries in the moderation queue, which are comments and new texts of public comments: pending or
 * rejected.
 */
export type HeldStatus = 'PENDING' | 'REJECTED';

/**
 * SQL condition: a moderator is shown the article of `x`.
 * @param owner SQL for the account whose unpublished articles are included; null for those of all accounts
 */
export const isUnderVisible = (owner: string) => `(${owner} IS NULL OR EXISTS (
  SELECT FROM article b JOIN journalist v ON v.id = b.journalist_id
  WHERE b.id = x.article_id AND (b.status = 'PUBLISHED' OR v.account_id = ${owner})))`;

/** SQL condition: the comment of a held edit is public. Only then is the comment in the queue because of the edit. */
const isOfPublic = `EXISTS (SELECT FROM comment c
  WHERE c.article_id = x.article_id AND c.id = x.comment_id AND c.status = 'PUBLISHED')`;

/** The comments that are held themselves. */
const heldComments = (status: HeldStatus, owner: string): KeysetList => ({
  table: 'comment',
  scope: { owner: 'bigint' },
  where: `x.status = '${status}' AND ${isUnderVisible(owner)}`,
  keys: ['ordinal', 'id'],
  descending: false,
  pageColumns: ['article_id', 'id', 'ordinal'],
});

/** The public comments with a held edit. */
const heldEdits = (status: HeldStatus, owner: string): KeysetList => ({
  ...heldComments(status, owner),
  table: 'held_edit',
  where: `x.status = '${status}' AND ${isOfPublic} AND ${isUnderVisible(owner)}`,
  keys: ['ordinal', 'comment_id'],
  pageColumns: ['article_id', 'comment_id AS id', 'ordinal'],
});

/**
 * SQL that merges the two lists from their first rows on: sorting their union would read both lists completely for each
 * page.
 */
const scanHeld =
  (status: HeldStatus) =>
  (_: KeysetList, scan: KeysetScan): string => {
    const [comments, edits] = [heldComments(status, 's.owner'), heldEdits(status, 's.owner')];
    const way = scan.backward ? 'DESC' : 'ASC';
    const order = `ordinal ${way}, id ${way}`;
    return `SELECT article_id, id, ordinal, row_number() OVER (ORDER BY ${order}) AS rank FROM (
    (${scanRange(comments, scan)})
    UNION ALL
    (${scanRange(edits, scan)})
  ) held ORDER BY ${order} LIMIT ${scan.limit}`;
  };

/** Selects a page of the moderation queue, the oldest comments first. @param owner as for `isUnderVisible` */
export async function selectHeldPage(
  db: Queryable,
  owner: string | null,
  status: HeldStatus,
  range: ListRange,
): Promise<Found<ListedCommentRow>> {
  const list: KeysetList = { ...heldComments(status, 's.owner'), scan: scanHeld(status) };
  const [found] = await selectPagesOfComments(db, list, { scopes: [[owner]], ...range });
  return found ?? { rows: [], behind: false };
}

/** Counts the entries of the moderation queue. */
export async function countHeldComments(
  db: Queryable,
  owner: string | null,
  status: HeldStatus,
): Promise<number> {
  const counts = [heldComments(status, '$1::bigint'), heldEdits(status, '$1::bigint')].map(
    ({ table, where }) => `(SELECT count(*) FROM ${table} x WHERE ${where})`,
  );
  const [row] = await db.query<{ count: number }>(`SELECT (${counts.join(' + ')})::int AS count`, [owner]);
  return row?.count ?? 0;
}
