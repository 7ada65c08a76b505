import type { CommentPolicy } from '../../articles/article/article.policy.ts';
import {
  type CommentRange,
  type ListedCommentRow,
  selectPagesOfComments,
} from '../../comments/thread/comment-list.queries.ts';
import type { Queryable, Tx } from '../../../platform/db/database.ts';
import { type Found, type KeysetList, type KeysetScan, scanRange } from '../../../platform/db/keyset.ts';

export async function updateCommentPolicy(tx: Tx, articleId: string, policy: CommentPolicy): Promise<void> {
  await tx.query('UPDATE article SET comment_policy = $2 WHERE id = $1', [articleId, policy]);
}

/** The reader of the moderation queue. */
export interface HeldReader {
  readonly accountId: string;
  /** The articles that are not public but included: all, those of this account, or none. */
  readonly unpublished: 'all' | 'own' | 'none';
}

/**
 * The account whose unpublished articles are included; null for those of all accounts; 0, which no account has, for
 * none.
 */
export function ownerOf({ accountId, unpublished }: HeldReader): string | null {
  if (unpublished === 'all') return null;
  return unpublished === 'own' ? accountId : '0';
}

/**
 * Status of the entries in the moderation queue, which are comments and new texts of public comments: pending or
 * rejected.
 */
export type HeldStatus = 'PENDING' | 'REJECTED';

/** @param owner SQL for the account whose unpublished articles are included; null for those of all accounts */
const visible = (owner: string) => `(${owner} IS NULL OR EXISTS (
  SELECT FROM article b JOIN journalist v ON v.id = b.journalist_id
  WHERE b.id = x.article_id AND (b.status = 'PUBLISHED' OR v.account_id = ${owner})))`;

/** SQL condition: the comment of a held edit is public. Only then is the comment in the queue because of the edit. */
const isOfPublic = `EXISTS (SELECT FROM comment c
  WHERE c.article_id = x.article_id AND c.id = x.comment_id AND c.status = 'PUBLISHED')`;

/** The comments that are held themselves. */
const heldComments = (status: HeldStatus, owner: string): KeysetList => ({
  table: 'comment',
  scope: { owner: 'bigint' },
  where: `x.status = '${status}' AND ${visible(owner)}`,
  keys: ['ordinal', 'id'],
  descending: false,
  pageColumns: ['article_id', 'id', 'ordinal'],
});

/** The public comments with a held edit. */
const heldEdits = (status: HeldStatus, owner: string): KeysetList => ({
  ...heldComments(status, owner),
  table: 'held_edit',
  where: `x.status = '${status}' AND ${isOfPublic} AND ${visible(owner)}`,
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

/** Selects a page of the moderation queue, the oldest comments first. */
export async function selectHeldPage(
  db: Queryable,
  reader: HeldReader,
  status: HeldStatus,
  range: Pick<CommentRange, 'limit' | 'backward' | 'cursor'>,
): Promise<Found<ListedCommentRow>> {
  const list: KeysetList = { ...heldComments(status, 's.owner'), scan: scanHeld(status) };
  const [found] = await selectPagesOfComments(db, list, {
    scopes: [[ownerOf(reader)]],
    ...range,
  });
  return found ?? { rows: [], behind: false };
}

/** Counts the entries of the moderation queue. */
export async function countHeldComments(
  db: Queryable,
  reader: HeldReader,
  status: HeldStatus,
): Promise<number> {
  const counts = [heldComments(status, '$1::bigint'), heldEdits(status, '$1::bigint')].map(
    ({ table, where }) => `(SELECT count(*) FROM ${table} x WHERE ${where})`,
  );
  const [row] = await db.query<{ count: number }>(`SELECT (${counts.join(' + ')})::int AS count`, [
    ownerOf(reader),
  ]);
  return row?.count ?? 0;
}
