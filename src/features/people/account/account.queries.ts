import type { Queryable, Tx } from '../../../platform/db/database.ts';
import { noPassword } from '../../../platform/auth/password.ts';
import { Refusal } from '../../../platform/errors/errors.ts';
import { type Role, staffRoles, type Viewer, type RightsRules } from '../../../platform/auth/viewer.ts';
import { premoderatedSql, suspendedSql } from './sanction.queries.ts';

/** `erase_at` of an account whose erasure has begun: long due by every clock, so that a node goes on with it, and never unset. */
export const erasureBegun = `timestamptz 'epoch'`;

/** An account as its owner sees it. */
export interface AccountRow {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly avatarUrl: string | null;
  readonly roles: readonly Role[];
  readonly emailVerifiedAt: Date | null;
  readonly suspended: boolean;
  readonly eraseAt: Date | null;
  readonly listsComments: boolean;
  readonly pendingEmail: string | null;
  readonly pendingEmailUntil: Date | null;
  readonly hasPassword: boolean;
}

/** The columns of an account that signing in needs. */
export interface CredentialRow {
  readonly id: string;
  readonly passwordHash: string;
}

export function selectAccounts(db: Queryable, ids: readonly string[]): Promise<AccountRow[]> {
  return db.query<AccountRow>(
    `SELECT id::text AS id, name, email, avatar_url AS "avatarUrl", roles, email_verified_at AS "emailVerifiedAt",
       ${suspendedSql('account')} AS suspended, erase_at AS "eraseAt", lists_comments AS "listsComments",
       pending_email AS "pendingEmail", pending_email_until AS "pendingEmailUntil",
       password_hash <> '${noPassword}' AS "hasPassword"
     FROM account
     WHERE id = ANY((SELECT $1::bigint[])::bigint[])`,
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

/**
 * Locks an account if its password is still the one that was checked: since the check, the password may have been
 * changed, or the account closed.
 */
export async function lockAccount(tx: Tx, { id, passwordHash }: CredentialRow): Promise<boolean> {
  const rows = await tx.query('SELECT FROM account WHERE id = $1 AND password_hash = $2 FOR NO KEY UPDATE', [
    id,
    passwordHash,
  ]);
  return rows.length === 1;
}

/** A new account. */
export interface NewAccountRow {
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly roles: readonly Role[];
  /** When its address was proven; null: it was not. */
  readonly verifiedAt: Date | null;
}

/**
 * Inserts an account. A taken address does not raise a database error, because the database's log would contain the
 * address.
 * @returns the account's key; undefined if another account has the address
 */
export async function insertAccount(tx: Tx, account: NewAccountRow): Promise<string | undefined> {
  const [row] = await tx.query<{ id: string }>(
    `INSERT INTO account (email, name, password_hash, roles, email_verified_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (email) DO NOTHING RETURNING id::text AS id`,
    [account.email, account.name, account.passwordHash, account.roles, account.verifiedAt],
  );
  return row?.id;
}

/** The key of a session, and the account to which the session allegedly belongs. */
export interface SessionKey {
  readonly accountId: string;
  readonly sessionId: string;
}

/** SQL: the roles of staff, as the elements of an array. */
export const staffList = staffRoles.map((role) => `'${role}'`).join(', ');

/** The row of a session or a token by which rights are decided, and the parameters with what is demanded. */
export interface RightsSql {
  /** Alias of the row: `second_factor` and `vouched_by` say what was proven. */
  readonly holder: string;
  /** Parameter that says whether staff have to prove two factors. */
  readonly demanded: string;
  /** Parameter with `RightsRules.issuerRoles`. */
  readonly given: string;
}

/** `vouched_by` of a session that a mailed link has begun, and of its tokens. No issuer has this name. */
export const mailbox = 'mailbox';

/**
 * SQL: whether a role does not count because of who vouches: another site that may not give this role of staff; or the mailbox, by
 * which nobody gets more than a reader has.
 */
const isWithheld = ({ holder, given }: RightsSql): string =>
  `(${holder}.vouched_by IS NOT NULL AND CASE WHEN ${holder}.vouched_by = '${mailbox}' THEN role <> 'READER'
      ELSE role IN (${staffList}) AND ${holder}.vouched_by || ' ' || role <> ALL((SELECT ${given}::text[])::text[]) END)`;

/** SQL: the roles of account `a` that count for a session or a token. */
export const countingRoles = (rights: RightsSql): string => {
  const lacks = `(${rights.demanded} AND NOT ${rights.holder}.second_factor)`;
  return `CASE WHEN ${lacks} OR ${rights.holder}.vouched_by IS NOT NULL
    THEN ARRAY(SELECT role FROM unnest(a.roles) AS role
      WHERE NOT (${lacks} AND role IN (${staffList})) AND NOT ${isWithheld(rights)}) ELSE a.roles END`;
};

/** SQL: whether roles of account `a` do not count, for want of a second factor. */
export const lacksSecondFactor = ({ holder, demanded }: RightsSql): string =>
  `(${demanded} AND NOT ${holder}.second_factor AND a.roles && ARRAY[${staffList}])`;

/** SQL: whether roles of account `a` do not count because of who vouches. */
export const lacksOwnProof = (rights: RightsSql): string =>
  `EXISTS (SELECT FROM unnest(a.roles) AS role WHERE ${isWithheld(rights)})`;

/** SQL: an array of roles as `rightsOf` names them. */
export const namedRoles = (roles: string): string =>
  `array_to_string(ARRAY(SELECT role FROM unnest(${roles}) AS role ORDER BY role COLLATE "C"), ',')`;

/** A lock of the rows that decide about rights: shared, against changes, or for a change. */
export type RowLock = 'FOR SHARE' | 'FOR NO KEY UPDATE';

/**
 * SQL: locks accounts `a`, each before its session or token. A row that another transaction has changed meanwhile is judged anew.
 * @param holder alias of the session or token
 */
export const lockingSql = (lock: RowLock | undefined, holder: string): string =>
  lock ? `ORDER BY a.id, ${holder}.id ${lock} OF a, ${holder}` : '';

/**
 * Selects the viewers of sessions, by session id, in one statement. Sessions that have ended, that never existed, or
 * that belong to another account are left out. The arrays are in subqueries for the reason given at `selectComments`.
 */
export async function selectViewers(
  db: Queryable,
  sessions: readonly SessionKey[],
  { mustConfirm, staffSecondFactor, issuerRoles }: RightsRules,
  lock?: RowLock,
): Promise<Map<string, Viewer>> {
  const rights = { holder: 's', demanded: '$4::boolean', given: '$5' };
  const rows = await db.query<Viewer>(
    `SELECT a.id::text AS "accountId", s.id AS "sessionId", a.name, ${countingRoles(rights)} AS roles,
       ${suspendedSql('a')} AS suspended, ${premoderatedSql('a')} AS premoderated,
       $3 AND a.email_verified_at IS NULL AS unconfirmed,
       ${lacksSecondFactor(rights)} AS "lacksSecondFactor", ${lacksOwnProof(rights)} AS "lacksOwnProof"
     FROM unnest((SELECT $1::uuid[]), (SELECT $2::bigint[])) AS k(session_id, account_id)
     JOIN session s ON s.id = k.session_id AND s.account_id = k.account_id AND s.revoked_at IS NULL
     JOIN account a ON a.id = s.account_id ${lockingSql(lock, 's')}`,
    [
      sessions.map((session) => session.sessionId),
      sessions.map((session) => session.accountId),
      mustConfirm,
      staffSecondFactor,
      issuerRoles,
    ],
  );
  return new Map(rows.map((viewer) => [viewer.sessionId, viewer]));
}

/**
 * Selects the sessions whose viewer no longer matches the known rights (`rightsOf`): the current viewer, or undefined
 * where the session has ended. Thousands of sessions are checked every second and hardly any have changed; the others
 * are not transferred to the service.
 */
export async function selectChangedViewers(
  db: Queryable,
  known: readonly (SessionKey & { readonly rights: string })[],
  { mustConfirm, staffSecondFactor, issuerRoles }: RightsRules,
): Promise<Map<string, Viewer | undefined>> {
  const rights = { holder: 's', demanded: '$5::boolean', given: '$6' };
  const rows = await db.query<Viewer & { readonly live: boolean }>(
    `SELECT a.id IS NOT NULL AS live, a.id::text AS "accountId", k.session_id AS "sessionId", a.name,
       ${countingRoles(rights)} AS roles, ${suspendedSql('a')} AS suspended,
       ${premoderatedSql('a')} AS premoderated, $4 AND a.email_verified_at IS NULL AS unconfirmed,
       ${lacksSecondFactor(rights)} AS "lacksSecondFactor", ${lacksOwnProof(rights)} AS "lacksOwnProof"
     FROM unnest((SELECT $1::uuid[]), (SELECT $2::bigint[]), (SELECT $3::text[])) AS k(session_id, account_id, rights)
     LEFT JOIN session s ON s.id = k.session_id AND s.account_id = k.account_id AND s.revoked_at IS NULL
     LEFT JOIN account a ON a.id = s.account_id
     WHERE a.id IS NULL
       OR k.rights <> ${namedRoles(countingRoles(rights))}
         || CASE WHEN ${suspendedSql('a')} THEN '!' ELSE '' END
         || CASE WHEN $4 AND a.email_verified_at IS NULL THEN '?' ELSE '' END`,
    [
      known.map(({ sessionId }) => sessionId),
      known.map(({ accountId }) => accountId),
      known.map(({ rights }) => rights),
      mustConfirm,
      staffSecondFactor,
      issuerRoles,
    ],
  );
  return new Map(rows.map(({ live, ...viewer }) => [viewer.sessionId, live ? viewer : undefined]));
}

/** An account whose credentials are changed. */
export interface LockedAccountRow {
  readonly id: string;
  readonly email: string;
  readonly emailVerifiedAt: Date | null;
  readonly suspended: boolean;
  readonly roles: readonly Role[];
  readonly passwordHash: string;
  /** Whether its erasure has begun: nothing leads into it any more. */
  readonly isErasing: boolean;
}

const lockedColumns = `id::text AS id, email, email_verified_at AS "emailVerifiedAt", ${suspendedSql('account')} AS suspended, roles,
   password_hash AS "passwordHash", coalesce(erase_at = ${erasureBegun}, false) AS "isErasing"`;

export async function lockAccountById(tx: Tx, id: string): Promise<LockedAccountRow | undefined> {
  const [row] = await tx.query<LockedAccountRow>(
    `SELECT ${lockedColumns} FROM account WHERE id = $1 FOR NO KEY UPDATE`,
    [id],
  );
  return row;
}

/**
 * The account with an address, if there is one. Until the transaction ends, no other one that asks gives the address to an
 * account.
 */
export async function lockAddress(tx: Tx, email: string): Promise<LockedAccountRow | undefined> {
  await holdAddress(tx, email);
  const [row] = await tx.query<LockedAccountRow>(
    `SELECT ${lockedColumns} FROM account WHERE email = $1 FOR NO KEY UPDATE`,
    [email],
  );
  return row;
}

/** "adr" in ASCII: the class of the advisory locks of addresses. */
const addressLock = 0x616472;

/** As `lockAddress`, without the account. Comes before the locks of accounts. */
export async function holdAddress(tx: Tx, email: string): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [addressLock, email]);
}

/**
 * Gives an account the password and the proven address of whoever reads its mails. An erasure that was asked for before is
 * taken back: somebody else may have asked.
 * @throws Refusal LINK_INVALID if the erasure has begun
 */
export async function updateProven(
  tx: Tx,
  id: string,
  { passwordHash, name, at }: { passwordHash: string; name: string | null; at: Date },
): Promise<void> {
  const rows = await tx.query(
    `UPDATE account SET password_hash = $2, name = coalesce($3, name), email_verified_at = coalesce(email_verified_at, $4),
       erase_at = NULL, pending_email = NULL, pending_email_until = NULL
     WHERE id = $1 AND erase_at IS DISTINCT FROM ${erasureBegun} RETURNING id`,
    [id, passwordHash, name, at],
  );
  if (rows.length === 0) throw new Refusal('LINK_INVALID', ['token']);
}

/**
 * Revokes the machine tokens of an account that has a new holder, or whose holder has lost the password. Names the table: a
 * feature above this one has it.
 */
export async function revokeTokensOf(tx: Tx, id: string): Promise<void> {
  await tx.query(
    'UPDATE token SET revoked_at = clock_timestamp() WHERE account_id = $1 AND revoked_at IS NULL',
    [id],
  );
}

/**
 * Removes the passkeys and the recovery codes of an account, for the reason of `revokeTokensOf`; so does an operator for
 * somebody who has lost both. Names tables of a feature above this one.
 * @returns the number of passkeys
 */
export async function deletePasskeysOf(tx: Tx, id: string): Promise<number> {
  const passkeys = await tx.query('DELETE FROM passkey WHERE account_id = $1 RETURNING 1', [id]);
  await tx.query('DELETE FROM recovery_code WHERE account_id = $1', [id]);
  await forgetSecondFactor(tx, id);
  return passkeys.length;
}

/** Sessions and tokens of an account without a passkey have proven one factor. */
export async function forgetSecondFactor(tx: Tx, id: string): Promise<void> {
  for (const table of ['session', 'token'])
    await tx.query(`UPDATE ${table} SET second_factor = false WHERE account_id = $1 AND second_factor`, [id]);
}

/** Whether an account has a role of staff and a passkey, so that its password alone begins no session. */
export async function selectHasSecondStep(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.query(
    `SELECT FROM account a WHERE id = $1 AND a.roles && ARRAY[${staffList}]
       AND EXISTS (SELECT FROM passkey p WHERE p.account_id = a.id)`,
    [id],
  );
  return rows.length === 1;
}

/**
 * Deletes logins of other sites, and the roles that the account has by them. Names the table, as `revokeTokensOf`.
 * @param which `without roles`: those that give no role
 * @returns the roles that the account has lost
 */
export async function deleteLoginsOf(
  tx: Tx,
  id: string,
  which: 'all' | 'without roles' = 'all',
): Promise<readonly Role[]> {
  const [row] = await tx.query<{ lost: Role[] }>(
    `WITH gone AS (DELETE FROM login WHERE account_id = $1 AND ($2 = 'all' OR cardinality(roles) = 0) RETURNING roles)
     UPDATE account SET roles = array(
       SELECT role FROM unnest(roles) WITH ORDINALITY AS r(role, i)
       WHERE NOT EXISTS (SELECT FROM gone WHERE role = ANY(gone.roles)) ORDER BY i)
     WHERE id = $1 AND EXISTS (SELECT FROM gone WHERE cardinality(gone.roles) > 0)
     RETURNING ARRAY(SELECT DISTINCT role FROM gone, unnest(gone.roles) AS role) AS lost`,
    [id, which],
  );
  return row?.lost ?? [];
}

export async function updatePassword(tx: Tx, id: string, passwordHash: string): Promise<void> {
  await tx.query(
    `UPDATE account SET password_hash = $2, pending_email = NULL, pending_email_until = NULL WHERE id = $1`,
    [id, passwordHash],
  );
}

export async function updateEmail(tx: Tx, id: string, email: string, at: Date): Promise<void> {
  await tx.query(
    `UPDATE account SET email = $2, email_verified_at = $3, pending_email = NULL, pending_email_until = NULL
     WHERE id = $1`,
    [id, email, at],
  );
}

/** Sets the address that an account has asked for; null: it has none any more. */
export async function updatePendingEmail(
  tx: Tx,
  id: string,
  pending: { readonly email: string; readonly until: Date } | null,
): Promise<void> {
  await tx.query('UPDATE account SET pending_email = $2, pending_email_until = $3 WHERE id = $1', [
    id,
    pending?.email ?? null,
    pending?.until ?? null,
  ]);
}

export async function updateName(db: Queryable, id: string, name: string): Promise<void> {
  await db.query('UPDATE account SET name = $2 WHERE id = $1 AND name <> $2', [id, name]);
}

export async function updateListsComments(db: Queryable, id: string, lists: boolean): Promise<void> {
  await db.query('UPDATE account SET lists_comments = $2 WHERE id = $1 AND lists_comments <> $2', [
    id,
    lists,
  ]);
}

/** Sets or takes back the time of an erasure, unless it has come. @returns false if it has */
export async function updateEraseAt(
  db: Queryable,
  id: string,
  { at, now }: { at: Date | null; now: Date },
): Promise<boolean> {
  const rows = await db.query(
    `UPDATE account SET erase_at = CASE WHEN $2::timestamptz IS NULL THEN NULL ELSE coalesce(erase_at, $2) END
     WHERE id = $1 AND (erase_at IS NULL OR erase_at > $3) RETURNING id`,
    [id, at, now],
  );
  return rows.length === 1;
}

/** SQL of the accounts whose erasure is due at `$1`. */
export const dueErasuresSql = 'SELECT erase_at FROM account WHERE erase_at <= $1 ORDER BY erase_at';

/** Accounts whose erasure is due, the one that has waited longest first. */
export async function selectDueErasures(db: Queryable, now: Date): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    'SELECT id::text AS id FROM account WHERE erase_at <= $1 ORDER BY erase_at LIMIT 100',
    [now],
  );
  return rows.map(({ id }) => id);
}
