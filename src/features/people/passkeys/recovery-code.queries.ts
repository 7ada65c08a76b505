import type { Queryable, Tx } from '../../../platform/db/database.ts';

/** Recovery codes of an account that were not used yet. */
export interface RecoveryCodesRow {
  readonly left: number;
  /** When the set was made; null: there is none. */
  readonly createdAt: Date | null;
}

export async function selectRecoveryCodes(db: Queryable, accountId: string): Promise<RecoveryCodesRow> {
  const [row] = await db.query<RecoveryCodesRow & Record<string, unknown>>(
    `SELECT count(*)::int AS left, min(created_at) AS "createdAt" FROM recovery_code WHERE account_id = $1`,
    [accountId],
  );
  return row ?? { left: 0, createdAt: null };
}

export async function deleteRecoveryCodes(tx: Tx, accountId: string): Promise<void> {
  await tx.query('DELETE FROM recovery_code WHERE account_id = $1', [accountId]);
}

export async function insertRecoveryCodes(
  tx: Tx,
  { accountId, hashes, at }: { accountId: string; hashes: readonly Buffer[]; at: Date },
): Promise<void> {
  await tx.query(
    `INSERT INTO recovery_code (account_id, hash, created_at)
     SELECT $1, decode(hash, 'hex'), $3 FROM unnest($2::text[]) AS hash`,
    [accountId, hashes.map((hash) => hash.toString('hex')), at],
  );
}

/** Uses a code up. @returns false if the account has no such code, or it was used */
export async function deleteRecoveryCode(tx: Tx, accountId: string, hash: Buffer): Promise<boolean> {
  const rows = await tx.query('DELETE FROM recovery_code WHERE account_id = $1 AND hash = $2 RETURNING 1', [
    accountId,
    hash,
  ]);
  return rows.length === 1;
}
