import type { Queryable, Tx } from '../../../platform/db/database.ts';
import { erasureBegun, mailbox, staffList } from '../account/account.queries.ts';

/** The columns of a session that a refresh needs. */
export interface RefreshedSession {
  readonly accountId: string;
  readonly sessionId: string;
  /** Time of the sign-in. */
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
  /** Expiry of the presented token, unless it is exchanged before. */
  readonly expiresAt: Date;
}

/** A locked token family with its session. */
export interface TokenFamilyRow extends RefreshedSession {
  readonly hash: Buffer;
  readonly previousHash: Buffer | null;
  readonly successorSalt: Buffer | null;
  readonly issuedAt: Date;
}

/** The current token of a family. */
export interface IssuedToken {
  readonly familyHash: Buffer;
  readonly hash: Buffer;
  readonly previousHash: Buffer | null;
  readonly successorSalt: Buffer | null;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  /** The client's network. */
  readonly network: string | null;
}

const ofSession = `s.account_id::text AS "accountId", s.id AS "sessionId", s.created_at AS "createdAt",
  s.revoked_at AS "revokedAt"`;

export async function lockTokenFamily(tx: Tx, familyHash: Buffer): Promise<TokenFamilyRow | undefined> {
  const [row] = await tx.query<TokenFamilyRow>(
    `SELECT ${ofSession}, f.hash, f.previous_hash AS "previousHash", f.successor_salt AS "successorSalt",
       f.issued_at AS "issuedAt", f.expires_at AS "expiresAt"
     FROM token_family f JOIN session s ON s.id = f.session_id WHERE f.family_hash = $1 FOR UPDATE OF f`,
    [familyHash],
  );
  return row;
}

const valuesOf = (token: IssuedToken) => [
  token.familyHash,
  token.hash,
  token.previousHash,
  token.successorSalt,
  token.issuedAt,
  token.expiresAt,
  token.network,
];
const expiryDay = `($6::timestamptz AT TIME ZONE 'UTC')::date`;

export async function insertTokenFamily(tx: Tx, sessionId: string, token: IssuedToken): Promise<void> {
  await tx.query(
    `INSERT INTO token_family (family_hash, hash, previous_hash, successor_salt, issued_at, expires_at, network, expires_on, session_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, ${expiryDay}, $8)`,
    [...valuesOf(token), sessionId],
  );
}

export async function updateTokenFamily(tx: Tx, token: IssuedToken): Promise<void> {
  await tx.query(
    `UPDATE token_family SET hash = $2, previous_hash = $3, successor_salt = $4, issued_at = $5, expires_at = $6,
       network = $7, expires_on = ${expiryDay}
     WHERE family_hash = $1`,
    valuesOf(token),
  );
}

/** A session that begins. */
export interface NewSessionRow {
  readonly id: string;
  readonly accountId: string;
  readonly createdAt: Date;
  readonly userAgent: string | null;
  readonly network: string | null;
  readonly secondFactor: boolean;
  readonly vouchedBy: string | null;
  /** When its holder was proven; null: not at all. */
  readonly provenAt: Date | null;
  /** The login of another site that begins it; null: it begins otherwise. */
  readonly login: IssuerLogin | null;
}

/** A login of another site, as a session remembers it. */
export interface IssuerLogin {
  /** The issuer's own name for itself (`iss`). */
  readonly issuer: string;
  /** The issuer's key of the person (`sub`). */
  readonly subject: string;
  /** The issuer's own session (`sid`); null: it has named none. */
  readonly session: string | null;
}

/** What the account of a new session is. */
export interface SessionAccount {
  /** Whether it has a role of staff, whether or not its rights count in the session. */
  readonly isOfStaff: boolean;
  /** Whether it was made more than a day before. */
  readonly isEstablished: boolean;
}

/** @returns undefined for an account whose erasure has begun: it gets no session */
export async function insertSession(tx: Tx, session: NewSessionRow): Promise<SessionAccount | undefined> {
  const [row] = await tx.query<SessionAccount>(
    `INSERT INTO session (id, account_id, created_at, user_agent, second_factor, vouched_by, issuer, issuer_subject, issuer_session, network, proven_at)
     SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
     WHERE NOT EXISTS (SELECT FROM account WHERE id = $2 AND erase_at = ${erasureBegun})
     RETURNING (SELECT a.roles && ARRAY[${staffList}] FROM account a WHERE a.id = account_id) AS "isOfStaff",
       (SELECT a.created_at < $3::timestamptz - interval '1 day' FROM account a WHERE a.id = account_id) AS "isEstablished"`,
    [
      session.id,
      session.accountId,
      session.createdAt,
      session.userAgent,
      session.secondFactor,
      session.vouchedBy,
      session.login?.issuer ?? null,
      session.login?.subject ?? null,
      session.login?.session ?? null,
      session.network,
      session.provenAt,
    ],
  );
  return row;
}

/**
 * Notes that two factors were proven in a session.
 * @returns false for a session that has ended
 */
export async function updateSecondFactor(tx: Tx, sessionId: string): Promise<boolean> {
  const rows = await tx.query(
    'UPDATE session SET second_factor = true WHERE id = $1 AND revoked_at IS NULL RETURNING id',
    [sessionId],
  );
  return rows.length === 1;
}

/**
 * SQL: the other site on whose word alone a session rests; null: on none's. The mailbox is none: whoever reads the mails gets a password,
 * so that a session by a link may add ways to sign in as one by a password does.
 */
export const vouchingSite = `nullif(vouched_by, '${mailbox}')`;

/** `vouchingSite` of a session. */
export async function selectVouchedBy(db: Queryable, sessionId: string): Promise<string | null> {
  const [row] = await db.query<{ vouchedBy: string | null }>(
    `SELECT ${vouchingSite} AS "vouchedBy" FROM session WHERE id = $1`,
    [sessionId],
  );
  return row?.vouchedBy ?? null;
}

/** A session that has not ended, as its account sees it. */
export interface OwnSessionRow {
  readonly id: string;
  readonly createdAt: Date;
  /** Time of the last refresh; that of the sign-in before the first. */
  readonly usedAt: Date;
  readonly userAgent: string | null;
  /** The networks of the sign-in and of the last refresh; null: not kept then. */
  readonly network: string | null;
  readonly usedNetwork: string | null;
}

/** Sessions of an account whose tokens are still valid, the one that was used last first. */
export function selectOwnSessions(
  db: Queryable,
  accountId: string,
  { now, limit }: { now: Date; limit: number },
): Promise<OwnSessionRow[]> {
  return db.query<OwnSessionRow>(
    `SELECT s.id, s.created_at AS "createdAt", f.issued_at AS "usedAt", s.user_agent AS "userAgent",
       s.network, f.network AS "usedNetwork"
     FROM session s CROSS JOIN LATERAL (
       SELECT issued_at, network FROM token_family WHERE session_id = s.id AND expires_at > $2
       ORDER BY issued_at DESC LIMIT 1
     ) f
     WHERE s.account_id = $1 AND s.revoked_at IS NULL
     ORDER BY f.issued_at DESC, s.id LIMIT $3`,
    [accountId, now, limit],
  );
}

/** Ends one session of an account. @returns whether the account has such a session */
export async function updateOwnSessionRevoked(
  db: Queryable,
  { accountId, sessionId }: { accountId: string; sessionId: string },
  at: Date,
): Promise<boolean> {
  const rows = await db.query(
    'UPDATE session SET revoked_at = coalesce(revoked_at, $3) WHERE id = $1 AND account_id = $2 RETURNING id',
    [sessionId, accountId, at],
  );
  return rows.length === 1;
}

/** Ends the sessions of an account, but for one. @param except null: all */
export async function updateSessionsRevoked(
  db: Queryable,
  { accountId, except }: { accountId: string; except: string | null },
  at: Date,
): Promise<number> {
  const rows = await db.query(
    `UPDATE session SET revoked_at = $3
     WHERE account_id = $1 AND revoked_at IS NULL AND ($2::uuid IS NULL OR id <> $2) RETURNING id`,
    [accountId, except, at],
  );
  return rows.length;
}

/** Whom an issuer's sign-out is about: a subject, a session of the issuer, or both. */
export interface IssuerSignOut {
  readonly issuer: string;
  readonly subject: string | null;
  readonly session: string | null;
}

/** SQL: whether a session was begun by a login. Parameters 1 to 3 are its issuer, subject and session. */
export const begunBy = ({ subject }: IssuerSignOut): string =>
  subject === null
    ? 'issuer = $1 AND $2::text IS NULL AND issuer_session = $3'
    : 'issuer = $1 AND issuer_subject = $2 AND ($3::text IS NULL OR issuer_session = $3 OR issuer_session IS NULL)';

/**
 * Ends sessions that a person has begun by an issuer's login. A session of which the issuer has named no session of its own ends with
 * any of the person's.
 */
export async function updateIssuerSessionsRevoked(tx: Tx, login: IssuerSignOut, at: Date): Promise<void> {
  await tx.query(`UPDATE session SET revoked_at = $4 WHERE ${begunBy(login)} AND revoked_at IS NULL`, [
    login.issuer,
    login.subject,
    login.session,
    at,
  ]);
}

/** @returns the time at which the session ended, now or earlier */
export async function updateSessionRevoked(db: Queryable, sessionId: string, at: Date): Promise<Date> {
  const [row] = await db.query<{ revokedAt: Date }>(
    `UPDATE session SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1 RETURNING revoked_at AS "revokedAt"`,
    [sessionId, at],
  );
  return row?.revokedAt ?? at;
}

/** The most surplus sessions that one sign-in deletes; accounts older than the limit may have thousands. */
const surplusPerSignIn = 200;

/**
 * Selects the surplus sessions of an account beside a new one: ended ones first, then those whose last refresh was
 * longest ago.
 */
export async function selectSurplusSessions(
  tx: Tx,
  session: { id: string; accountId: string },
  max: number,
): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `SELECT s.id FROM session s WHERE s.account_id = $1 AND s.id <> $2
     ORDER BY s.revoked_at IS NOT NULL,
       coalesce((SELECT max(f.issued_at) FROM token_family f WHERE f.session_id = s.id), s.created_at) DESC,
       s.created_at DESC, s.id
     OFFSET $3 LIMIT ${surplusPerSignIn}`,
    [session.accountId, session.id, max - 1],
  );
  return rows.map(({ id }) => id);
}

/** Numbers of deleted rows, by table. */
export interface RemovedSessions {
  readonly token_family: number;
  readonly session: number;
}

/**
 * Deletes sessions with all their tokens: to a client that presents a token, unknown and ended sessions look the same.
 */
export async function deleteSessions(tx: Tx, ids: readonly string[]): Promise<RemovedSessions> {
  const [families, sessions] = await Promise.all([
    tx.query('DELETE FROM token_family WHERE session_id = ANY($1::uuid[]) RETURNING 1', [ids]),
    tx.query('DELETE FROM session WHERE id = ANY($1::uuid[]) RETURNING 1', [ids]),
  ]);
  return { token_family: families.length, session: sessions.length };
}
