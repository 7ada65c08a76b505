import { vouchingSite } from '../sessions/session.queries.ts';
import type { OpenChallenge } from '../../../platform/auth/challenges.ts';
import type { Queryable, Tx } from '../../../platform/db/database.ts';

/** A passkey as its account sees it. */
export interface PasskeyRow {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly usedAt: Date | null;
}

/** A passkey as its signatures are checked. */
export interface CredentialKeyRow {
  readonly id: string;
  readonly accountId: string;
  readonly credentialId: Buffer;
  readonly publicKey: Buffer;
  readonly counter: number;
  /** The other site on whose word alone it was added; null: on none's. */
  readonly vouchedBy: string | null;
}

/** A passkey as a browser is told of it. */
export interface KnownPasskeyRow {
  readonly credentialId: Buffer;
  readonly transports: readonly string[];
}

const own = 'id, name, created_at AS "createdAt", used_at AS "usedAt"';

/** The passkeys of an account, oldest first. */
export function selectPasskeys(db: Queryable, accountId: string): Promise<PasskeyRow[]> {
  return db.query<PasskeyRow>(`SELECT ${own} FROM passkey WHERE account_id = $1 ORDER BY created_at, id`, [
    accountId,
  ]);
}

export function selectKnownPasskeys(db: Queryable, accountId: string): Promise<KnownPasskeyRow[]> {
  return db.query<KnownPasskeyRow>(
    `SELECT credential_id AS "credentialId", transports FROM passkey WHERE account_id = $1 ORDER BY created_at, id`,
    [accountId],
  );
}

export async function selectCredentialKey(
  db: Queryable,
  credentialId: Buffer,
): Promise<CredentialKeyRow | undefined> {
  const [row] = await db.query<CredentialKeyRow>(
    `SELECT id, account_id::text AS "accountId", credential_id AS "credentialId", public_key AS "publicKey",
       counter::float8 AS counter, vouched_by AS "vouchedBy"
     FROM passkey WHERE credential_id = $1`,
    [credentialId],
  );
  return row;
}

/** Number of passkeys of an account, whose row is locked. */
export async function selectPasskeyCount(tx: Tx, accountId: string): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM passkey WHERE account_id = $1',
    [accountId],
  );
  return row?.count ?? 0;
}

/**
 * Notes a signature. Its number must be above the last one, unless the authenticator does not count: of two copies of a key
 * one would repeat a number of the other.
 * @returns false if the number is not, or the passkey is gone
 */
export async function updatePasskeyUsed(
  tx: Tx,
  { id, counter, at }: { id: string; counter: number; at: Date },
): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE passkey SET counter = $2::bigint, used_at = $3
     WHERE id = $1 AND (counter < $2::bigint OR (counter = 0 AND $2::bigint = 0)) RETURNING id`,
    [id, counter, at],
  );
  return rows.length === 1;
}

export interface NewPasskeyRow extends KnownPasskeyRow {
  readonly id: string;
  readonly accountId: string;
  readonly publicKey: Buffer;
  readonly counter: number;
  readonly name: string;
  readonly createdAt: Date;
  /** The session that adds it: if that rests on the word of another site alone, so does the passkey. */
  readonly sessionId: string;
}

/** @returns false if there is a passkey with this credential id, of whichever account */
export async function insertPasskey(tx: Tx, row: NewPasskeyRow): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO passkey (id, account_id, credential_id, public_key, counter, transports, name, created_at, vouched_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, (SELECT ${vouchingSite} FROM session WHERE id = $9))
     ON CONFLICT (credential_id) DO NOTHING RETURNING id`,
    [
      row.id,
      row.accountId,
      row.credentialId,
      row.publicKey,
      row.counter,
      row.transports,
      row.name,
      row.createdAt,
      row.sessionId,
    ],
  );
  return rows.length === 1;
}

/** @returns whether the account has such a passkey */
export async function updatePasskeyName(
  db: Queryable,
  { id, accountId, name }: { id: string; accountId: string; name: string },
): Promise<boolean> {
  const rows = await db.query('UPDATE passkey SET name = $3 WHERE id = $1 AND account_id = $2 RETURNING id', [
    id,
    accountId,
    name,
  ]);
  return rows.length === 1;
}

/** @returns whether the account had such a passkey */
export async function deletePasskey(tx: Tx, id: string, accountId: string): Promise<boolean> {
  const rows = await tx.query('DELETE FROM passkey WHERE id = $1 AND account_id = $2 RETURNING id', [
    id,
    accountId,
  ]);
  return rows.length === 1;
}

/** Keeps that a challenge was met. @returns false if it was before */
export async function insertMetChallenge(tx: Tx, { nonce, expiresAt }: OpenChallenge): Promise<boolean> {
  const rows = await tx.query(
    'INSERT INTO met_challenge (nonce, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1',
    [nonce, expiresAt],
  );
  return rows.length === 1;
}
