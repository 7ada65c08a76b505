import type { CommentPolicy } from '../article/article.policy.ts';
import {
  type CommentRange,
  type ListedCommentRow,
  selectPagesOfComments,
} from '../comment/comment-list.queries.ts';
import type { Queryable, Tx } from '../db/database.ts';
import { firstCursorParameter, type Found, type KeysetList } from '../db/keyset.ts';

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

/** Which comments of the whole site are held: waiting, or not let through. */
export type HeldStatus = 'PENDING' | 'REJECTED';

/** @param owner SQL for the account whose unpublished articles count; null: those of everybody */
const visible = (owner: string) => `(${owner} IS NULL OR EXISTS (
  SELECT FROM article b JOIN journalist v ON v.id = b.journalist_id
  WHERE b.id = x.article_id AND (b.status = 'PUBLISHED' OR v.account_id = ${owner})))`;

/** A page of what is held, the oldest first. */
export async function selectHeldPage(
  db: Queryable,
  reader: HeldReader,
  status: HeldStatus,
  range: CommentRange,
): Promise<Found<ListedCommentRow>> {
  const list: KeysetList = {
    table: 'comment',
    scope: { owner: 'bigint' },
    where: `x.status = '${status}' AND ${visible('s.owner')}`,
    keys: ['ordinal', 'id'],
    descending: false,
    pageColumns: ['article_id', 'id', 'ordinal'],
  };
  const first = firstCursorParameter(list);
  const cursorSql = [`$${first}::bigint`, `$${first + 1}::bigint`];
  const [found] = await selectPagesOfComments(db, reader.accountId, list, [[ownerOf(reader)]], {
    ...range,
    cursorSql,
  });
  return found ?? { rows: [], behind: false };
}

/** How many there are in all. */
export async function countHeldComments(
  db: Queryable,
  reader: HeldReader,
  status: HeldStatus,
): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM comment x WHERE x.status = '${status}' AND ${visible('$1::bigint')}`,
    [ownerOf(reader)],
  );
  return row?.count ?? 0;
}
