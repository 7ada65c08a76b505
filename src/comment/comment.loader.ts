import DataLoader from 'dataloader';
import { pathOrdinals } from '../db/ordinal.ts';
import type { LoaderFactory } from '../graphql/context.ts';
import { encodeCursor } from '../graphql/page.ts';
import { type PageLoader, pageLoader } from '../graphql/page-loader.ts';
import { rowLoader } from '../graphql/row-loader.ts';
import {
  commentCursorKey,
  type CommentKey,
  type CommentListName,
  type CommentListScope,
  type CommentRow,
  type ListedCommentRow,
  selectCommentMarkdown,
  selectCommentPages,
  selectComments,
  selectCommentsByOrdinal,
  selectDescendantCounts,
  selectPublicAuthors,
} from './comment.queries.ts';

const keyText = (key: CommentKey): string => `${key.articleId}:${key.id}`;

export const commentByKey: LoaderFactory<DataLoader<CommentKey, CommentRow | undefined, string>> = ({ db }) =>
  new DataLoader(
    async (keys) => {
      const byKey = new Map((await selectComments(db, keys)).map((row) => [keyText(row), row]));
      return keys.map((key) => byKey.get(keyText(key)));
    },
    { cacheKeyFn: keyText },
  );

/** The source of comments. */
export const markdownByCommentKey: LoaderFactory<DataLoader<CommentKey, string | undefined, string>> = ({
  db,
}) =>
  new DataLoader(
    async (keys) => {
      const byKey = new Map(
        (await selectCommentMarkdown(db, keys)).map((row) => [keyText(row), row.markdown]),
      );
      return keys.map((key) => byKey.get(keyText(key)));
    },
    { cacheKeyFn: keyText },
  );

type Placed = Pick<CommentRow, 'articleId' | 'id' | 'path'>;

/** The comments above a comment, the thread's first one first. */
export const ancestorsOfComment: LoaderFactory<DataLoader<Placed, CommentRow[], string>> = ({ db }) =>
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
  );

/** How many published comments stand below a comment that is not a thread's first. */
export const descendantCountOfComment: LoaderFactory<DataLoader<Placed, number, string>> = ({ db }) =>
  new DataLoader<Placed, number, string>(
    async (comments) => {
      const counts = new Map((await selectDescendantCounts(db, comments)).map((row) => [row.n, row.count]));
      return comments.map((_, index) => counts.get(index + 1) ?? 0);
    },
    { cacheKeyFn: keyText },
  );

export const publicAuthorByAccountId: LoaderFactory<
  DataLoader<string, { id: string; name: string; avatarUrl: string | null } | undefined>
> = ({ db }) =>
  rowLoader(
    (ids) => selectPublicAuthors(db, ids),
    (row) => row.id,
  );

const cursorScope = (scope: CommentListScope, name: CommentListName): string =>
  `comments:${scope.articleId}:${scope.commentId ?? ''}:${name}`;

/** The cursor of a row in a list of comments. */
export function commentCursor(scope: CommentListScope, name: CommentListName, row: CommentRow): string {
  return encodeCursor(cursorScope(scope, name), [commentCursorKey(name, row)]);
}

/** Pages of any list of comments. */
export const commentPages: LoaderFactory<PageLoader<CommentListScope, CommentListName, ListedCommentRow>> = ({
  db,
}) =>
  pageLoader({
    cursorScope,
    cursorKeys: 1,
    find: async (scopes, name, range) => selectCommentPages(db, scopes, name, range),
  });
