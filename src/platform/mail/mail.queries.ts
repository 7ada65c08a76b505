import type { Queryable, Tx } from '../db/database.ts';
import type { PersonalData } from '../db/personal-data.ts';
import { maxCounted } from '../jobs/job.ts';
import { isGoneSql, leftPauseSql } from '../jobs/process.queries.ts';
import type { AskedCounts, MailBudget, MailPurpose } from './mail-bounds.ts';
import type { OutgoingMail } from './transport.ts';

/** "mlr" and "mls" in ASCII: the classes of the advisory locks of recipients and senders. */
const recipientLock = 0x6d6c72;
const senderLock = 0x6d6c73;

/** A mail as it is stored. */
export interface MailRow {
  readonly recipient: string;
  readonly accountId: string | null;
  readonly kind: string;
  readonly dedupeKey: string | null;
  readonly secret: boolean;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly unsubscribeUrl: string | null;
  readonly asked: AskedRow | null;
}

/** Who has asked for a mail, and what for. */
export interface AskedRow {
  readonly purpose: MailPurpose;
  readonly asker: Buffer;
  readonly network: Buffer | null;
}

/** Mails of the last hour that count against a new one. */
export interface RecentMails {
  /** Whether there is a mail with the same key. */
  readonly isKnown: boolean;
  /** Mails of lists if the new one is of a list; else those of its kind. */
  readonly toRecipient: number;
  readonly bySender: number;
}

/** Takes the locks of several recipients, in the order that all transactions keep. */
export async function lockRecipients(tx: Tx, recipients: readonly string[]): Promise<void> {
  await tx.query(
    `SELECT pg_advisory_xact_lock($1, key)
     FROM (SELECT DISTINCT hashtext(recipient) AS key FROM unnest($2::text[]) AS recipient ORDER BY key) AS keys`,
    [recipientLock, recipients],
  );
}

/**
 * Counts the mails of the last hour. Whoever writes to the same address, or on behalf of the same account, waits until this
 * transaction is over, so that no two count at the same time.
 */
export async function countRecentMails(
  tx: Tx,
  mail: Pick<MailRow, 'recipient' | 'accountId' | 'kind' | 'dedupeKey' | 'unsubscribeUrl'>,
): Promise<RecentMails> {
  const { recipient, accountId, kind, dedupeKey, unsubscribeUrl } = mail;
  await tx.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [recipientLock, recipient]);
  if (accountId !== null)
    await tx.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [senderLock, accountId]);
  // A statement of its own: it sees what was committed while this transaction waited.
  const [row] = await tx.query<RecentMails>(
    `SELECT EXISTS (SELECT FROM mail WHERE dedupe_key = $3) AS "isKnown",
       (SELECT count(*) FROM mail WHERE recipient = $1 AND created_at > now() - interval '1 hour'
         AND CASE WHEN $4 THEN unsubscribe_url IS NOT NULL ELSE kind = $5 END)::int AS "toRecipient",
       (SELECT count(*) FROM mail WHERE account_id = $2 AND created_at > now() - interval '1 hour')::int AS "bySender"`,
    [recipient, accountId, dedupeKey, unsubscribeUrl !== null, kind],
  );
  if (!row) throw new Error('A statement of counts returned no row');
  return row;
}

/** Counts the mails to one recipient for one purpose, under the lock of `countRecentMails`. */
export async function countAskedMails(
  tx: Tx,
  recipient: string,
  { purpose, asker, network }: AskedRow,
): Promise<AskedCounts> {
  const [row] = await tx.query<AskedCounts>(
    `SELECT count(*) FILTER (WHERE recent AND asker = $3)::int AS "ownHour", count(*) FILTER (WHERE asker = $3)::int AS "ownDay",
       count(*) FILTER (WHERE recent AND asker_network = $4)::int AS "networkHour",
       count(*) FILTER (WHERE recent AND NOT asker_known)::int AS "strangersHour",
       count(*) FILTER (WHERE NOT asker_known)::int AS "strangersDay",
       count(*) FILTER (WHERE recent AND asker_known)::int AS "knownHour",
       count(*) FILTER (WHERE asker_known)::int AS "knownDay"
     FROM (SELECT *, created_at > now() - interval '1 hour' AS recent FROM mail
       WHERE recipient = $1 AND purpose = $2 AND created_at > now() - interval '1 day') AS asked`,
    [recipient, purpose, asker, network],
  );
  if (!row) throw new Error('A statement of counts returned no row');
  return row;
}

/**
 * @param budget of a mail that somebody asks for: the one that it is taken from
 * @returns false if another transaction has just written a mail with the same key
 */
export async function insertMail(tx: Tx, mail: MailRow, budget: MailBudget | undefined): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO mail (recipient, account_id, kind, dedupe_key, secret, subject, text, html, unsubscribe_url,
       purpose, asker, asker_network, asker_known)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (dedupe_key) DO NOTHING RETURNING id`,
    [
      mail.recipient,
      mail.accountId,
      mail.kind,
      mail.dedupeKey,
      mail.secret,
      mail.subject,
      mail.text,
      mail.html,
      mail.unsubscribeUrl,
      mail.asked?.purpose ?? null,
      mail.asked?.asker ?? null,
      mail.asked?.network ?? null,
      budget === undefined ? null : budget === 'KNOWN',
    ],
  );
  return rows.length === 1;
}

/** A mail that a worker has taken. */
export interface TakenMail extends OutgoingMail {
  /** Number of this attempt, from 1: says whether another worker has taken the mail meanwhile. */
  readonly attempts: number;
  /** Whether it has waited for so long that it is not sent any more. */
  readonly isOverdue: boolean;
  readonly lastError: string | null;
}

/** How long a worker has a mail for while its process lives. */
const leaseSql = `interval '3 minutes'`;

/** SQL of where mails are left by a process that is gone, and their pause is over. */
const leftMails = `mail WHERE process_id IS NOT NULL AND ${isGoneSql('process_id')} AND look_at <= now() + ${leaseSql}`;

/** SQL of the mails that are to be sent now. */
export const dueMailsSql = `(SELECT look_at FROM mail WHERE look_at <= now() ORDER BY look_at LIMIT ${maxCounted})
  UNION ALL SELECT created_at FROM ${leftMails} AND look_at > now()`;

/**
 * Takes the mail that has waited longest, or one that a dead process has left, for three minutes. One that was left before is put off as
 * well, in case that this process ends over it, too.
 * @returns undefined: there is none to send now
 */
export async function takeMail(db: Queryable, processId: string): Promise<TakenMail | undefined> {
  const [mail] = await db.query<TakenMail>(
    `UPDATE mail SET attempts = attempts + 1, process_id = $1,
       look_at = now() + ${leaseSql} + CASE WHEN process_id IS NULL THEN interval '0' ELSE ${leftPauseSql('attempts + 1')} END
     WHERE id = coalesce((SELECT id FROM ${leftMails} LIMIT 1 FOR UPDATE SKIP LOCKED),
       (SELECT id FROM mail WHERE look_at <= now() ORDER BY look_at LIMIT 1 FOR UPDATE SKIP LOCKED))
     RETURNING id, recipient, subject, text, html, unsubscribe_url AS "unsubscribeUrl", created_at AS "createdAt",
       attempts, last_error AS "lastError", created_at < now() - interval '3 days' AS "isOverdue"`,
    [processId],
  );
  return mail;
}

/** Which attempt at which mail. */
type Attempt = Pick<TakenMail, 'id' | 'attempts'>;

/** SQL of the contents of a mail that is done. @param emptied SQL of whether they are removed */
const contentsOfDone = (emptied: string): string =>
  ['subject', 'text', 'html']
    .map((column) => `${column} = CASE WHEN ${emptied} THEN '' ELSE ${column} END`)
    .join(', ');

/** Marks a mail as sent, also if another worker has taken it meanwhile: it was sent. */
export async function updateSent(
  db: Queryable,
  { id, keepsSecrets }: { readonly id: string; readonly keepsSecrets: boolean },
): Promise<void> {
  await db.query(
    `UPDATE mail SET sent_at = now(), look_at = NULL, process_id = NULL, given_up_at = NULL, last_error = NULL,
       ${contentsOfDone('secret AND NOT $2::boolean')}
     WHERE id = $1 AND sent_at IS NULL`,
    [id, keepsSecrets],
  );
}

/** Puts a mail off, for longer each time: half a minute at first, an hour at most. */
export async function updatePutOff(db: Queryable, { id, attempts }: Attempt, error: string): Promise<void> {
  await db.query(
    `UPDATE mail SET last_error = $3, process_id = NULL,
       look_at = now() + least(interval '30 seconds' * power(2, least(attempts, 9) - 1), interval '1 hour')
     WHERE id = $1 AND attempts = $2 AND look_at IS NOT NULL`,
    [id, attempts, error],
  );
}

/** Leaves a mail to whoever looks next, as its attempt has sent nothing; not one that another process has taken meanwhile. */
export async function releaseMail(db: Queryable, { id, attempts }: Attempt): Promise<void> {
  await db.query(
    `UPDATE mail SET attempts = attempts - 1, look_at = now(), process_id = NULL
     WHERE id = $1 AND attempts = $2 AND look_at IS NOT NULL`,
    [id, attempts],
  );
}

export async function updateGivenUp(db: Queryable, { id, attempts }: Attempt, error: string): Promise<void> {
  await db.query(
    `UPDATE mail SET given_up_at = now(), look_at = NULL, process_id = NULL, last_error = $3, ${contentsOfDone('secret')}
     WHERE id = $1 AND attempts = $2 AND look_at IS NOT NULL`,
    [id, attempts, error],
  );
}

/** Most rows that one step of pruning touches. */
const pruneBatch = 500;

/** Empties mails that were sent or given up, a week after they were written. */
export async function pruneMailContents(tx: Tx, at: Date) {
  const rows = await tx.query(
    `UPDATE mail SET subject = '', text = '', html = '', unsubscribe_url = NULL, asker = NULL, asker_network = NULL WHERE id IN (
       SELECT id FROM mail WHERE look_at IS NULL AND text <> '' AND created_at < $1::timestamptz - interval '7 days'
       ORDER BY created_at LIMIT $2)
     RETURNING id`,
    [at, pruneBatch],
  );
  return { removed: {}, more: rows.length === pruneBatch };
}

/** Removes mails a month after they were written, also those that nobody has sent because mail is off. */
export async function pruneMails(tx: Tx, at: Date) {
  const rows = await tx.query(
    `DELETE FROM mail WHERE id IN (
       SELECT id FROM mail WHERE created_at < $1::timestamptz - interval '30 days' ORDER BY created_at LIMIT $2)
     RETURNING id`,
    [at, pruneBatch],
  );
  return { removed: { mail: rows.length }, more: rows.length === pruneBatch };
}

/** Deletes the mails to an account's address, and those on its behalf, which name the person. */
export async function deleteMails(tx: Tx, accountId: string): Promise<void> {
  await tx.query(
    `DELETE FROM mail WHERE account_id = $1 OR recipient = (SELECT email FROM account WHERE id = $1)`,
    [accountId],
  );
}

/** Deletes the mails of a kind to an address that were sent or given up. */
export async function deleteDoneMails(
  tx: Tx,
  { recipient, kind }: { readonly recipient: string; readonly kind: string },
): Promise<void> {
  await tx.query('DELETE FROM mail WHERE recipient = $1 AND kind = $2 AND look_at IS NULL', [
    recipient,
    kind,
  ]);
}

/**
 * Mails to an account's address, and when mails were sent on its behalf; never what gives rights to its reader. The kind of a
 * mail to somebody else would tell whether an account has that address.
 */
export const mailData: PersonalData = {
  name: 'mails',
  select: (db, accountId, { after, limit }) =>
    db.query(
      `SELECT m.id::text AS key, jsonb_build_object('createdAt', m.created_at, 'sentAt', m.sent_at)
         || CASE WHEN m.recipient <> a.email THEN jsonb_build_object('toSomebodyElse', true)
            WHEN m.secret THEN jsonb_build_object('kind', m.kind, 'recipient', m.recipient)
            ELSE jsonb_build_object('kind', m.kind, 'recipient', m.recipient, 'subject', m.subject, 'text', m.text)
            END AS data
       FROM account a JOIN mail m ON m.recipient = a.email OR m.account_id = a.id
       WHERE a.id = $1 AND ($2::uuid IS NULL OR m.id > $2::uuid) ORDER BY m.id LIMIT $3`,
      [accountId, after ?? null, limit],
    ),
};
