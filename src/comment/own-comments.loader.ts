import DataLoader from 'dataloader';
import type { LoaderFactory } from '../graphql/context.ts';
import { encodeCursor } from '../graphql/page.ts';
import { type PageLoader, pageLoader } from '../graphql/page-loader.ts';
import type { CommentStatus } from './comment.policy.ts';
import { type OwnCommentRow, selectOwnCommentCount, selectOwnCommentPage } from './own-comments.queries.ts';

/** States in the order of the alphabet, so that equal lists have equal cursors. */
type Statuses = readonly CommentStatus[];

const cursorScope = (accountId: string, statuses: Statuses): string =>
  `ownComments:${accountId}:${statuses.join(',')}`;

/** The cursor of a row among one's own comments. */
export function ownCommentCursor(accountId: string, statuses: Statuses, row: OwnCommentRow): string {
  return encodeCursor(cursorScope(accountId, statuses), [row.ordinal, row.id]);
}

/** Pages of the viewer's own comments; nobody else's, whatever account is asked for. */
export const ownCommentPages: LoaderFactory<PageLoader<string, Statuses, OwnCommentRow>> = ({ db, viewer }) =>
  pageLoader({
    cursorScope,
    cursorKeys: 2,
    find: (accountIds, statuses, range) =>
      Promise.all(
        accountIds.map(async (accountId) =>
          viewer?.accountId === accountId
            ? selectOwnCommentPage(db, viewer, statuses, range)
            : { rows: [], behind: false },
        ),
      ),
  });

/** How many comments of their own the viewer has in these states. */
export const ownCommentCount: LoaderFactory<DataLoader<Statuses, number, string>> = ({ db, viewer }) =>
  new DataLoader<Statuses, number, string>(
    (lists) =>
      Promise.all(lists.map(async (statuses) => (viewer ? selectOwnCommentCount(db, viewer, statuses) : 0))),
    { cacheKeyFn: (statuses) => statuses.join(',') },
  );
