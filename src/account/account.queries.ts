import type { Queryable, Tx } from '../db/database.ts';
import type { Role, Viewer } from '../auth/viewer.ts';

/** An account as its owner sees it. */
export interface AccountRow {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly avatarUrl: string | null;
  readonly roles: readonly Role[];
}

/** What signing in needs to know. */
export interface CredentialRow {
  readonly id: string;
  readonly passwordHash: string;
}

/** A refresh token with its session, locked. */
export interface RefreshTokenRow {
  readonly accountId: string;
  readonly sessionId: string;
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
  readonly revokedAt: Date | null;
}

export function selectAccounts(db: Queryable, ids: readonly string[]): Promise<AccountRow[]> {
  return db.query<AccountRow>(
    `SELECT id::text AS id, name, email, avatar_url AS "avatarUrl", roles FROM account WHERE id = ANY($1::bigint[])`,
    [ids],
  );
}

export async function selectCredential(db: Queryable, email: string): Promise<CredentialRow | undefined> {
  const [row] = await db.query<CredentialRow>(
    `SELECT id::text AS id, password_hash AS "passwordHash" FROM account WHERE email = $1`,
    [email],
  );
  return row;
}

/** A session, and the account that it is said to belong to. */
export interface SessionKey {
  readonly accountId: string;
  readonly sessionId: string;
}

/**
 * Whoever some sessions belong to, by session id, in one statement. Left out are sessions that have ended, that never were,
 * and that belong to another account. The arrays stand in subqueries for the reason that `selectComments` gives.
 */
export async function selectViewers(
  db: Queryable,
  sessions: readonly SessionKey[],
): Promise<Map<string, Viewer>> {
  const rows = await db.query<Viewer>(
    `SELECT a.id::text AS "accountId", s.id AS "sessionId", a.name, a.roles, a.suspended_at IS NOT NULL AS suspended
     FROM unnest((SELECT $1::uuid[]), (SELECT $2::bigint[])) AS k(session_id, account_id)
     JOIN session s ON s.id = k.session_id AND s.account_id = k.account_id AND s.revoked_at IS NULL
     JOIN account a ON a.id = s.account_id`,
    [sessions.map((session) => session.sessionId), sessions.map((session) => session.accountId)],
  );
  return new Map(rows.map((viewer) => [viewer.sessionId, viewer]));
}

/**
 * Which of some sessions are no longer what is known of them (`rightsOf`): the viewer as they are now, undefined where the
 * session has ended. Of thousands that are looked at every second, hardly any are; the others are not even read into the service.
 */
export async function selectChangedViewers(
  db: Queryable,
  known: readonly (SessionKey & { readonly rights: string })[],
): Promise<Map<string, Viewer | undefined>> {
  const rows = await db.query<Viewer & { readonly live: boolean }>(
    `SELECT a.id IS NOT NULL AS live, a.id::text AS "accountId", k.session_id AS "sessionId", a.name, a.roles,
       a.suspended_at IS NOT NULL AS suspended
     FROM unnest((SELECT $1::uuid[]), (SELECT $2::bigint[]), (SELECT $3::text[])) AS k(session_id, account_id, rights)
     LEFT JOIN session s ON s.id = k.session_id AND s.account_id = k.account_id AND s.revoked_at IS NULL
     LEFT JOIN account a ON a.id = s.account_id
     WHERE a.id IS NULL
       OR k.rights <> array_to_string(ARRAY(SELECT role FROM unnest(a.roles) AS role ORDER BY role COLLATE "C"), ',')
         || CASE WHEN a.suspended_at IS NULL THEN '' ELSE '!' END`,
    [
      known.map(({ sessionId }) => sessionId),
      known.map(({ accountId }) => accountId),
      known.map(({ rights }) => rights),
    ],
  );
  return new Map(rows.map(({ live, ...viewer }) => [viewer.sessionId, live ? viewer : undefined]));
}

export async function lockRefreshToken(tx: Tx, hash: Buffer): Promise<RefreshTokenRow | undefined> {
  const [row] = await tx.query<RefreshTokenRow>(
    `SELECT s.account_id::text AS "accountId", s.id AS "sessionId", t.expires_at AS "expiresAt",
       t.used_at AS "usedAt", s.revoked_at AS "revokedAt"
     FROM refresh_token t JOIN session s ON s.id = t.session_id
     WHERE t.hash = $1 FOR UPDATE OF t`,
    [hash],
  );
  return row;
}

export async function updateRefreshTokenUsed(tx: Tx, hash: Buffer, at: Date): Promise<void> {
  await tx.query('UPDATE refresh_token SET used_at = coalesce(used_at, $2) WHERE hash = $1', [hash, at]);
}

/** @returns when the session ended: now, or before */
export async function updateSessionRevoked(db: Queryable, sessionId: string, at: Date): Promise<Date> {
  const [row] = await db.query<{ revokedAt: Date }>(
    `UPDATE session SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1 RETURNING revoked_at AS "revokedAt"`,
    [sessionId, at],
  );
  return row?.revokedAt ?? at;
}
