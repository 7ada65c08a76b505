import DataLoader from 'dataloader';
import { visibleUnpublished } from '../../articles/article/article.policy.ts';
import { encodeEventCursor } from '../../../platform/events/event-cursor.ts';
import type { LoaderFactory, LoadScope } from '../../../platform/graphql/context.ts';
import { encodeCursor } from '../../../platform/graphql/page.ts';
import { type PageLoader, pageLoader } from '../../../platform/graphql/page-loader.ts';
import {
  type ItemKey,
  type ModerationItemRow,
  selectItems,
} from '../../../platform/screening/moderation-item.queries.ts';
import { moderationLog } from '../../../platform/screening/moderation-log.ts';
import {
  countQueue,
  type HoldRow,
  type QueuedRow,
  type QueueFilter,
  selectHolds,
  selectQueuePage,
} from './moderation-queue.queries.ts';
import type { HeldReader } from '../decisions/moderation.queries.ts';

const keyText = ({ articleId, commentId }: ItemKey): string => `${articleId}:${commentId}`;

/** Loads rows of comments; undefined for a comment without one. */
const loaderOf =
  <Row extends ItemKey>(
    select: (db: LoadScope['db'], keys: readonly ItemKey[]) => Promise<readonly Row[]>,
  ): LoaderFactory<DataLoader<ItemKey, Row | undefined, string>> =>
  ({ db }) =>
    new DataLoader(
      async (keys) => {
        const byKey = new Map((await select(db, keys)).map((row) => [keyText(row), row]));
        return keys.map((key) => byKey.get(keyText(key)));
      },
      { cacheKeyFn: keyText },
    );

/** Entries of the queue, whoever may see their articles. */
export const itemByKey = loaderOf<ModerationItemRow>(selectItems);

/** What a phase has found in the newest text of a comment that was held. */
export const holdByKey = loaderOf<HoldRow>(selectHolds);

/** The reader of the queue. Only moderators get here, so that the viewer is signed in. */
function readerOf({ viewer }: LoadScope): HeldReader {
  const unpublished = visibleUnpublished(viewer);
  // A shared viewer is asked for its identity only where its own articles count.
  return { accountId: unpublished === 'own' ? (viewer?.accountId ?? '0') : '0', unpublished };
}

const cursorScope = (filter: QueueFilter): string => `queue:${JSON.stringify(Object.values(filter))}`;

/** The cursor of an entry of the queue. */
export const queueCursor = (filter: QueueFilter, { ordinal, commentId }: QueuedRow): string =>
  encodeCursor(cursorScope(filter), [ordinal, commentId]);

/** Pages of the queue, restricted to articles that the viewer can see. */
export const queuePages: LoaderFactory<PageLoader<QueueFilter, 'ENTERED', QueuedRow>> = (scope) =>
  pageLoader({
    cursorScope,
    cursorKeys: 2,
    find: (filters, _order, range) =>
      Promise.all(filters.map((filter) => selectQueuePage(scope.db, readerOf(scope), filter, range))),
  });

/** Length of the queue. */
export const queueCount: LoaderFactory<DataLoader<QueueFilter, number, string>> = (scope) =>
  new DataLoader(
    (filters) => Promise.all(filters.map((filter) => countQueue(scope.db, readerOf(scope), filter))),
    { cacheKeyFn: cursorScope },
  );

/** The position after the newest event of moderation, as it was when it was first asked for. */
export const moderationCursor: LoaderFactory<DataLoader<'head', string>> = ({ db }) =>
  new DataLoader(async (keys) => {
    const [head] = await moderationLog.heads(db, [moderationLog.keyOf()]);
    if (!head) throw new Error('There is no log of moderation');
    return keys.map(() => encodeEventCursor(head));
  });
