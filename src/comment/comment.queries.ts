import type { ArticleStatus, CommentPolicy } from '../article/article.policy.ts';
import type { Role } from '../auth/viewer.ts';
import {
  byList,
  firstCursorParameter,
  type Found,
  type KeysetList,
  keysetPages,
  type KeysetRow,
} from '../db/keyset.ts';
import type { Queryable } from '../db/database.ts';
import type { Precision } from '../time/partial-date-time.ts';
import type { CommentStatus } from './comment.policy.ts';

/** A comment as the database has it, with all that showing it takes. Only `Comment.from` may show it. */
export interface CommentRow {
  readonly articleId: string;
  readonly id: string;
  readonly parentId: string | null;
  readonly depth: number;
  readonly ordinal: string;
  readonly path: Buffer;
  readonly status: CommentStatus;
  readonly listed: boolean;
  readonly revision: number;
  readonly bodyHtml: string;
  readonly bodyText: string;
  readonly createdAt: Date;
  readonly createdPrecision: Precision;
  readonly editedAt: Date | null;
  readonly importKey: string | null;
  readonly accountId: string | null;
  readonly authorName: string | null;
  readonly avatarUrl: string | null;
  readonly authorRoles: readonly Role[] | null;
  readonly authorIsJournalist: boolean;
  readonly authorWroteArticle: boolean;
  readonly replyCount: number;
  readonly listedReplyCount: number;
  readonly rootDescendantCount: number;
  readonly articleSlug: string;
  readonly articleStatus: ArticleStatus;
  readonly commentPolicy: CommentPolicy;
  readonly ownerAccountId: string | null;
  /** The source of its text, for its author alone. */
  readonly ownMarkdown: string | null;
}

/** A comment and the article it belongs to: comments have no key of their own. */
export interface CommentKey {
  readonly articleId: string;
  readonly id: string;
}

/** @param viewer the parameter that holds the viewer's account */
const columnsFor = (viewer: string) => `
  c.article_id::text AS "articleId", c.id::text AS id, c.parent_id::text AS "parentId", c.depth,
  c.ordinal::text AS ordinal, c.path, c.status, c.listed, c.revision, c.body_html AS "bodyHtml",
  c.body_text AS "bodyText", c.created_at AS "createdAt", c.created_precision AS "createdPrecision",
  c.edited_at AS "editedAt", c.import_key AS "importKey", c.account_id::text AS "accountId",
  coalesce(u.name, c.author_name) AS "authorName", u.avatar_url AS "avatarUrl", u.roles AS "authorRoles",
  uj.id IS NOT NULL AS "authorIsJournalist", coalesce(uj.id = a.journalist_id, false) AS "authorWroteArticle",
  k.reply_count AS "replyCount", k.listed_reply_count AS "listedReplyCount",
  k.descendant_count AS "rootDescendantCount", a.slug AS "articleSlug", a.status AS "articleStatus",
  a.comment_policy AS "commentPolicy", aj.account_id::text AS "ownerAccountId",
  CASE WHEN c.account_id = ${viewer}::bigint THEN c.body_markdown END AS "ownMarkdown"`;

const joins = `
JOIN comment_counter k ON k.article_id = c.article_id AND k.comment_id = c.id
JOIN article a ON a.id = c.article_id
JOIN journalist aj ON aj.id = a.journalist_id
LEFT JOIN account u ON u.id = c.account_id
LEFT JOIN journalist uj ON uj.account_id = c.account_id`;

/**
 * The arrays stand in subqueries so that the planner doesn't see how short they are. It would take a plan for one comment
 * to be much cheaper than its plan for any number, and plan anew each time, which takes ten times as long as running it.
 * @param viewerId the account that gets the source of its own comments; null: signed out
 */
export function selectComments(
  db: Queryable,
  viewerId: string | null,
  keys: readonly CommentKey[],
): Promise<CommentRow[]> {
  return db.query<CommentRow>(
    `SELECT ${columnsFor('$3')}
FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[])) AS s(article_id, id)
JOIN comment c ON c.article_id = s.article_id AND c.id = s.id${joins}`,
    [keys.map((key) => key.articleId), keys.map((key) => key.id), viewerId],
  );
}

/** The lists of comments that can be paged through, by the names of their orders. */
const lists = {
  'roots:NEWEST': {
    table: 'comment',
    scope: { article_id: 'bigint' },
    where: 'x.article_id = s.article_id AND x.listed AND x.depth = 0',
    keys: ['ordinal'],
    descending: true,
    pageColumns: ['article_id', 'id', 'ordinal'],
  },
  'replies:OLDEST': {
    table: 'comment',
    scope: { article_id: 'bigint', comment_id: 'bigint' },
    where: 'x.article_id = s.article_id AND x.parent_id = s.comment_id AND x.listed',
    keys: ['ordinal'],
    descending: false,
    pageColumns: ['article_id', 'id', 'ordinal'],
  },
  'all:NEWEST': {
    table: 'comment',
    scope: { article_id: 'bigint' },
    where: 'x.article_id = s.article_id AND x.listed',
    keys: ['ordinal'],
    descending: true,
    pageColumns: ['article_id', 'id', 'ordinal'],
  },
  'all:THREADED': {
    table: 'comment',
    scope: { article_id: 'bigint' },
    where: 'x.article_id = s.article_id AND x.listed',
    keys: ['path'],
    descending: false,
    pageColumns: ['article_id', 'id', 'path'],
  },
} as const satisfies Record<string, KeysetList>;

/** Which list, in which order. */
export type CommentListName =
  | 'roots:NEWEST'
  | 'roots:OLDEST'
  | 'replies:NEWEST'
  | 'replies:OLDEST'
  | 'all:NEWEST'
  | 'all:OLDEST'
  | 'all:THREADED';

/** Whose list: an article's, or (with `commentId`) one comment's replies. */
export interface CommentListScope {
  readonly articleId: string;
  readonly commentId?: string;
}

export type ListedCommentRow = CommentRow & KeysetRow & { readonly id: string };

function listNamed(name: CommentListName): KeysetList {
  switch (name) {
    case 'roots:OLDEST':
      return { ...lists['roots:NEWEST'], descending: false };
    case 'replies:NEWEST':
      return { ...lists['replies:OLDEST'], descending: true };
    case 'all:OLDEST':
      return { ...lists['all:NEWEST'], descending: false };
    default:
      return lists[name];
  }
}

/** The sort key that a cursor holds: the ordinal, or for reading order the comment's id, as a path can be long. */
export function commentCursorKey(name: CommentListName, row: CommentRow): string {
  return name === 'all:THREADED' ? row.id : row.ordinal;
}

/** A comment that stands or stood in the thread, as those must that cursors were made from. */
const everListed = `status IN ('PUBLISHED', 'REMOVED')`;

/**
 * Whether a cursor of the reading order was made from a comment of this article. Worth asking only where nothing was
 * found on either side of it: a made-up cursor must not look like the end of the list.
 */
export async function isThreadCursor(db: Queryable, articleId: string, id: string): Promise<boolean> {
  const rows = await db.query(`SELECT FROM comment WHERE article_id = $1 AND id = $2 AND ${everListed}`, [
    articleId,
    id,
  ]);
  return rows.length === 1;
}

/** Pages of comments. All scopes of one call are of the same list. `viewerId` as in `selectComments`. */
export async function selectCommentPages(
  db: Queryable,
  viewerId: string | null,
  scopes: readonly CommentListScope[],
  name: CommentListName,
  range: { limit: number; backward: boolean; cursor: readonly string[] | undefined },
): Promise<Found<ListedCommentRow>[]> {
  const list = listNamed(name);
  const parameter = `$${firstCursorParameter(list)}::bigint`;
  const cursor =
    name === 'all:THREADED'
      ? `(SELECT path FROM comment WHERE article_id = s.article_id AND id = ${parameter} AND ${everListed})`
      : parameter;
  const { from, orderBy, behind } = keysetPages(list, {
    backward: range.backward,
    cursor: range.cursor && [cursor],
  });
  const values = [
    scopes.map((scope) => scope.articleId),
    ...('comment_id' in list.scope ? [scopes.map((scope) => scope.commentId)] : []),
    range.limit + 1,
    ...(range.cursor ?? []),
    viewerId,
  ];
  const rows = await db.query<ListedCommentRow>(
    `SELECT s.n::int AS n, ${behind} AS behind, ${columnsFor(`$${values.length}`)}
FROM ${from}
LEFT JOIN (comment c${joins}) ON c.article_id = page.article_id AND c.id = page.id
ORDER BY ${orderBy}`,
    values,
  );
  return byList(rows, scopes.length);
}

/** The comments above some comments, told by the ordinals in their paths. `viewerId` as in `selectComments`. */
export function selectCommentsByOrdinal(
  db: Queryable,
  viewerId: string | null,
  keys: readonly { articleId: string; ordinal: bigint }[],
): Promise<CommentRow[]> {
  return db.query<CommentRow>(
    `SELECT ${columnsFor('$3')}
FROM unnest($1::bigint[], $2::bigint[]) AS s(article_id, ordinal)
JOIN comment c ON c.article_id = s.article_id AND c.ordinal = s.ordinal AND c.listed${joins}`,
    [keys.map((key) => key.articleId), keys.map((key) => String(key.ordinal)), viewerId],
  );
}

/** How many published comments stand below each comment, at any depth: one range of the path index each. */
export function selectDescendantCounts(
  db: Queryable,
  comments: readonly { articleId: string; path: Buffer }[],
): Promise<{ n: number; count: number }[]> {
  return db.query(
    `SELECT s.n::int AS n, (SELECT count(*)::int FROM comment x
  WHERE x.article_id = s.article_id AND x.listed AND x.status = 'PUBLISHED'
    AND x.path > s.path AND x.path < s.path || '\\xff'::bytea) AS count
FROM unnest($1::bigint[], $2::bytea[]) WITH ORDINALITY AS s(article_id, path, n)`,
    [comments.map((comment) => comment.articleId), comments.map((comment) => comment.path)],
  );
}

/** Accounts that have something public to their name; others can't be found by id. */
export function selectPublicAuthors(
  db: Queryable,
  accountIds: readonly string[],
): Promise<{ id: string; name: string; avatarUrl: string | null }[]> {
  return db.query(
    `SELECT u.id::text AS id, u.name, u.avatar_url AS "avatarUrl" FROM account u
WHERE u.id = ANY($1::bigint[]) AND EXISTS (SELECT FROM comment c JOIN article a ON a.id = c.article_id
  WHERE c.account_id = u.id AND c.status = 'PUBLISHED' AND a.status = 'PUBLISHED')`,
    [accountIds],
  );
}
