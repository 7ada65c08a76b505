import DataLoader from 'dataloader';
import { visibleUnpublished } from '../../articles/article/article.policy.ts';
import { encodeEventCursor } from '../../../platform/events/event-cursor.ts';
import type { LoaderFactory, LoadScope } from '../../../platform/graphql/context.ts';
import { type PageLoader, pageLoader } from '../../../platform/graphql/page-loader.ts';
import { rowsByKey } from '../../../platform/graphql/row-loader.ts';
import { type ItemKey, selectItems } from '../../../platform/screening/moderation-item.queries.ts';
import { moderationLog } from '../../../platform/screening/moderation-log.ts';
import {
  countQueue,
  type QueuedRow,
  type QueueFilter,
  selectHolds,
  selectQueuePage,
} from './moderation-queue.queries.ts';

const keyText = ({ articleId, commentId }: ItemKey): string => `${articleId}:${commentId}`;

/** Entries of the queue, whoever may see their articles. */
export const itemByKey = rowsByKey(selectItems, keyText, (row) => row);

/** What a phase has found in the newest text of a comment that was held. */
export const holdByKey = rowsByKey(selectHolds, keyText, (row) => row);

/**
 * The account whose unpublished articles are included in what a moderator is shown; null for those of all accounts; 0, which no
 * account has, for none.
 */
export function ownerFor({ viewer }: LoadScope): string | null {
  const unpublished = visibleUnpublished(viewer);
  if (unpublished === 'all') return null;
  // A shared viewer is asked for its identity only where its own articles count.
  return unpublished === 'own' ? (viewer?.accountId ?? '0') : '0';
}

const cursorScope = (filter: QueueFilter): string => `queue:${JSON.stringify(Object.values(filter))}`;

/** Pages of the queue, restricted to articles that the viewer can see. */
export const queuePages: LoaderFactory<PageLoader<QueueFilter, 'ENTERED', QueuedRow>> = (scope) =>
  pageLoader({
    cursorScope,
    cursorKeys: ['ordinal', 'commentId'],
    find: (filters, _order, range) =>
      Promise.all(filters.map((filter) => selectQueuePage(scope.db, ownerFor(scope), filter, range))),
  });

/** Length of the queue. */
export const queueCount: LoaderFactory<DataLoader<QueueFilter, number, string>> = (scope) =>
  new DataLoader(
    (filters) => Promise.all(filters.map((filter) => countQueue(scope.db, ownerFor(scope), filter))),
    { cacheKeyFn: cursorScope },
  );

/** The position after the newest event of moderation, as it was when it was first asked for. */
export const moderationCursor: LoaderFactory<DataLoader<'head', string>> = ({ db }) =>
  new DataLoader(async (keys) => {
    const [head] = await moderationLog.heads(db, [moderationLog.keyOf()]);
    if (!head) throw new Error('There is no log of moderation');
    return keys.map(() => encodeEventCursor(head));
  });
