import type { Queryable, Tx } from '../../../platform/db/database.ts';
import type { PruneStep } from '../../../platform/db/pruning.ts';
import type { PersonalData } from '../../../platform/db/personal-data.ts';
import type { Identity } from './identity.ts';
import type { Subject } from './login.queries.ts';

/** A sign-in that waits for its browser: the hashes of the code and of the page's secret. */
export interface PendingKey {
  readonly hash: Buffer;
  readonly secretHash: Buffer;
}

export async function insertPendingLogin(
  db: Queryable,
  { hash, secretHash }: PendingKey,
  identity: Identity,
  expiresAt: Date,
): Promise<void> {
  const { issuer, subject, name, email, roles, session, authenticatedAt, askedAt } = identity;
  await db.query(
    `INSERT INTO pending_login (hash, secret_hash, issuer, subject, name, email, roles, issuer_session, authenticated_at, asked_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [hash, secretHash, issuer, subject, name, email, roles, session, authenticatedAt, askedAt, expiresAt],
  );
}

/** Whose sign-in waits. */
export async function selectPendingSubject(
  db: Queryable,
  { hash, secretHash }: PendingKey,
): Promise<Subject | undefined> {
  const [row] = await db.query<Subject>(
    'SELECT issuer, subject FROM pending_login WHERE hash = $1 AND secret_hash = $2',
    [hash, secretHash],
  );
  return row;
}

/** Holds a sign-in that waits. Comes before the locks of persons and accounts. */
export async function holdPendingLogin(tx: Tx, { hash, secretHash }: PendingKey): Promise<void> {
  await tx.query('SELECT FROM pending_login WHERE hash = $1 AND secret_hash = $2 FOR UPDATE', [
    hash,
    secretHash,
  ]);
}

/** Takes a sign-in that waits: a second transaction waits for the first, and finds none. */
export async function takePendingLogin(
  tx: Tx,
  { hash, secretHash }: PendingKey,
  now: Date,
): Promise<Identity | undefined> {
  const [row] = await tx.query<Identity>(
    `DELETE FROM pending_login WHERE hash = $1 AND secret_hash = $2 AND expires_at > $3
     RETURNING issuer, subject, name, email, roles, issuer_session AS session,
       authenticated_at AS "authenticatedAt", asked_at AS "askedAt"`,
    [hash, secretHash, now],
  );
  return row;
}

/** Deletes the sign-ins that wait of a person, or of one of the issuer's sessions, who has signed out there. */
export async function deletePendingLoginsBy(
  tx: Tx,
  { issuer, subject, session }: { issuer: string; subject: string | null; session: string | null },
): Promise<void> {
  await tx.query(
    'DELETE FROM pending_login WHERE issuer = $1 AND (subject = $2 OR ($2::text IS NULL AND issuer_session = $3))',
    [issuer, subject, session],
  );
}

/** Notes that a token was used. @returns false if it was used before */
export async function spendHostToken(tx: Tx, hash: Buffer, expiresAt: Date): Promise<boolean> {
  const rows = await tx.query(
    'INSERT INTO spent_host_token (hash, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1',
    [hash, expiresAt],
  );
  return rows.length === 1;
}

/** "out" in ASCII: the class of the advisory locks of issuers whose notices are taken. */
const noticeLock = 0x6f7574;

/** Until the end of the transaction no sign-in of an issuer is kept, and no other notice of it is taken. */
export async function lockNotices(tx: Tx, issuer: string): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [noticeLock, issuer]);
}

/** Until the end of the transaction no notice of an issuer is taken. */
export async function lockOutNotices(tx: Tx, issuer: string): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock_shared($1, hashtext($2))', [noticeLock, issuer]);
}

/** The time of the database, which all nodes share. */
export async function selectTime(db: Queryable): Promise<Date> {
  const [row] = await db.query<{ at: Date }>('SELECT clock_timestamp() AS at');
  if (!row) throw new Error('The database has told no time');
  return row.at;
}

/** How long it is known that somebody has signed out, in seconds: longer than any sign-in is under way. */
const noticedSeconds = 600;

/** Notes the time at which a notice came, beside the used tokens. @param hash names whom it is about */
export async function noteSignedOut(tx: Tx, hash: Buffer): Promise<void> {
  await tx.query(
    `INSERT INTO spent_host_token (hash, expires_at) VALUES ($1, clock_timestamp() + make_interval(secs => $2))
     ON CONFLICT (hash) DO UPDATE SET expires_at = greatest(spent_host_token.expires_at, excluded.expires_at)`,
    [hash, noticedSeconds],
  );
}

/** Whether a notice of one of these has come since a time of the database. */
export async function hasSignedOutSince(tx: Tx, hashes: readonly Buffer[], since: Date): Promise<boolean> {
  const rows = await tx.query(
    `SELECT 1 FROM spent_host_token
     WHERE hash = ANY($1::bytea[]) AND expires_at >= $2::timestamptz + make_interval(secs => $3) LIMIT 1`,
    [hashes, since, noticedSeconds],
  );
  return rows.length > 0;
}

const rowsPerStep = 500;

/** Deletes sign-ins that nobody has fetched. */
export async function prunePendingLogins(tx: Tx, at: Date): Promise<PruneStep> {
  const rows = await tx.query(
    `DELETE FROM pending_login WHERE hash IN (
       SELECT hash FROM pending_login WHERE expires_at < $1 ORDER BY expires_at LIMIT $2) RETURNING 1`,
    [at, rowsPerStep],
  );
  return { removed: { pending_login: rows.length }, more: rows.length === rowsPerStep };
}

/** Forgets used tokens that have expired. */
export async function pruneSpentHostTokens(tx: Tx, at: Date): Promise<PruneStep> {
  const rows = await tx.query(
    `DELETE FROM spent_host_token WHERE hash IN (
       SELECT hash FROM spent_host_token WHERE expires_at < $1 ORDER BY expires_at LIMIT $2) RETURNING 1`,
    [at, rowsPerStep],
  );
  return { removed: { spent_host_token: rows.length }, more: rows.length === rowsPerStep };
}

/** Deletes what waits for an account that is erased, by its logins and its address. */
export async function deletePendingLoginsOf(tx: Tx, accountId: string): Promise<void> {
  await tx.query(
    `DELETE FROM pending_login p USING account a WHERE a.id = $1
       AND (p.email = a.email OR (p.issuer, p.subject) IN (SELECT issuer, subject FROM login WHERE account_id = a.id))`,
    [accountId],
  );
}

/** Logins of an account, with the issuer's key of the person. */
export const loginData: PersonalData = {
  name: 'logins',
  select: (db, accountId, { after, limit }) =>
    db.query(
      `SELECT id::text AS key, jsonb_build_object('issuer', issuer, 'subject', subject, 'roles', roles,
         'createdAt', created_at, 'usedAt', used_at, 'linkedBy', linked_by) AS data
       FROM login WHERE account_id = $1 AND ($2::bigint IS NULL OR id > $2::bigint) ORDER BY id LIMIT $3`,
      [accountId, after ?? null, limit],
    ),
};
