import DataLoader from 'dataloader';
import type { ListedCommentRow } from '../../comments/thread/comment-list.queries.ts';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { type PageLoader, pageLoader } from '../../../platform/graphql/page-loader.ts';
import { countHeldComments, type HeldStatus, selectHeldPage } from '../decisions/moderation.queries.ts';
import { ownerFor } from './item.loader.ts';

/** Pages of the moderation queue of the whole site, restricted to articles that the viewer can see. */
export const heldCommentPages: LoaderFactory<PageLoader<HeldStatus, 'OLDEST', ListedCommentRow>> = (scope) =>
  pageLoader({
    cursorScope: (status) => `held:${status}`,
    cursorKeys: ['ordinal', 'id'],
    find: (statuses, _order, range) =>
      Promise.all(statuses.map((status) => selectHeldPage(scope.db, ownerFor(scope), status, range))),
  });

/** Length of the moderation queue. */
export const heldCommentCount: LoaderFactory<DataLoader<HeldStatus, number>> = (scope) =>
  new DataLoader((statuses) =>
    Promise.all(statuses.map((status) => countHeldComments(scope.db, ownerFor(scope), status))),
  );
