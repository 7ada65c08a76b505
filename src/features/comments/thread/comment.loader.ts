import DataLoader from 'dataloader';
import { pathOrdinals } from '../../../platform/db/ordinal.ts';
import { RequestError } from '../../../platform/errors/errors.ts';
import { kept } from '../../../platform/graphql/context.ts';
import { encodeCursor, type Page } from '../../../platform/graphql/page.ts';
import { pageCoverage, type PageKey, pageLoader } from '../../../platform/graphql/page-loader.ts';
import { rowsBy, rowsByKey } from '../../../platform/graphql/row-loader.ts';
import {
  commentCursorKeys,
  type CommentListKind,
  type CommentListName,
  type CommentListScope,
  type ListedCommentRow,
  isThreadCursor,
  isThreaded,
  levelsOf,
  selectCommentPages,
} from './comment-list.queries.ts';
import {
  type CommentKey,
  type CommentRow,
  selectComments,
  selectCommentsByOrdinal,
  selectPublicAuthors,
  selectPublicImportedAuthors,
  selectSources,
} from './comment.queries.ts';
import { selectDescendantCounts, selectListedCounts, type ThreadPart } from './comment-thread.queries.ts';

/** Names a comment among others. */
export const keyText = (key: CommentKey): string => `${key.articleId}:${key.id}`;

const articleOf = ({ articleId }: { readonly articleId: string }): string => articleId;

/** A comment, whoever asks. The log tells of every change of a comment that has a place in the thread. */
export const commentByKey = kept<CommentKey, CommentRow | undefined>(
  { keyText, articleOf, isPublic: (row) => row?.listed === true },
  rowsByKey(selectComments, keyText, (row) => row),
);

/** The source of a comment's text. It is for its author only: no rule of this loader. */
export const sourceOfComment = rowsByKey(selectSources, keyText, (row) => row);

type Placed = Pick<CommentRow, 'articleId' | 'id' | 'path'>;

/** The ancestors of a comment, the thread's first comment first. */
export const ancestorsOfComment = kept<Placed, CommentRow[]>(
  { keyText, articleOf, isPublic: () => true },
  ({ db }) =>
    new DataLoader<Placed, CommentRow[], string>(
      async (comments) => {
        const wanted = comments.map(({ articleId, path }) =>
          pathOrdinals(path)
            .slice(0, -1)
            .map((ordinal) => ({ articleId, ordinal })),
        );
        const keys = new Map(wanted.flat().map((key) => [`${key.articleId}:${key.ordinal}`, key]));
        const rows = await selectCommentsByOrdinal(db, [...keys.values()]);
        const found = new Map(rows.map((row) => [`${row.articleId}:${row.ordinal}`, row]));
        return wanted.map((above) =>
          above.flatMap((key) => found.get(`${key.articleId}:${key.ordinal}`) ?? []),
        );
      },
      { cacheKeyFn: keyText },
    ),
);

/** Number of published descendants of a comment that is not the first of its thread. */
export const descendantCountOfComment = kept<Placed, number>(
  { keyText, articleOf, isPublic: () => true },
  ({ db }) =>
    new DataLoader<Placed, number, string>(
      async (comments) => {
        const counts = new Map((await selectDescendantCounts(db, comments)).map((row) => [row.n, row.count]));
        return comments.map((_, index) => counts.get(index + 1) ?? 0);
      },
      { cacheKeyFn: keyText },
    ),
);

const partText = ({ articleId, path, maxDepth }: ThreadPart): string =>
  `${articleId}:${path.toString('hex')}:${maxDepth}`;

/** Number of comments and tombstones in a part of a thread. */
export const listedCountOfPart = kept<ThreadPart, number>(
  { keyText: partText, articleOf, isPublic: () => true },
  ({ db }) =>
    new DataLoader<ThreadPart, number, string>(
      async (parts) => {
        const counts = new Map((await selectListedCounts(db, parts)).map((row) => [row.n, row.count]));
        return parts.map((_, index) => counts.get(index + 1) ?? 0);
      },
      { cacheKeyFn: partText },
    ),
);

export const publicAuthorByAccountId = rowsBy(selectPublicAuthors, (row) => row.id);

/** Imported authors whose names may be shown, by id. */
export const publicImportedAuthorById = rowsBy(selectPublicImportedAuthors, (row) => row.id);

/**
 * Does not contain the greatest depth: a comment in one list is in the list with the other depth too, in the same
 * order.
 */
const cursorScope = (scope: CommentListScope, name: CommentListName): string =>
  `comments:${scope.articleId}:${scope.commentId ?? ''}:${name}`;

/** The cursor of a comment in a list, for an edge that is shown by itself. */
export function commentCursor(scope: CommentListScope, name: CommentListName, row: CommentRow): string {
  const keys = commentCursorKeys(name).map((key) => String(row[key]));
  return encodeCursor(cursorScope(scope, name), keys);
}

/** The kind of a list: lists of the same kind are selected by one statement. */
export const listKind = (scope: CommentListScope, name: CommentListName): CommentListKind => ({
  name,
  levels: levelsOf(scope),
});

/** Pages of any list of comments. */
export const commentPages = kept<PageKey<CommentListScope, CommentListKind>, Page<ListedCommentRow>>(
  pageCoverage(articleOf),
  ({ db }) =>
    pageLoader({
      cursorScope: (list, { name }) => cursorScope(list, name),
      cursorKeys: ({ name }) => commentCursorKeys(name),
      find: async (lists, kind, range) => {
        const found = await selectCommentPages(db, lists, kind, range);
        const [cursorId] = isThreaded(kind.name) ? (range.cursor ?? []) : [];
        const nothing = found.every(({ rows, behind }) => rows.length === 0 && !behind);
        if (cursorId !== undefined && nothing && lists[0]) {
          const known = await isThreadCursor(db, lists[0].articleId, cursorId);
          if (!known)
            throw new RequestError('BAD_USER_INPUT', 'The cursor does not belong to this connection.');
        }
        return found;
      },
    }),
);

/**
 * Position of a comment in a list, from which a page around the comment starts. A comment that is too deep is replaced
 * by its ancestor at the greatest depth.
 */
export function placeInList(list: CommentListScope, name: CommentListName, row: CommentRow): string {
  const levels = Math.min(row.depth, list.maxDepth ?? row.depth) + 1;
  return isThreaded(name)
    ? row.path.toString('hex', 0, 8 * levels)
    : String(pathOrdinals(row.path)[levels - 1]);
}
