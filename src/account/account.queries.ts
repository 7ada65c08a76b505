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

/** Whoever a live session belongs to. */
export async function selectViewer(
  db: Queryable,
  claims: { accountId: string; sessionId: string },
): Promise<Viewer | undefined> {
  const [row] = await db.query<Viewer>(
    `SELECT a.id::text AS "accountId", s.id AS "sessionId", a.name, a.roles, a.suspended_at IS NOT NULL AS suspended
     FROM session s JOIN account a ON a.id = s.account_id
     WHERE s.id = $1 AND a.id = $2 AND s.revoked_at IS NULL`,
    [claims.sessionId, claims.accountId],
  );
  return row;
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
