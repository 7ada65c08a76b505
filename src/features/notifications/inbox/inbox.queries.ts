import type { Tx } from '../../../platform/db/database.ts';
import type { NotificationKind, NotificationKinds } from '../../../platform/feature/notification.ts';
import { keptNotifications } from './inbox-log.ts';

/** A notification to add; its inbox assigns its number. */
export type NewNotification = {
  [Kind in NotificationKind]: NotificationKinds[Kind] & {
    readonly accountId: string;
    readonly kind: Kind;
    /** Absent: now. */
    readonly occurredAt?: Date;
  };
}[NotificationKind];

/** An inbox, and the number of its last notification. */
export interface InboxHead {
  readonly accountId: string;
  readonly sequence: number;
}

// One statement bumps the inboxes, in the order of their accounts so that two transactions never wait for each other,
// and inserts the notifications: the row locks order the commits per inbox, so that its numbers have no gap.
const insertStatement = `
WITH news AS (
  SELECT t.*, row_number() OVER own AS place, count(*) OVER (PARTITION BY t.account_id) AS size
  FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::timestamptz[])
    WITH ORDINALITY AS t(account_id, kind, article_id, subject_id, occurred_at, n)
  WINDOW own AS (PARTITION BY t.account_id ORDER BY t.n)
), bumped AS (
  INSERT INTO inbox AS i (account_id, sequence, mail_at)
  SELECT account_id, count(*)::int, clock_timestamp() FROM news GROUP BY account_id ORDER BY account_id
  ON CONFLICT (account_id) DO UPDATE SET sequence = i.sequence + excluded.sequence,
    mail_at = least(i.mail_at, excluded.mail_at)
  RETURNING account_id, sequence
), added AS (
  INSERT INTO notification (account_id, sequence, kind, article_id, subject_id, occurred_at)
  SELECT n.account_id, b.sequence - n.size + n.place, n.kind, n.article_id, n.subject_id,
    coalesce(n.occurred_at, clock_timestamp())
  FROM news n JOIN bumped b USING (account_id)
), pruned AS (
  DELETE FROM notification o USING bumped b
  WHERE o.account_id = b.account_id AND o.sequence <= b.sequence - ${keptNotifications}
)
SELECT account_id::text AS "accountId", sequence FROM bumped`;

/**
 * Adds notifications, at most `keptNotifications` for one account, and deletes the oldest ones beyond that number.
 * @returns the inboxes that have news
 */
export function insertNotifications(tx: Tx, news: readonly NewNotification[]): Promise<InboxHead[]> {
  return tx.query<InboxHead>(insertStatement, [
    news.map(({ accountId }) => accountId),
    news.map(({ kind }) => kind),
    news.map(({ articleId }) => articleId ?? null),
    news.map(({ subjectId }) => subjectId ?? null),
    news.map(({ occurredAt }) => occurredAt ?? null),
  ]);
}

/**
 * Marks the notifications up to a number as read; a smaller number than before changes nothing.
 * @returns whether anything changed
 */
export async function updateRead(tx: Tx, accountId: string, upTo: number): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE inbox SET read_sequence = least($2::int, sequence)
     WHERE account_id = $1 AND read_sequence < least($2::int, sequence)
     RETURNING 1`,
    [accountId, upTo],
  );
  return rows.length > 0;
}
