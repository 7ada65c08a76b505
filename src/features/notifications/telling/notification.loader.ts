import DataLoader from 'dataloader';
import { encodeEventCursor } from '../../../platform/events/event-cursor.ts';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { encodeCursor, scopeHash } from '../../../platform/graphql/page.ts';
import { type PageLoader, pageLoader } from '../../../platform/graphql/page-loader.ts';
import { rowLoader } from '../../../platform/graphql/row-loader.ts';
import type { NotificationKind } from '../inbox/notification-kinds.ts';
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

const cursorScope = (accountId: string, kinds: NotificationKinds): string =>
  `notifications:${accountId}:${scopeHash(kinds)}`;

/** The cursors of the rows in a list of notifications. */
export const notificationCursor =
  (kinds: NotificationKinds) =>
  ({ accountId, position }: ListedNotificationRow): string =>
    encodeCursor(cursorScope(accountId, kinds), [String(position)]);

/** Pages of an account's notifications; of the viewer's own, whatever account is requested. */
export const notificationPages: LoaderFactory<
  PageLoader<string, NotificationKinds, ListedNotificationRow>
> = ({ db, viewer }) =>
  pageLoader({
    cursorScope,
    cursorKeys: 1,
    find: (accountIds, kinds, range) =>
      Promise.all(
        accountIds.map(async (accountId) =>
          viewer?.accountId === accountId
            ? selectNotificationPage(db, viewer, kinds ?? undefined, range)
            : { rows: [], behind: false },
        ),
      ),
  });

/** The cursor behind the last notification of the viewer. */
export const inboxCursorByAccountId: LoaderFactory<DataLoader<string, string | undefined>> = ({ db }) =>
  new DataLoader(async (accountIds) => {
    const keys = accountIds.map((accountId) => inboxLog.keyOf(accountId));
    const heads = await inboxLog.heads(db, keys);
    const cursors = new Map(heads.map((head) => [head.log, encodeEventCursor(head)]));
    return keys.map((key) => cursors.get(key));
  });

/** A notification of the viewer, by its number; undefined if it is not shown. */
export const notificationByPosition: LoaderFactory<DataLoader<string, NotificationRow | undefined>> = ({
  db,
  viewer,
}) =>
  rowLoader(
    async (positions) => (viewer ? selectNotifications(db, viewer, positions) : []),
    (row) => String(row.position),
  );

/** The number of an account's unread notifications; of the viewer's own, whatever account is requested. */
export const unreadCountByAccountId: LoaderFactory<DataLoader<string, number>> = ({ db, viewer }) =>
  new DataLoader((accountIds) =>
    Promise.all(
      accountIds.map(async (accountId) =>
        viewer?.accountId === accountId ? selectUnreadCount(db, viewer) : 0,
      ),
    ),
  );
