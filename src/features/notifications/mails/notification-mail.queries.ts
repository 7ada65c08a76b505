import { suspendedSql } from '../../people/account/sanction.queries.ts';
import { visibleArticleSql } from '../../articles/article/article.queries.ts';
import type { Queryable, Tx } from '../../../platform/db/database.ts';
import { Parameters } from '../../../platform/db/parameters.ts';
import type { NotificationDeclarations, NotificationKind } from '../../../platform/feature/notification.ts';
import { shownSql } from '../inbox/shown.ts';

/** An inbox of which something may be to be mailed; its row is locked. */
export interface DueInbox {
  readonly accountId: string;
  readonly email: string;
  /** Whether mails go to the address: a person has confirmed it. */
  readonly isReachable: boolean;
  /** Whether the account is suspended: then mails tell of nothing but what was decided about the account. */
  readonly isSuspended: boolean;
  readonly now: Date;
  readonly digestAt: Date | null;
  readonly digestedAt: Date | null;
}

/** SQL of the inboxes that `lockDueInbox` finds. */
export const dueInboxesSql = (delaySeconds: number): string =>
  `SELECT mail_at FROM inbox WHERE mail_at <= now() - make_interval(secs => ${delaySeconds}) ORDER BY mail_at`;

/**
 * Locks the inbox that has waited longest for a mail, of those that no other worker has. The statement has the time of the
 * transaction's begin, so that the index finds the row.
 * @param delaySeconds time for which a notification waits before a mail tells of it
 */
export async function lockDueInbox(tx: Tx, delaySeconds: number): Promise<DueInbox | undefined> {
  const [row] = await tx.query<DueInbox>(
    `SELECT i.account_id::text AS "accountId", a.email, now() AS now, i.digest_at AS "digestAt",
       i.digested_at AS "digestedAt", ${suspendedSql('a')} AS "isSuspended",
       a.email_verified_at IS NOT NULL
         AND NOT EXISTS (SELECT FROM service_account s WHERE s.account_id = a.id) AS "isReachable"
     FROM inbox i JOIN account a ON a.id = i.account_id
     WHERE i.account_id = (SELECT account_id FROM inbox WHERE mail_at <= now() - make_interval(secs => $1)
       ORDER BY mail_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)`,
    [delaySeconds],
  );
  return row;
}

/** A notification of which no mail has told. */
export interface UnmailedRow {
  readonly position: number;
  readonly kind: NotificationKind;
  /** Null: it tells of the account itself. */
  readonly articleId: string | null;
  readonly subjectId: string | null;
  /** Null: the article is not public, or there is none. */
  readonly article: { readonly slug: string; readonly title: string } | null;
  /** What the sentence of its kind is made of. */
  readonly facts: unknown;
}

/** SQL for the facts of the notification `x`. */
const factsSql = (declared: NotificationDeclarations): string => {
  const branches = Object.entries(declared).flatMap(([kind, { sentence }]) =>
    sentence ? [`WHEN '${kind}' THEN ${sentence.facts}`] : [],
  );
  return branches.length === 0 ? 'NULL::jsonb' : `CASE x.kind ${branches.join(' ')} END`;
};

/**
 * Notifications of an account of which no mail has told, the last one first: those that were not read, are of the last three
 * days, as mails are, and are shown to somebody without rights beyond a reader's.
 */
export function selectUnmailed(
  db: Queryable,
  declared: NotificationDeclarations,
  accountId: string,
): Promise<UnmailedRow[]> {
  const parameters = new Parameters([accountId]);
  return db.query<UnmailedRow>(
    `SELECT x.sequence AS position, x.kind, x.article_id::text AS "articleId", x.subject_id::text AS "subjectId",
       CASE WHEN ${visibleArticleSql('a', null, parameters)}
         THEN jsonb_build_object('slug', a.slug, 'title', a.title) END AS article,
       ${factsSql(declared)} AS facts
     FROM inbox i JOIN notification x ON x.account_id = i.account_id LEFT JOIN article a ON a.id = x.article_id
     WHERE i.account_id = $1::bigint AND x.sequence > i.read_sequence AND NOT x.mailed
       AND x.occurred_at > now() - interval '3 days' AND ${shownSql(declared, null, parameters)}
     ORDER BY x.sequence DESC`,
    parameters.values,
  );
}

export async function updateMailed(tx: Tx, accountId: string, positions: readonly number[]): Promise<void> {
  await tx.query(
    'UPDATE notification SET mailed = true WHERE account_id = $1 AND sequence = ANY((SELECT $2::int[])::int[])',
    [accountId, positions],
  );
}

/** When an inbox is looked at next, and its digests. */
export interface MailSchedule {
  /** Null: with the next notification. */
  readonly mailAt: Date | null;
  readonly digestAt: Date | null;
  readonly digestedAt: Date | null;
}

export async function updateSchedule(
  tx: Tx,
  accountId: string,
  { mailAt, digestAt, digestedAt }: MailSchedule,
): Promise<void> {
  await tx.query('UPDATE inbox SET mail_at = $2, digest_at = $3, digested_at = $4 WHERE account_id = $1', [
    accountId,
    mailAt,
    digestAt,
    digestedAt,
  ]);
}

/** Puts an inbox off, so that one that fails does not stop the others. */
export async function postponeMail(db: Queryable, accountId: string, seconds: number): Promise<void> {
  await db.query(
    'UPDATE inbox SET mail_at = now() + make_interval(secs => $2) WHERE account_id = $1 AND mail_at IS NOT NULL',
    [accountId, seconds],
  );
}

/**
 * The key that signs the links of an account, which is made with its first mail.
 * @param fresh 32 random bytes
 */
export async function keepUnsubscribeKey(tx: Tx, accountId: string, fresh: Buffer): Promise<Buffer> {
  const [row] = await tx.query<{ key: Buffer }>(
    `UPDATE inbox SET unsubscribe_key = coalesce(unsubscribe_key, $2) WHERE account_id = $1
     RETURNING unsubscribe_key AS key`,
    [accountId, fresh],
  );
  if (!row) throw new Error('An inbox that is locked is there');
  return row.key;
}

export async function selectUnsubscribeKey(db: Queryable, accountId: string): Promise<Buffer | undefined> {
  const [row] = await db.query<{ key: Buffer | null }>(
    'SELECT unsubscribe_key AS key FROM inbox WHERE account_id = $1',
    [accountId],
  );
  return row?.key ?? undefined;
}
