import { suspendedSql } from '../account/sanction.queries.ts';
import type { Role } from '../../../platform/auth/viewer.ts';
import type { Queryable, Tx } from '../../../platform/db/database.ts';
import type { ServiceAccountRow } from './token.queries.ts';

const selectAccount = `
  SELECT a.id::text AS id, a.name, a.email AS address, a.roles, ${suspendedSql('a')} AS suspended,
    a.created_at AS "createdAt"
  FROM service_account s JOIN account a ON a.id = s.account_id`;

export function selectServiceAccounts(db: Queryable, ids: readonly string[]): Promise<ServiceAccountRow[]> {
  return db.query<ServiceAccountRow>(
    `${selectAccount} WHERE s.account_id = ANY((SELECT $1::bigint[])::bigint[])`,
    [ids],
  );
}

/** All service accounts, oldest first. */
export function selectAllServiceAccounts(db: Queryable): Promise<ServiceAccountRow[]> {
  return db.query<ServiceAccountRow>(`${selectAccount} ORDER BY s.account_id`);
}

/** The number of service accounts; none is made by another transaction until this one ends. */
export async function lockServiceAccounts(tx: Tx): Promise<number> {
  await tx.query('LOCK TABLE service_account IN SHARE ROW EXCLUSIVE MODE');
  const [row] = await tx.query<{ count: number }>('SELECT count(*)::int AS count FROM service_account');
  return row?.count ?? 0;
}

export interface NewServiceAccountRow {
  readonly id: string;
  readonly address: string;
  readonly name: string;
  readonly roles: readonly Role[];
}

/** @returns false if an account has the address */
export async function insertServiceAccount(tx: Tx, account: NewServiceAccountRow): Promise<boolean> {
  const rows = await tx.query(
    `WITH made AS (
       INSERT INTO account (id, email, name, password_hash, roles, email_verified_at) OVERRIDING SYSTEM VALUE
       VALUES ($1, $2, $3, '!', $4, clock_timestamp())
       ON CONFLICT (email) DO NOTHING RETURNING id)
     INSERT INTO service_account (account_id) SELECT id FROM made RETURNING 1`,
    [account.id, account.address, account.name, account.roles],
  );
  return rows.length === 1;
}
