import type { Role } from '../../../platform/auth/viewer.ts';
import type { Queryable, Tx } from '../../../platform/db/database.ts';
import type { Identity } from './identity.ts';

/** A login as its account sees it. */
export interface LoginRow {
  readonly id: string;
  readonly accountId: string;
  readonly issuer: string;
  readonly createdAt: Date;
  readonly usedAt: Date;
  /** The other site on whose word alone it was linked; null: on none's. */
  readonly vouchedBy: string | null;
}

/** A login at a sign-in. */
export interface FoundLoginRow {
  readonly id: string;
  readonly accountId: string;
  /** The other site on whose word alone a session rests that the login begins; null: on none's. */
  readonly vouchedBy: string | null;
}

/** SQL: `vouchedBy` of a login. */
const vouchedBy = `nullif(coalesce(linked_by, issuer), '')`;

/** "log" in ASCII: the class of the advisory locks of logins. */
const loginLock = 0x6c6f67;

/** A person, as an issuer names them. */
export type Subject = Pick<Identity, 'issuer' | 'subject'>;

/** Until the transaction ends, no other one that asks makes a login of this person. Comes before the locks of addresses and accounts. */
export async function lockSubject(tx: Tx, { issuer, subject }: Subject): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [loginLock, `${issuer} ${subject}`]);
}

/** Locks a person. @returns their login, if there is one */
export async function lockLogin(tx: Tx, { issuer, subject }: Subject): Promise<FoundLoginRow | undefined> {
  await lockSubject(tx, { issuer, subject });
  const [row] = await tx.query<FoundLoginRow>(
    `SELECT id::text AS id, account_id::text AS "accountId", ${vouchedBy} AS "vouchedBy"
     FROM login WHERE issuer = $1 AND subject = $2`,
    [issuer, subject],
  );
  return row;
}

/** A login that is linked, and the other site on whose word that is done; null: on none's. */
export interface NewLoginRow {
  readonly issuer: string;
  readonly subject: string;
  readonly accountId: string;
  readonly vouchedBy: string | null;
  readonly at: Date;
}

export async function insertLogin(tx: Tx, login: NewLoginRow): Promise<string> {
  const [row] = await tx.query<{ id: string }>(
    `INSERT INTO login (account_id, issuer, subject, roles, created_at, used_at, linked_by)
     VALUES ($1, $2, $3, '{}', $4, $4, $5) RETURNING id::text AS id`,
    [login.accountId, login.issuer, login.subject, login.at, login.vouchedBy ?? ''],
  );
  if (!row) throw new Error('A login that was inserted has no id');
  return row.id;
}

/** Notes that the account's holder has linked a login that was there before. */
export async function updateLinkedByOwner(tx: Tx, id: string): Promise<void> {
  await tx.query(`UPDATE login SET linked_by = '' WHERE id = $1`, [id]);
}

/** Roles of the locked account of a login, and those of them that it has by the login. */
export interface LoginRolesRow {
  readonly roles: readonly Role[];
  readonly given: readonly Role[];
}

/** Notes a sign-in. @returns undefined if the login was ended meanwhile */
export async function updateLoginUsed(tx: Tx, id: string, at: Date): Promise<LoginRolesRow | undefined> {
  const [row] = await tx.query<LoginRolesRow>(
    `UPDATE login l SET used_at = $2 FROM account a WHERE l.id = $1 AND a.id = l.account_id
     RETURNING a.roles, l.roles AS given`,
    [id, at],
  );
  return row;
}

export async function updateLoginRoles(
  tx: Tx,
  { id, accountId }: Pick<FoundLoginRow, 'id' | 'accountId'>,
  { roles, given }: LoginRolesRow,
): Promise<void> {
  await tx.query('UPDATE login SET roles = $2 WHERE id = $1', [id, given]);
  await tx.query('UPDATE account SET roles = $2 WHERE id = $1', [accountId, roles]);
}

/** The logins of accounts, oldest first; an account has at most `maxLogins`. */
export function selectLogins(db: Queryable, accountIds: readonly string[]): Promise<LoginRow[]> {
  return db.query<LoginRow>(
    `SELECT id::text AS id, account_id::text AS "accountId", issuer, created_at AS "createdAt", used_at AS "usedAt",
       ${vouchedBy} AS "vouchedBy"
     FROM login WHERE account_id = ANY((SELECT $1::bigint[])::bigint[]) ORDER BY id`,
    [accountIds],
  );
}

/** The roles of an account and those that it has by a login, which is deleted. */
export async function deleteLogin(
  tx: Tx,
  { id, accountId }: Pick<FoundLoginRow, 'id' | 'accountId'>,
): Promise<LoginRolesRow | undefined> {
  const [row] = await tx.query<LoginRolesRow>(
    `DELETE FROM login l USING account a WHERE l.id = $1 AND l.account_id = $2 AND a.id = l.account_id
     RETURNING a.roles, l.roles AS given`,
    [id, accountId],
  );
  return row;
}

export async function updateAccountRoles(tx: Tx, accountId: string, roles: readonly Role[]): Promise<void> {
  await tx.query('UPDATE account SET roles = $2 WHERE id = $1', [accountId, roles]);
}
