import DataLoader from 'dataloader';
import { visibleUnpublished } from '../../articles/article/article.policy.ts';
import type { ListedCommentRow } from '../../comments/thread/comment-list.queries.ts';
import type { LoaderFactory, LoadScope } from '../../../platform/graphql/context.ts';
import { encodeCursor } from '../../../platform/graphql/page.ts';
import { type PageLoader, pageLoader } from '../../../platform/graphql/page-loader.ts';
import {
  countHeldComments,
  type HeldReader,
  type HeldStatus,
  selectHeldPage,
} from '../decisions/moderation.queries.ts';

/** The viewer as a reader of the moderation queue. Only moderators get here, so the viewer is signed in. */
function readerOf({ viewer }: LoadScope): HeldReader {
  if (!viewer) throw new Error('What is held was asked for by nobody');
  return { accountId: viewer.accountId, unpublished: visibleUnpublished(viewer) };
}

const cursorScope = (status: HeldStatus): string => `held:${status}`;

/** The cursor of a row in the moderation queue. */
export function heldCursor(status: HeldStatus, { ordinal, id }: ListedCommentRow): string {
  return encodeCursor(cursorScope(status), [ordinal, id]);
}

/** Pages of the moderation queue of the whole site, restricted to articles that the viewer can see. */
export const heldCommentPages: LoaderFactory<PageLoader<HeldStatus, 'OLDEST', ListedCommentRow>> = (scope) =>
  pageLoader({
    cursorScope,
    cursorKeys: 2,
    find: (statuses, _order, range) =>
      Promise.all(statuses.map((status) => selectHeldPage(scope.db, readerOf(scope), status, range))),
  });

/** Length of the moderation queue. */
export const heldCommentCount: LoaderFactory<DataLoader<HeldStatus, number>> = (scope) =>
  new DataLoader((statuses) =>
    Promise.all(statuses.map((status) => countHeldComments(scope.db, readerOf(scope), status))),
  );
