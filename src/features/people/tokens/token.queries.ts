import { suspendedSql } from '../account/sanction.queries.ts';
import type { Scope } from '../../../platform/auth/scopes.ts';
import type { Role } from '../../../platform/auth/viewer.ts';
import type { Queryable, Tx } from '../../../platform/db/database.ts';
import type { TokenOwner } from './token.policy.ts';

/** A token as its owner sees it. */
export interface TokenRow extends TokenOwner {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly documents: readonly string[] | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** A service account as administrators see it. */
export interface ServiceAccountRow {
  readonly id: string;
  readonly name: string;
  /** `service:` and a handle, by which the command line finds it. */
  readonly address: string;
  readonly roles: readonly Role[];
  readonly suspended: boolean;
  readonly createdAt: Date;
}

const selectToken = `
  SELECT t.id::text AS id, t.account_id::text AS "accountId", s.account_id IS NOT NULL AS "isService", t.name, t.scopes,
    t.documents, t.created_at AS "createdAt", t.expires_at AS "expiresAt", t.last_used_at AS "lastUsedAt",
    t.revoked_at AS "revokedAt"
  FROM token t LEFT JOIN service_account s ON s.account_id = t.account_id`;

export function selectTokens(db: Queryable, ids: readonly string[]): Promise<TokenRow[]> {
  return db.query<TokenRow>(`${selectToken} WHERE t.id = ANY((SELECT $1::bigint[])::bigint[])`, [ids]);
}

/** The tokens of accounts, newest first. */
export function selectTokensOf(db: Queryable, accountIds: readonly string[]): Promise<TokenRow[]> {
  return db.query<TokenRow>(
    `${selectToken} WHERE t.account_id = ANY((SELECT $1::bigint[])::bigint[]) ORDER BY t.id DESC`,
    [accountIds],
  );
}

/** An account that gets a token, locked until the transaction ends; its tokens are made one at a time. */
export interface TokenOwnerRow extends TokenOwner {
  readonly suspended: boolean;
}

export async function lockTokenOwner(tx: Tx, accountId: string): Promise<TokenOwnerRow | undefined> {
  const [row] = await tx.query<TokenOwnerRow>(
    `SELECT a.id::text AS "accountId", ${suspendedSql('a')} AS suspended,
       EXISTS (SELECT FROM service_account s WHERE s.account_id = a.id) AS "isService"
     FROM account a WHERE a.id = $1 FOR NO KEY UPDATE`,
    [accountId],
  );
  return row;
}

export async function selectLiveTokenCount(tx: Tx, accountId: string, now: Date): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM token WHERE account_id = $1 AND revoked_at IS NULL AND expires_at > $2`,
    [accountId, now],
  );
  return row?.count ?? 0;
}

/** Deletes the tokens of an account that ended first, except the last `kept` ones. */
export async function deleteOldTokens(
  tx: Tx,
  { accountId, now, kept }: { accountId: string; now: Date; kept: number },
): Promise<void> {
  await tx.query(
    `DELETE FROM token WHERE id IN (
       SELECT id FROM token WHERE account_id = $1 AND (revoked_at IS NOT NULL OR expires_at <= $2)
       ORDER BY least(revoked_at, expires_at) DESC OFFSET $3)`,
    [accountId, now, kept],
  );
}

export interface NewTokenRow {
  readonly id: string;
  readonly accountId: string;
  readonly hash: Buffer;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly documents: readonly string[] | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** The session that makes it: the token has no rights that this one lacks for want of a second factor, or because it rests on another site's word. */
  readonly sessionId: string;
}

/** @param token the id must be the next value of the table's sequence */
export async function insertToken(tx: Tx, token: NewTokenRow): Promise<void> {
  await tx.query(
    `INSERT INTO token (id, account_id, hash, name, scopes, documents, created_at, expires_at, second_factor,
       vouched_by)
     OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, $6, $7, $8,
       coalesce((SELECT second_factor FROM session WHERE id = $9), false), (SELECT vouched_by FROM session WHERE id = $9))`,
    [
      token.id,
      token.accountId,
      token.hash,
      token.name,
      token.scopes,
      token.documents,
      token.createdAt,
      token.expiresAt,
      token.sessionId,
    ],
  );
}

/** The owner of a token; the token is locked until the transaction ends. */
export async function lockToken(tx: Tx, id: string): Promise<TokenOwner | undefined> {
  const [row] = await tx.query<TokenOwner>(
    `SELECT t.account_id::text AS "accountId",
       EXISTS (SELECT FROM service_account s WHERE s.account_id = t.account_id) AS "isService"
     FROM token t WHERE t.id = $1 FOR UPDATE OF t`,
    [id],
  );
  return row;
}

/** Keeps the time at which a token was revoked first. */
export async function updateTokenRevoked(tx: Tx, id: string, at: Date): Promise<void> {
  await tx.query('UPDATE token SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1', [id, at]);
}

/** @returns the number of tokens that were neither revoked before nor expired */
export async function updateTokensRevoked(tx: Tx, accountId: string, at: Date): Promise<number> {
  const rows = await tx.query(
    'UPDATE token SET revoked_at = $2 WHERE account_id = $1 AND revoked_at IS NULL AND expires_at > $2 RETURNING 1',
    [accountId, at],
  );
  return rows.length;
}

/** Writes that tokens were used in this minute, unless another node has. Of one that is locked, its next use is written. */
export async function updateTokensUsed(db: Queryable, ids: readonly string[], at: Date): Promise<void> {
  await db.query(
    `UPDATE token SET last_used_at = date_trunc('minute', $2::timestamptz)
     WHERE id IN (
       SELECT id FROM token WHERE id = ANY((SELECT $1::bigint[])::bigint[])
         AND (last_used_at IS NULL OR last_used_at < date_trunc('minute', $2::timestamptz))
       FOR NO KEY UPDATE SKIP LOCKED)`,
    [ids, at],
  );
}
