import type { Queryable } from '../../../platform/db/database.ts';
import { accountOfLog } from '../../../platform/events/event-cursor.ts';
import type { ArticleEventRecord } from '../../../platform/events/event.ts';
import type { LogHead, LogReader } from '../../../platform/events/log.ts';
import { keptNotifications } from './notification-kinds.ts';

const accountOf = (key: string): string => accountOfLog(key) ?? '0';

/** The heads of inboxes; an account that was told nothing yet has an empty one. */
function selectInboxHeads(db: Queryable, keys: readonly string[]): Promise<LogHead[]> {
  return db.query<LogHead>(
    `SELECT 'i' || a.id AS "articleId", l.epoch, coalesce(i.sequence, 0) AS sequence,
       greatest(0, coalesce(i.sequence, 0) - ${keptNotifications}) AS "prunedSequence"
     FROM account a CROSS JOIN event_log l LEFT JOIN inbox i ON i.account_id = a.id
     WHERE a.id = ANY((SELECT $1::bigint[])::bigint[])`,
    [keys.map(accountOf)],
  );
}

/** The notifications after the number `after`, oldest first: only that they are there. */
function selectInboxEvents(
  db: Queryable,
  key: string,
  after: number,
  limit: number,
): Promise<ArticleEventRecord[]> {
  return db.query<ArticleEventRecord>(
    `SELECT 'i' || account_id AS "articleId", sequence, 'NOTIFICATION_ADDED' AS kind, NULL AS "commentId",
       false AS vanished, NULL AS "endorsementId", NULL AS "pledgeId", NULL AS milestone, NULL AS "idempotencyKey",
       occurred_at AS "occurredAt"
     FROM notification WHERE account_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3`,
    [accountOf(key), after, limit],
  );
}

/** Inboxes as streams read them. */
export const inboxLogs: LogReader = { selectHeads: selectInboxHeads, selectEvents: selectInboxEvents };
