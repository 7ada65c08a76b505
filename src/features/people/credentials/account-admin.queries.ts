import type { Role } from '../../../platform/auth/viewer.ts';
import type { Queryable, Tx } from '../../../platform/db/database.ts';
import { suspendedSql } from '../account/sanction.queries.ts';

/** An account as an operator sees it. */
export interface AdministeredAccountRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly suspended: boolean;
  /** The slug of the account's byline. */
  readonly journalistSlug: string | null;
}

const select = `
  SELECT u.id::text AS id, u.email, u.name, u.roles, ${suspendedSql('u')} AS suspended,
    (SELECT slug FROM journalist WHERE account_id = u.id) AS "journalistSlug"
  FROM account u`;

/** Locks the account until the transaction ends. */
export async function lockAccountByEmail(tx: Tx, email: string): Promise<AdministeredAccountRow | undefined> {
  const [row] = await tx.query<AdministeredAccountRow>(
    `${select} WHERE u.email = $1 FOR NO KEY UPDATE OF u`,
    [email],
  );
  return row;
}

/** Selects accounts, sorted by address; `role` null for any role, `after` null for the first page. */
export function selectAccountList(
  db: Queryable,
  range: { role: Role | null; after: string | null; limit: number },
): Promise<AdministeredAccountRow[]> {
  return db.query<AdministeredAccountRow>(
    `${select} WHERE ($1::text IS NULL OR $1 = ANY(u.roles)) AND ($2::text IS NULL OR u.email > $2)
     ORDER BY u.email LIMIT $3`,
    [range.role, range.after, range.limit],
  );
}

export async function updateRoles(tx: Tx, accountId: string, roles: readonly Role[]): Promise<void> {
  await tx.query('UPDATE account SET roles = $2 WHERE id = $1', [accountId, roles]);
}

/**
 * The addresses of those who administer the site, or did until a moment ago, in their order.
 * @param also accounts that are told as well
 */
export async function selectAdministratorAddresses(
  tx: Tx,
  also: readonly string[],
  limit: number,
): Promise<string[]> {
  const rows = await tx.query<{ email: string }>(
    `SELECT email FROM account a
     WHERE ('ADMINISTRATOR' = ANY(a.roles) OR a.id = ANY($1::bigint[])) AND a.email_verified_at IS NOT NULL
       AND NOT EXISTS (SELECT FROM service_account s WHERE s.account_id = a.id)
     ORDER BY email LIMIT $2`,
    [also, limit],
  );
  return rows.map(({ email }) => email);
}
