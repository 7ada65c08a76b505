import {
  type Found,
  type KeysetList,
  type KeysetRequest,
  type KeysetRow,
  type KeysetStatement,
  lasting,
  type ListRange,
  selectKeysetPages,
} from '../../../platform/db/keyset.ts';
import type { Queryable } from '../../../platform/db/database.ts';
import { isBelow, scanShallow, withinDepth } from './comment-thread.queries.ts';
import { commentColumns, commentJoins, type CommentRow } from './comment.queries.ts';

/** Keyset lists of comments, by list and order. The reversed orders are in `listsByName`. */
const lists = {
  'roots:NEWEST': lasting({
    table: 'comment',
    scope: { article_id: 'bigint' },
    where: 'x.article_id = s.article_id AND x.listed AND x.depth = 0',
    keys: ['ordinal'],
    descending: true,
    pageColumns: ['article_id', 'id', 'ordinal'],
  }),
  'replies:OLDEST': lasting({
    table: 'comment',
    scope: { article_id: 'bigint', comment_id: 'bigint' },
    where: 'x.article_id = s.article_id AND x.parent_id = s.comment_id AND x.listed',
    keys: ['ordinal'],
    descending: false,
    pageColumns: ['article_id', 'id', 'ordinal'],
  }),
  'roots:TOP': lasting({
    table: 'comment_counter',
    scope: { article_id: 'bigint' },
    where: 'x.article_id = s.article_id AND x.parent_id = 0 AND x.listed',
    keys: ['score', 'ordinal'],
    descending: true,
    pageColumns: ['article_id', 'comment_id AS id', 'score', 'ordinal'],
  }),
  'replies:TOP': lasting({
    table: 'comment_counter',
    scope: { article_id: 'bigint', comment_id: 'bigint' },
    where: 'x.article_id = s.article_id AND x.parent_id = s.comment_id AND x.listed',
    keys: ['score', 'ordinal'],
    descending: true,
    pageColumns: ['article_id', 'comment_id AS id', 'score', 'ordinal'],
  }),
  'all:NEWEST': lasting({
    table: 'comment',
    scope: { article_id: 'bigint' },
    where: 'x.article_id = s.article_id AND x.listed',
    keys: ['ordinal'],
    descending: true,
    pageColumns: ['article_id', 'id', 'ordinal'],
  }),
  'all:THREADED': lasting({
    table: 'comment',
    scope: { article_id: 'bigint' },
    where: 'x.article_id = s.article_id AND x.listed',
    keys: ['path'],
    descending: false,
    pageColumns: ['article_id', 'id', 'path'],
  }),
  'below:THREADED': lasting({
    table: 'comment',
    scope: { article_id: 'bigint', path: 'bytea' },
    where: `x.article_id = s.article_id AND ${isBelow} AND x.listed`,
    keys: ['path'],
    descending: false,
    pageColumns: ['article_id', 'id', 'path'],
  }),
} satisfies Record<string, KeysetList>;

/** A list of comments and its order. */
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

/** The owner of a list: an article, or with `commentId` one comment whose replies or descendants are listed. */
export interface CommentListScope {
  readonly articleId: string;
  readonly commentId?: string;
  /** Path of the comment `commentId` in hexadecimal digits, for the list of all its descendants. */
  readonly path?: string;
  /** The greatest depth listed, counted from the article; unlimited when absent. For lists of more than one level. */
  readonly maxDepth?: number;
}

export type ListedCommentRow = CommentRow & KeysetRow & { readonly id: string };

const reversed = (list: KeysetList): KeysetList => lasting({ ...list, descending: !list.descending });

const listsByName: Readonly<Record<CommentListName, KeysetList>> = {
  ...lists,
  'roots:OLDEST': reversed(lists['roots:NEWEST']),
  'replies:NEWEST': reversed(lists['replies:OLDEST']),
  'all:OLDEST': reversed(lists['all:NEWEST']),
};

/** The levels that a list shows; lists with different values cannot share a statement. */
export type CommentLevels = 'all' | 'first' | 'some';

/** Properties that lists must share for their pages to be selected by one statement. */
export interface CommentListKind {
  readonly name: CommentListName;
  readonly levels: CommentLevels;
}

export function levelsOf({ maxDepth }: CommentListScope): CommentLevels {
  if (maxDepth === undefined) return 'all';
  return maxDepth === 0 ? 'first' : 'some';
}

/** Restricts a list to the comments that are not too deep. */
function downTo(levels: CommentLevels, list: KeysetList, name: CommentListName): KeysetList {
  if (levels === 'all') return list;
  // The first level has its own index for the orders by time.
  if (levels === 'first' && !isThreaded(name)) return { ...list, where: `${list.where} AND x.depth = 0` };
  return {
    ...list,
    scope: { ...list.scope, max_depth: 'int' },
    where: list.where + withinDepth,
    ...(isThreaded(name) ? { scan: scanShallow } : {}),
  };
}

/** Whether a list is in reading order; its cursors hold a comment's id. */
export const isThreaded = (name: CommentListName): boolean => name.endsWith(':THREADED');

/** The fields of a comment in a cursor: the sort keys; in reading order the id instead of the path, which can be long. */
export const commentCursorKeys = (name: CommentListName): readonly ('id' | 'score' | 'ordinal')[] =>
  isThreaded(name) ? ['id'] : (listsByName[name].keys as readonly ('score' | 'ordinal')[]);

/** SQL condition: the comment is or was in the thread, as every comment was from which a cursor was made. */
const everListed = `(status = 'PUBLISHED' OR removed_status = 'PUBLISHED')`;

/**
 * Whether a cursor of the reading order was made from a comment of this article. Only needed where nothing was found on
 * either side of the cursor: a forged cursor must not look like the end of the list.
 */
export async function isThreadCursor(db: Queryable, articleId: string, id: string): Promise<boolean> {
  const rows = await db.query(`SELECT FROM comment WHERE article_id = $1 AND id = $2 AND ${everListed}`, [
    articleId,
    id,
  ]);
  return rows.length === 1;
}

/** The requested page of a list of comments. */
export interface CommentRange extends ListRange {
  /**
   * Position of the comment around which the page is: its ordinal, or in reading order its path in hexadecimal digits.
   */
  readonly around?: string | undefined;
}

/** SQL for the sort key that a parameter stands for. */
function keySql(name: CommentListName, range: CommentRange, parameter: string): string {
  if (!isThreaded(name)) return `${parameter}::bigint`;
  if (range.around !== undefined) return `decode(${parameter}, 'hex')`;
  return `(SELECT path FROM comment WHERE article_id = s.article_id AND id = ${parameter}::bigint AND ${everListed})`;
}

/** Values of the scope columns, one array for each column. */
function scopeValues(list: KeysetList, scopes: readonly CommentListScope[]): unknown[][] {
  const columns: Record<string, (scope: CommentListScope) => unknown> = {
    article_id: (scope) => scope.articleId,
    comment_id: (scope) => scope.commentId,
    path: (scope) => Buffer.from(scope.path ?? '', 'hex'),
    max_depth: (scope) => scope.maxDepth,
  };
  return Object.keys(list.scope).map((column) => scopes.map((scope) => columns[column]?.(scope)));
}

/**
 * Selects pages of comments. All scopes of one call have the same list and levels.
 */
export function selectCommentPages(
  db: Queryable,
  scopes: readonly CommentListScope[],
  { name, levels }: CommentListKind,
  range: CommentRange,
): Promise<Found<ListedCommentRow>[]> {
  const list = downTo(levels, listsByName[name], name);
  return selectPagesOfComments(db, list, {
    scopes: scopeValues(list, scopes),
    limit: range.limit,
    backward: range.backward,
    cursor: range.around === undefined ? range.cursor : [range.around],
    around: range.around !== undefined,
    cursorSql: (at) => list.keys.map((_, index) => keySql(name, range, at(index))),
  });
}

const joinedComments = `LEFT JOIN (comment c${commentJoins}) ON c.article_id = page.article_id AND c.id = page.id`;

/**
 * Selects pages of any lists of comments.
 * @param list a list whose `pageColumns` are `article_id`, `id` and its keys
 * @param request `cursorSql` as in `KeysetStatement`
 */
export function selectPagesOfComments(
  db: Queryable,
  list: KeysetList,
  { cursorSql, ...request }: KeysetRequest & Pick<KeysetStatement, 'cursorSql'>,
): Promise<Found<ListedCommentRow>[]> {
  return selectKeysetPages<ListedCommentRow>(db, request, () => ({
    list,
    ...(cursorSql ? { cursorSql } : {}),
    columns: commentColumns,
    join: joinedComments,
  }));
}
