import DataLoader from 'dataloader';
import { encodeEventCursor } from '../../../platform/events/event-cursor.ts';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { scopeHash } from '../../../platform/graphql/page.ts';
import { type PageLoader, pageLoader } from '../../../platform/graphql/page-loader.ts';
import { rowLoader } from '../../../platform/graphql/row-loader.ts';
import type { NotificationDeclarations, NotificationKind } from '../../../platform/feature/notification.ts';
import { inboxLog } from '../inbox/inbox-log.ts';
import {
  type ListedNotificationRow,
  type NotificationRow,
  selectNotificationPage,
  selectNotifications,
  selectUnreadCount,
} from './notification.queries.ts';

/** Kinds in alphabetical order, so that equal lists have equal cursors; null: all. */
export type NotificationKinds = readonly NotificationKind[] | null;

/** The cursor behind the last notification of the viewer. */
export const inboxCursorByAccountId: LoaderFactory<DataLoader<string, string | undefined>> = ({ db }) =>
  new DataLoader(async (accountIds) => {
    const keys = accountIds.map((accountId) => inboxLog.keyOf(accountId));
    const heads = await inboxLog.heads(db, keys);
    const cursors = new Map(heads.map((head) => [head.log, encodeEventCursor(head)]));
    return keys.map((key) => cursors.get(key));
  });

/** Loads from the viewer's own inbox, whatever account is requested. */
export interface InboxLoaders {
  readonly pages: LoaderFactory<PageLoader<string, NotificationKinds, ListedNotificationRow>>;
  /** A notification, by its number; undefined if it is not shown. */
  readonly byPosition: LoaderFactory<DataLoader<string, NotificationRow | undefined>>;
  readonly unreadCount: LoaderFactory<DataLoader<string, number>>;
}

/** @param declared the kinds that the service has */
export const inboxLoaders = (declared: NotificationDeclarations): InboxLoaders => ({
  pages: ({ db, viewer }) =>
    pageLoader({
      cursorScope: (accountId, kinds) => `notifications:${accountId}:${scopeHash(kinds)}`,
      cursorKeys: ['position'],
      find: (accountIds, kinds, range) =>
        Promise.all(
          accountIds.map(async (accountId) =>
            viewer?.accountId === accountId
              ? selectNotificationPage(db, declared, viewer, kinds ?? undefined, range)
              : { rows: [], behind: false },
          ),
        ),
    }),
  byPosition: ({ db, viewer }) =>
    rowLoader(
      async (positions) => (viewer ? selectNotifications(db, declared, viewer, positions) : []),
      (row) => String(row.position),
    ),
  unreadCount: ({ db, viewer }) =>
    new DataLoader((accountIds) =>
      Promise.all(
        accountIds.map(async (accountId) =>
          viewer?.accountId === accountId ? selectUnreadCount(db, declared, viewer) : 0,
        ),
      ),
    ),
});
