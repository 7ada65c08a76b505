import type { CommentPolicy } from '../article/article.policy.ts';
import {
  type CommentRange,
  type ListedCommentRow,
  selectPagesOfComments,
} from '../comment/comment-list.queries.ts';
import type { Queryable, Tx } from '../db/database.ts';
import { type Found, type KeysetList, type KeysetScan, scanRange } from '../db/keyset.ts';

export async function updateCommentPolicy(tx: Tx, articleId: string, policy: CommentPolicy): Promise<void> {
  await tx.query('UPDATE article SET comment_policy = $2 WHERE id = $1', [articleId, policy]);
}

/** Who looks at what is held. */
export interface HeldReader {
  readonly accountId: string;
  /** Under which articles that are not public: of everybody, of this account, or none. */
  readonly unpublished: 'all' | 'own' | 'none';
}

/** The account whose unpublished articles count; null: those of everybody. No account has the number 0. */
function ownerOf({ accountId, unpublished }: HeldReader): string | null {
  if (unpublished === 'all') return null;
  return unpublished === 'own' ? accountId : '0';
}

/** What of the whole site is held, comments and new texts of public ones: waiting, or not let through. */
export type HeldStatus = 'PENDING' | 'REJECTED';

/** @param owner SQL for the account whose unpublished articles count; null: those of everybody */
const visible = (owner: string) => `(${owner} IS NULL OR EXISTS (
  SELECT FROM article b JOIN journalist v ON v.id = b.journalist_id
  WHERE b.id = x.article_id AND (b.status = 'PUBLISHED' OR v.account_id = ${owner})))`;

/** A public comment with a new text that is held: the comment is in the queue for that. */
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

/** The public comments with a new text that is held. */
const heldEdits = (status: HeldStatus, owner: string): KeysetList => ({
  ...heldComments(status, owner),
  table: 'held_edit',
  where: `x.status = '${status}' AND ${isOfPublic} AND ${visible(owner)}`,
  keys: ['ordinal', 'comment_id'],
  pageColumns: ['article_id', 'comment_id AS id', 'ordinal'],
});

/** Both, merged from the beginnings of the two: sorted together they would be read to their ends for each page. */
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

/** A page of what is held, the oldest first. */
export async function selectHeldPage(
  db: Queryable,
  reader: HeldReader,
  status: HeldStatus,
  range: Pick<CommentRange, 'limit' | 'backward' | 'cursor'>,
): Promise<Found<ListedCommentRow>> {
  const list: KeysetList = { ...heldComments(status, 's.owner'), scan: scanHeld(status) };
  const [found] = await selectPagesOfComments(db, reader.accountId, list, {
    scopes: [[ownerOf(reader)]],
    ...range,
  });
  return found ?? { rows: [], behind: false };
}

/** How many there are in all. */
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
