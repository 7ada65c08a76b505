import { suspendedSql } from '../people/account/sanction.queries.ts';
import type { Queryable, Tx } from '../../platform/db/database.ts';
import { ordinalSql } from '../../platform/db/ordinal.ts';
import type { PruneStep } from '../../platform/db/pruning.ts';
import type { PersonalData } from '../../platform/db/personal-data.ts';
import { endorsementMailKind } from './endorsement-mails.ts';
import type { EndorsementKey } from './endorsement.queries.ts';

/** How long the link of a withdrawn endorsement still says that it was withdrawn. */
const endedInterval = `interval '7 days'`;

/** SQL for the identity of an address that no account has proven. @param email SQL for the address */
const identityOfAddress = (email: string): string =>
  `'address:' || encode(sha256(convert_to(${email}, 'UTF8')), 'hex')`;

/** SQL for the ids of the live endorsements of an address, which may be its account's. `l` is the link. */
const liveOfAddress = `
  SELECT e.id FROM endorsement e
  WHERE e.article_id = l.article_id AND e.withdrawn_at IS NULL AND e.identity IN (${identityOfAddress('l.email')},
    (SELECT 'account:' || a.id FROM account a WHERE a.email = l.email AND a.email_verified_at IS NOT NULL))
  ORDER BY e.id LIMIT 1`;

/** Texts of an endorsement that waits to be confirmed. */
export interface RequestedTexts {
  readonly displayName: string;
  readonly affiliation: string | null;
  readonly statement: string | null;
}

/** A link as its command finds it. */
export interface EndorsementLinkRow {
  readonly articleId: string;
  /** Null: it was not confirmed. */
  readonly endorsementId: string | null;
  /** Null: an account owns the endorsement, or it was withdrawn. */
  readonly email: string | null;
  readonly expiresAt: Date | null;
}

const linkColumns = `l.article_id::text AS "articleId", l.endorsement_id::text AS "endorsementId", l.email,
  l.expires_at AS "expiresAt"`;

export async function selectEndorsementLink(
  db: Queryable,
  hash: Buffer,
): Promise<EndorsementLinkRow | undefined> {
  const [row] = await db.query<EndorsementLinkRow>(
    `SELECT ${linkColumns} FROM endorsement_link l WHERE hash = $1`,
    [hash],
  );
  return row;
}

export async function lockEndorsementLink(tx: Tx, hash: Buffer): Promise<EndorsementLinkRow | undefined> {
  const [row] = await tx.query<EndorsementLinkRow>(
    `SELECT ${linkColumns} FROM endorsement_link l WHERE hash = $1 FOR UPDATE`,
    [hash],
  );
  return row;
}

export interface NewEndorsementLink extends RequestedTexts {
  readonly hash: Buffer;
  readonly articleId: string;
  readonly email: string;
  readonly expiresAt: Date;
}

export async function insertEndorsementLink(tx: Tx, link: NewEndorsementLink): Promise<void> {
  await tx.query(
    `INSERT INTO endorsement_link (hash, article_id, email, display_name, affiliation, statement, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      link.hash,
      link.articleId,
      link.email,
      link.displayName,
      link.affiliation,
      link.statement,
      link.expiresAt,
    ],
  );
}

/** A link as its page shows it, with the texts of its endorsement. */
export interface MailedEndorsementRow extends Omit<EndorsementLinkRow, 'email'> {
  /** In hexadecimal digits. */
  readonly hash: string;
  /** `CONFIRMED` as well where another link or an account has endorsed the article for this address. */
  readonly state: 'PENDING' | 'CONFIRMED' | 'WITHDRAWN';
  readonly displayName: string | null;
  readonly affiliation: string | null;
  readonly statement: string | null;
}

/** @param hashes in hexadecimal digits */
export function selectMailedEndorsements(
  db: Queryable,
  hashes: readonly string[],
): Promise<MailedEndorsementRow[]> {
  return db.query<MailedEndorsementRow>(
    `SELECT encode(l.hash, 'hex') AS hash, l.article_id::text AS "articleId", l.endorsement_id::text AS "endorsementId",
  l.expires_at AS "expiresAt",
  CASE WHEN e.withdrawn_at IS NULL AND e.id IS NOT NULL THEN 'CONFIRMED'
    WHEN l.display_name IS NOT NULL THEN 'PENDING' ELSE 'WITHDRAWN' END AS state,
  CASE WHEN e.id IS NULL THEN l.display_name WHEN e.withdrawn_at IS NULL THEN e.display_name END AS "displayName",
  CASE WHEN e.id IS NULL THEN l.affiliation WHEN e.withdrawn_at IS NULL THEN e.affiliation END AS affiliation,
  CASE WHEN e.id IS NULL THEN l.statement WHEN e.withdrawn_at IS NULL THEN e.statement END AS statement
FROM endorsement_link l
LEFT JOIN endorsement e ON e.article_id = l.article_id AND e.id = coalesce(l.endorsement_id, (${liveOfAddress}))
WHERE l.hash = ANY((SELECT array_agg(decode(h, 'hex')) FROM unnest($1::text[]) h)::bytea[])`,
    [hashes],
  );
}

/** The live endorsement of the address of a link that was not confirmed. */
export async function selectLiveOfAddress(tx: Tx, hash: Buffer): Promise<string | undefined> {
  const [row] = await tx.query<{ id: string | null }>(
    `SELECT (${liveOfAddress})::text AS id FROM endorsement_link l WHERE l.hash = $1`,
    [hash],
  );
  return row?.id ?? undefined;
}

/**
 * Makes the endorsement of a link.
 * @param accountId the account that has proven the link's address; null: none has
 * @returns false if the address, or the account, has a live endorsement already
 */
export async function insertMailedEndorsement(
  tx: Tx,
  { hash, id, accountId }: { readonly hash: Buffer; readonly id: string; readonly accountId: string | null },
): Promise<boolean> {
  const rows = await tx.query(
    `WITH made AS (SELECT now, ${ordinalSql('now', '$2::bigint')} AS ordinal FROM clock_timestamp() AS now)
INSERT INTO endorsement (article_id, id, ordinal, account_id, identity, display_name, affiliation, statement, listed,
  by_mail, created_at, created_precision)
SELECT l.article_id, $2, made.ordinal, $3::bigint,
  CASE WHEN $3::bigint IS NULL THEN ${identityOfAddress('l.email')} ELSE 'account:' || $3::bigint END,
  l.display_name, l.affiliation, l.statement, true, true, made.now, 'INSTANT'
FROM made, endorsement_link l WHERE l.hash = $1
ON CONFLICT (article_id, identity) WHERE withdrawn_at IS NULL DO NOTHING
RETURNING id`,
    [hash, id, accountId],
  );
  return rows.length === 1;
}

/** Binds a link to its endorsement, which has the texts from now on, and the account that owns it the address. */
export async function updateLinkConfirmed(
  tx: Tx,
  { hash, id, accountId }: { readonly hash: Buffer; readonly id: string; readonly accountId: string | null },
): Promise<void> {
  await tx.query(
    `UPDATE endorsement_link SET endorsement_id = $2, email = CASE WHEN $3::bigint IS NULL THEN email END,
       display_name = NULL, affiliation = NULL, statement = NULL, expires_at = NULL
     WHERE hash = $1`,
    [hash, id, accountId],
  );
}

/**
 * Withdraws an endorsement by its mailed link. One that no account owns loses its name, its texts and its identity: nobody
 * else could have them removed later.
 * @returns the owner; undefined if it was withdrawn before
 */
export async function updateMailedWithdrawn(
  tx: Tx,
  { articleId, id }: EndorsementKey,
): Promise<{ readonly accountId: string | null } | undefined> {
  const [row] = await tx.query<{ accountId: string | null }>(
    `UPDATE endorsement e SET withdrawn_at = clock_timestamp(), listed = false,
       identity = CASE WHEN account_id IS NOT NULL THEN identity END,
       display_name = CASE WHEN account_id IS NULL THEN '' ELSE display_name END,
       affiliation = CASE WHEN account_id IS NOT NULL THEN affiliation END,
       statement = CASE WHEN account_id IS NOT NULL THEN statement END,
       featured = featured AND account_id IS NOT NULL
     WHERE article_id = $1 AND id = $2 AND withdrawn_at IS NULL RETURNING account_id::text AS "accountId"`,
    [articleId, id],
  );
  return row;
}

/** Whether the account that owns an endorsement is suspended; false if none owns it. */
export async function isOwnerSuspended(tx: Tx, { articleId, id }: EndorsementKey): Promise<boolean> {
  const rows = await tx.query(
    `SELECT FROM endorsement e JOIN account a ON a.id = e.account_id
     WHERE e.article_id = $1 AND e.id = $2 AND ${suspendedSql('a')}`,
    [articleId, id],
  );
  return rows.length === 1;
}

/**
 * Ends a link, and all others of the same endorsement: addresses and texts go.
 * @param id the withdrawn endorsement; null: nobody had confirmed it
 */
export async function updateLinksEnded(
  tx: Tx,
  { hash, articleId, id }: { readonly hash: Buffer; readonly articleId: string; readonly id: string | null },
): Promise<void> {
  await tx.query(
    `UPDATE endorsement_link SET endorsement_id = coalesce(endorsement_id, $3::bigint), email = NULL, display_name = NULL,
       affiliation = NULL, statement = NULL, expires_at = clock_timestamp() + ${endedInterval}
     WHERE hash = $1 OR (article_id = $2 AND endorsement_id = $3::bigint)`,
    [hash, articleId, id],
  );
}

/** Ends the links of an endorsement that its account is about to withdraw. */
export async function endLinksOfOwn(
  tx: Tx,
  { articleId, accountId }: { readonly articleId: string; readonly accountId: string },
): Promise<void> {
  await tx.query(
    `UPDATE endorsement_link l SET email = NULL, expires_at = clock_timestamp() + ${endedInterval}
     FROM endorsement e
     WHERE e.article_id = $1 AND e.account_id = $2 AND e.withdrawn_at IS NULL
       AND l.article_id = e.article_id AND l.endorsement_id = e.id`,
    [articleId, accountId],
  );
}

const isSurplus = 'expires_at <= clock_timestamp() AND endorsement_id IS NOT NULL AND email IS NOT NULL';

/** SQL of what `selectSurplusLinks` selects. */
export const surplusLinksSql = `SELECT expires_at FROM endorsement_link WHERE ${isSurplus} ORDER BY expires_at`;

/** Links of endorsements that are the second ones of their accounts. */
export function selectSurplusLinks(db: Queryable): Promise<{ hash: Buffer }[]> {
  return db.query(
    `SELECT hash FROM endorsement_link
     WHERE ${isSurplus} ORDER BY expires_at LIMIT 100`,
  );
}

/**
 * Counts one mail of an hour.
 * @param key SHA-256 of what is counted
 * @returns false if there were `max` already: nothing is counted then
 */
export async function takeMail(
  tx: Tx,
  { key, hour, max }: { readonly key: Buffer; readonly hour: Date; readonly max: number },
): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO endorsement_mail_count AS c (key, hour, mails) VALUES ($1, $2, 1)
     ON CONFLICT (key, hour) DO UPDATE SET mails = c.mails + 1 WHERE c.mails < $3::integer RETURNING 1`,
    [key, hour, max],
  );
  return rows.length === 1;
}

const rowsPerStep = 500;

/**
 * Deletes links that were not confirmed in time, with the sent mails to their addresses, and links of endorsements that were
 * withdrawn.
 */
export async function pruneEndorsementLinks(tx: Tx, at: Date): Promise<PruneStep> {
  const rows = await tx.query(
    `WITH gone AS (
       DELETE FROM endorsement_link WHERE hash IN (
         SELECT hash FROM endorsement_link WHERE expires_at < $1 AND (endorsement_id IS NULL OR email IS NULL)
         ORDER BY expires_at LIMIT $2)
       RETURNING email
     ), mails AS (
       DELETE FROM mail m USING gone WHERE m.recipient = gone.email AND m.kind = $3 AND m.look_at IS NULL
     )
     SELECT FROM gone`,
    [at, rowsPerStep, endorsementMailKind],
  );
  return { removed: { endorsement_link: rows.length }, more: rows.length === rowsPerStep };
}

/** Deletes the counts of hours that are over. */
export async function pruneMailCounts(tx: Tx, at: Date): Promise<PruneStep> {
  const rows = await tx.query(
    `DELETE FROM endorsement_mail_count WHERE (key, hour) IN (
       SELECT key, hour FROM endorsement_mail_count WHERE hour < $1::timestamptz - interval '1 hour'
       ORDER BY hour LIMIT $2)
     RETURNING 1`,
    [at, rowsPerStep],
  );
  return { removed: { endorsement_mail_count: rows.length }, more: rows.length === rowsPerStep };
}

/** Deletes the links that wait for an account's address, if the account has proven that the address is its own. */
export async function deleteLinksOfAccount(tx: Tx, accountId: string): Promise<void> {
  await tx.query(
    `DELETE FROM endorsement_link l USING account a
     WHERE a.id = $1 AND a.email_verified_at IS NOT NULL AND l.email = a.email AND l.endorsement_id IS NULL`,
    [accountId],
  );
}

/** Endorsements that wait for an account's proven address to confirm them. Confirmed ones belong to the account. */
export const endorsementLinkData: PersonalData = {
  name: 'unconfirmedEndorsements',
  select: (db, accountId, { after, limit }) =>
    db.query(
      `SELECT encode(l.hash, 'hex') AS key, jsonb_build_object('article', r.slug, 'displayName', l.display_name,
         'affiliation', l.affiliation, 'statement', l.statement, 'createdAt', l.created_at, 'expiresAt', l.expires_at)
           AS data
       FROM account a JOIN endorsement_link l ON l.email = a.email JOIN article r ON r.id = l.article_id
       WHERE a.id = $1 AND a.email_verified_at IS NOT NULL AND l.endorsement_id IS NULL
         AND ($2::text IS NULL OR l.hash > decode($2, 'hex'))
       ORDER BY l.hash LIMIT $3`,
      [accountId, after ?? null, limit],
    ),
};
