import type { ArticleStatus, CommentPolicy } from '../article/article.policy.ts';
import type { Role } from '../auth/viewer.ts';
import {
  byList,
  firstCursorParameter,
  type Found,
  keysetColumns,
  type KeysetList,
  keysetPages,
  type KeysetRow,
} from '../db/keyset.ts';
import type { Queryable } from '../db/database.ts';
import type { Precision } from '../time/partial-date-time.ts';
import type { CommentStatus } from './comment.policy.ts';
import { isBelow, scanShallow, withinDepth } from './comment-thread.queries.ts';

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
  readonly likeCount: number;
  readonly insightfulCount: number;
  readonly disagreeCount: number;
  readonly score: number;
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
  k.descendant_count AS "rootDescendantCount", k.like_count AS "likeCount", k.insightful_count AS "insightfulCount",
  k.disagree_count AS "disagreeCount", k.score, a.slug AS "articleSlug", a.status AS "articleStatus",
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
  'roots:TOP': {
    table: 'comment_counter',
    scope: { article_id: 'bigint' },
    where: 'x.article_id = s.article_id AND x.parent_id = 0 AND x.listed',
    keys: ['score', 'ordinal'],
    descending: true,
    pageColumns: ['article_id', 'comment_id AS id', 'score', 'ordinal'],
  },
  'replies:TOP': {
    table: 'comment_counter',
    scope: { article_id: 'bigint', comment_id: 'bigint' },
    where: 'x.article_id = s.article_id AND x.parent_id = s.comment_id AND x.listed',
    keys: ['score', 'ordinal'],
    descending: true,
    pageColumns: ['article_id', 'comment_id AS id', 'score', 'ordinal'],
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
  'below:THREADED': {
    table: 'comment',
    scope: { article_id: 'bigint', path: 'bytea' },
    where: `x.article_id = s.article_id AND ${isBelow} AND x.listed`,
    keys: ['path'],
    descending: false,
    pageColumns: ['article_id', 'id', 'path'],
  },
} as const satisfies Record<string, KeysetList>;

/** Which list, in which order. */
export type CommentListName =
  | 'roots:NEWEST'
  | 'roots:OLDEST'
  | 'roots:TOP'
  | 'replies:NEWEST'
  | 'replies:OLDEST'
  | 'replies:TOP'
  | 'all:NEWEST'
  | 'all:OLDEST'
  | 'all:THREADED'
  | 'below:THREADED';

/** Whose list: an article's, or (with `commentId`) what is below one comment. */
export interface CommentListScope {
  readonly articleId: string;
  readonly commentId?: string;
  /** That comment's path in hexadecimal digits, for the list of all that is below it. */
  readonly path?: string;
  /** The greatest depth that is listed, counted from the article; absent: any. For lists of more than one level. */
  readonly maxDepth?: number;
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

/** Which levels a list shows; lists that differ in this are not found by one statement. */
export type CommentLevels = 'all' | 'first' | 'some';

/** What lists have in common whose pages are found by one statement. */
export interface CommentListKind {
  readonly name: CommentListName;
  readonly levels: CommentLevels;
}

export function levelsOf({ maxDepth }: CommentListScope): CommentLevels {
  if (maxDepth === undefined) return 'all';
  return maxDepth === 0 ? 'first' : 'some';
}

/** A list without what is too deep. */
function downTo(levels: CommentLevels, list: KeysetList, name: CommentListName): KeysetList {
  if (levels === 'all') return list;
  // The first level has an index of its own in the orders of time.
  if (levels === 'first' && !isThreaded(name)) return { ...list, where: `${list.where} AND x.depth = 0` };
  return {
    ...list,
    scope: { ...list.scope, max_depth: 'int' },
    where: list.where + withinDepth,
    ...(isThreaded(name) ? { scan: scanShallow } : {}),
  };
}

/** Whether a list is in reading order, whose cursors hold a comment's id. */
export const isThreaded = (name: CommentListName): boolean => name.endsWith(':THREADED');

/** How many sort keys the cursors of a list hold. */
export function commentCursorLength(name: CommentListName): number {
  return listNamed(name).keys.length;
}

/** The sort keys that a cursor holds; for reading order the comment's id in place of its path, which can be long. */
export function commentCursorKeys(name: CommentListName, row: CommentRow): string[] {
  if (isThreaded(name)) return [row.id];
  const { score, ordinal, id } = row;
  const values: Readonly<Record<string, string>> = { score: String(score), ordinal, id };
  return listNamed(name).keys.map((key) => values[key] ?? '');
}

/** A comment that stands or stood in the thread, as those must that cursors were made from. */
const everListed = `(status = 'PUBLISHED' OR removed_status = 'PUBLISHED')`;

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

/** A page of a list of comments. */
export interface CommentRange {
  readonly limit: number;
  readonly backward: boolean;
  readonly cursor: readonly string[] | undefined;
  /** The place of the comment that the page is around: its ordinal, or in reading order its path in hexadecimal digits. */
  readonly around?: string | undefined;
}

/** SQL for the sort key that a parameter leads to. */
function keySql(name: CommentListName, range: CommentRange, parameter: string): string {
  if (!isThreaded(name)) return `${parameter}::bigint`;
  if (range.around !== undefined) return `decode(${parameter}, 'hex')`;
  return `(SELECT path FROM comment WHERE article_id = s.article_id AND id = ${parameter}::bigint AND ${everListed})`;
}

/** The values that tell one list from the other, an array for each column of the scope. */
function scopeValues(list: KeysetList, scopes: readonly CommentListScope[]): unknown[][] {
  const columns: Record<string, (scope: CommentListScope) => unknown> = {
    article_id: (scope) => scope.articleId,
    comment_id: (scope) => scope.commentId,
    path: (scope) => Buffer.from(scope.path ?? '', 'hex'),
    max_depth: (scope) => scope.maxDepth,
  };
  return Object.keys(list.scope).map((column) => scopes.map((scope) => columns[column]?.(scope)));
}

/** Pages of comments. All scopes of one call are of the same list and levels. `viewerId` as in `selectComments`. */
export async function selectCommentPages(
  db: Queryable,
  viewerId: string | null,
  scopes: readonly CommentListScope[],
  { name, levels }: CommentListKind,
  range: CommentRange,
): Promise<Found<ListedCommentRow>[]> {
  const list = downTo(levels, listNamed(name), name);
  const place = range.around === undefined ? range.cursor : [range.around];
  const first = firstCursorParameter(list);
  const cursorSql = list.keys.map((_, index) => keySql(name, range, `$${first + index}`));
  return selectPagesOfComments(db, viewerId, list, scopeValues(list, scopes), {
    limit: range.limit,
    backward: range.backward,
    cursor: place,
    cursorSql,
    isAround: range.around !== undefined,
  });
}

/**
 * Pages of any lists of comments.
 * @param list whose `pageColumns` are `article_id` and `id`, and its keys
 * @param scopes for each column of the list's scope the values of all lists
 * @param range `cursorSql` is SQL for each of the list's keys, from the parameters that hold `cursor`
 */
export async function selectPagesOfComments(
  db: Queryable,
  viewerId: string | null,
  list: KeysetList,
  scopes: readonly (readonly unknown[])[],
  range: Omit<CommentRange, 'around'> & {
    readonly cursorSql: readonly string[];
    readonly isAround?: boolean;
  },
): Promise<Found<ListedCommentRow>[]> {
  const { limit, backward, cursor, cursorSql, isAround = false } = range;
  const { from, behind } = keysetPages(list, { backward, cursor: cursor && cursorSql, around: isAround });
  const values = [...scopes, limit + 1, ...(cursor ?? []), viewerId];
  const rows = await db.query<ListedCommentRow>(
    `SELECT ${keysetColumns(behind)}, ${columnsFor(`$${values.length}`)}
FROM ${from}
LEFT JOIN (comment c${joins}) ON c.article_id = page.article_id AND c.id = page.id`,
    values,
  );
  return byList(rows, scopes[0]?.length ?? 0);
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
