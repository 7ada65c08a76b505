import { noPassword } from '../../../platform/auth/password.ts';
import type { Tx } from '../../../platform/db/database.ts';
import { erasureBegun } from './account.queries.ts';

/** An account that is erased. */
export interface ErasedAccountRow {
  readonly id: string;
  readonly email: string;
  readonly emailVerifiedAt: Date | null;
}

const erasedColumns = `id::text AS id, email, email_verified_at AS "emailVerifiedAt"`;

/** Locks an account until the transaction ends; undefined if it is gone. */
export async function lockAccountToErase(tx: Tx, id: string): Promise<ErasedAccountRow | undefined> {
  const [row] = await tx.query<ErasedAccountRow>(
    `SELECT ${erasedColumns} FROM account WHERE id = $1 FOR NO KEY UPDATE`,
    [id],
  );
  return row;
}

/** Locks an account whose erasure is due; undefined if it is gone, or the erasure was taken back. */
export async function lockDueErasure(tx: Tx, id: string, now: Date): Promise<ErasedAccountRow | undefined> {
  const [row] = await tx.query<ErasedAccountRow>(
    `SELECT ${erasedColumns} FROM account WHERE id = $1 AND erase_at <= $2 FOR NO KEY UPDATE`,
    [id, now],
  );
  return row;
}

/**
 * Closes the account: nobody can sign in to it, and no session of it is left. The address stays until the account's row
 * is deleted, so that an interrupted erasure can be resumed by address. From now on nothing
 * takes the erasure back, and nodes go on with it, whoever has begun it.
 * @param isProven whether the address counts as proven, also for whoever goes on
 */
export async function closeAccount(tx: Tx, accountId: string, isProven: boolean): Promise<void> {
  await tx.query(
    `UPDATE account SET password_hash = '${noPassword}', pending_email = NULL, pending_email_until = NULL, roles = '{READER}', suspended_at = coalesce(suspended_at, clock_timestamp()),
       suspended_until = NULL, erase_at = ${erasureBegun},
       email_verified_at = CASE WHEN $2 THEN coalesce(email_verified_at, clock_timestamp()) ELSE email_verified_at END
     WHERE id = $1`,
    [accountId, isProven],
  );
  await tx.query(
    'DELETE FROM token_family f USING session s WHERE s.id = f.session_id AND s.account_id = $1',
    [accountId],
  );
  await tx.query('DELETE FROM session WHERE account_id = $1', [accountId]);
}

/**
 * Locks the account until the transaction that deletes it ends. Commands that write about an account without a foreign key lock its
 * row: they are over by now, or wait and then find no account.
 */
export async function lockAccountToDelete(tx: Tx, accountId: string): Promise<void> {
  await tx.query('SELECT FROM account WHERE id = $1 FOR UPDATE', [accountId]);
}

/** Deletes the account's row. Fails with a foreign key violation while any row is left that belongs to the account. */
export async function deleteAccount(tx: Tx, accountId: string): Promise<void> {
  await tx.query('DELETE FROM account WHERE id = $1', [accountId]);
}
