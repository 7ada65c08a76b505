import type { Viewer } from '../../../platform/auth/viewer.ts';
import type { Queryable } from '../../../platform/db/database.ts';
import { type Found, type KeysetRow, type ListRange, selectKeysetPage } from '../../../platform/db/keyset.ts';
import { Parameters } from '../../../platform/db/parameters.ts';
import type { NotificationDeclarations, NotificationKind } from '../../../platform/feature/notification.ts';
import { shownSql } from '../inbox/shown.ts';

/** A notification of the viewer. */
export interface NotificationRow {
  readonly accountId: string;
  readonly position: number;
  readonly kind: NotificationKind;
  /** Null: it tells of the account itself. */
  readonly articleId: string | null;
  /** The key of what it tells of, as the kind says; null: the article as a whole. */
  readonly subjectId: string | null;
  readonly occurredAt: Date;
  /** Up to which number the inbox was read. */
  readonly readPosition: number;
}

export type ListedNotificationRow = NotificationRow & KeysetRow;

const kindSql = (kinds: readonly NotificationKind[] | undefined, parameters: Parameters): string =>
  kinds ? ` AND x.kind = ANY(${parameters.add(kinds)}::text[])` : '';

/**
 * Selects a page of the viewer's notifications, newest first.
 * @param kinds undefined: all
 */
export function selectNotificationPage(
  db: Queryable,
  declared: NotificationDeclarations,
  viewer: Viewer,
  kinds: readonly NotificationKind[] | undefined,
  range: ListRange,
): Promise<Found<ListedNotificationRow>> {
  return selectKeysetPage<ListedNotificationRow>(
    db,
    { scopes: [[viewer.accountId]], ...range },
    (parameters) => ({
      list: {
        table: 'notification',
        scope: { account_id: 'bigint' },
        where: `x.account_id = s.account_id${kindSql(kinds, parameters)} AND ${shownSql(declared, viewer, parameters)}`,
        keys: ['sequence'],
        descending: true,
        pageColumns: ['account_id', 'sequence', 'kind', 'article_id', 'subject_id', 'occurred_at'],
      },
      columns: `page.sequence::text AS id, page.account_id::text AS "accountId", page.sequence AS position, page.kind,
  page.article_id::text AS "articleId", page.subject_id::text AS "subjectId", page.occurred_at AS "occurredAt", i.read_sequence AS "readPosition"`,
      join: 'LEFT JOIN inbox i ON i.account_id = page.account_id',
    }),
  );
}

/** Selects those of the viewer's notifications with these numbers that are shown. */
export function selectNotifications(
  db: Queryable,
  declared: NotificationDeclarations,
  viewer: Viewer,
  positions: readonly string[],
): Promise<NotificationRow[]> {
  const parameters = new Parameters([viewer.accountId, positions]);
  return db.query<NotificationRow>(
    `SELECT x.account_id::text AS "accountId", x.sequence AS position, x.kind, x.article_id::text AS "articleId",
       x.subject_id::text AS "subjectId", x.occurred_at AS "occurredAt", i.read_sequence AS "readPosition"
     FROM notification x JOIN inbox i ON i.account_id = x.account_id
     WHERE x.account_id = $1::bigint AND x.sequence = ANY((SELECT $2::int[])::int[]) AND ${shownSql(declared, viewer, parameters)}`,
    parameters.values,
  );
}

/** Counts the viewer's notifications that are shown and were not read. */
export async function selectUnreadCount(
  db: Queryable,
  declared: NotificationDeclarations,
  viewer: Viewer,
): Promise<number> {
  const parameters = new Parameters([viewer.accountId]);
  const [row] = await db.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM inbox i JOIN notification x ON x.account_id = i.account_id
     WHERE i.account_id = $1::bigint AND x.sequence > i.read_sequence AND ${shownSql(declared, viewer, parameters)}`,
    parameters.values,
  );
  return row?.count ?? 0;
}
