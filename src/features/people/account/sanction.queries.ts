import type { Role } from '../../../platform/auth/viewer.ts';
import type { Queryable, Tx } from '../../../platform/db/database.ts';
import type { ModerationReason } from '../../../platform/screening/moderation-event-kinds.ts';

/** What an account may be sentenced to: to read and not write, or to write what a moderator reads first. */
export type SanctionKind = 'SUSPENSION' | 'PREMODERATION';

/** The columns of the table `account` that hold a sanction. */
const columns = {
  SUSPENSION: { at: 'suspended_at', until: 'suspended_until', decision: 'suspension_decision_id' },
  PREMODERATION: {
    at: 'premoderated_at',
    until: 'premoderated_until',
    decision: 'premoderation_decision_id',
  },
} as const satisfies Record<SanctionKind, object>;

/** SQL for whether a sanction of an account stands now: one with an end is over when it has come, whoever looks. */
const standsSql = (kind: SanctionKind, account: string): string => {
  const { at, until } = columns[kind];
  return `(${account}.${at} IS NOT NULL AND (${account}.${until} IS NULL OR ${account}.${until} > clock_timestamp()))`;
};

/**
 * SQL for whether an account may read and not write: the one place that says so.
 * @param account alias of the table
 */
export const suspendedSql = (account: string): string => standsSql('SUSPENSION', account);

/** SQL for whether new texts of an account wait for a moderator. @param account as for `suspendedSql` */
export const premoderatedSql = (account: string): string => standsSql('PREMODERATION', account);

/** A sanction that stands. */
export interface SanctionRow {
  readonly accountId: string;
  readonly kind: SanctionKind;
  readonly since: Date;
  /** Null: it does not end by itself. */
  readonly until: Date | null;
  /** Null: an operator has decided. */
  readonly decisionId: string | null;
  readonly reason: ModerationReason | null;
  readonly note: string | null;
}

const sanctionsSql = (kind: SanctionKind): string => {
  const { at, until, decision } = columns[kind];
  return `SELECT a.id::text AS "accountId", '${kind}' AS kind, a.${at} AS since, a.${until} AS until,
    a.${decision}::text AS "decisionId", d.reason, d.note
  FROM account a LEFT JOIN moderation_decision d ON d.id = a.${decision}
  WHERE a.id = ANY((SELECT $1::bigint[])::bigint[]) AND ${standsSql(kind, 'a')}`;
};

/** The sanctions of accounts that stand: at most one of each kind. */
export function selectSanctions(db: Queryable, accountIds: readonly string[]): Promise<SanctionRow[]> {
  return db.query<SanctionRow>(`${sanctionsSql('SUSPENSION')} UNION ALL ${sanctionsSql('PREMODERATION')}`, [
    accountIds,
  ]);
}

/** A sanction as an account's row holds it, whether it stands or is over. */
export interface KeptSanction {
  /** ISO 8601, to the microsecond; null: there is none. */
  readonly at: string | null;
  readonly until: string | null;
  readonly decisionId: string | null;
}

/** An account whose sanctions or roles are changed. */
export interface SanctionedAccountRow {
  readonly id: string;
  readonly roles: readonly Role[];
  readonly isSuspended: boolean;
  readonly isPremoderated: boolean;
  readonly suspension: KeptSanction;
  readonly premoderation: KeptSanction;
}

const keptSql = (kind: SanctionKind): string => {
  const { at, until, decision } = columns[kind];
  return `jsonb_build_object('at', a.${at}, 'until', a.${until}, 'decisionId', a.${decision}::text)`;
};

/** Locks an account until the transaction ends. */
export async function lockSanctioned(tx: Tx, accountId: string): Promise<SanctionedAccountRow | undefined> {
  const [row] = await tx.query<SanctionedAccountRow>(
    `SELECT a.id::text AS id, a.roles, ${suspendedSql('a')} AS "isSuspended", ${premoderatedSql('a')} AS "isPremoderated",
       ${keptSql('SUSPENSION')} AS suspension, ${keptSql('PREMODERATION')} AS premoderation
     FROM account a WHERE a.id = $1 FOR NO KEY UPDATE`,
    [accountId],
  );
  return row;
}

/** Sets a sanction of a locked account, in place of the one that it has. */
export async function updateSanction(
  tx: Tx,
  accountId: string,
  kind: SanctionKind,
  { at, until, decisionId }: KeptSanction,
): Promise<void> {
  const names = columns[kind];
  await tx.query(
    `UPDATE account SET ${names.at} = $2, ${names.until} = $3, ${names.decision} = $4 WHERE id = $1`,
    [accountId, at, until, decisionId],
  );
}

/** Begins a sanction of a locked account by a decision, in place of the one that it has. */
export async function beginSanction(
  tx: Tx,
  accountId: string,
  kind: SanctionKind,
  { until, decisionId }: { readonly until: Date | null; readonly decisionId: string },
): Promise<void> {
  const names = columns[kind];
  await tx.query(
    `UPDATE account SET ${names.at} = d.decided_at, ${names.until} = $2, ${names.decision} = d.id
     FROM moderation_decision d WHERE account.id = $1 AND d.id = $3`,
    [accountId, until, decisionId],
  );
}

/** "adm" in ASCII: the class of the advisory lock of those who may take an administrator's rights away. */
const administratorsLock = 0x61646d;

/** Makes transactions that may leave fewer administrators run one after the other, each before it locks an account. */
export async function lockAdministrators(tx: Tx): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock($1, 0)', [administratorsLock]);
}

/**
 * Whether a person other than this account is an administrator who may act, and whose account stays. Service accounts do not sign in.
 */
export async function hasOtherAdministrator(tx: Tx, accountId: string): Promise<boolean> {
  const [row] = await tx.query<{ has: boolean }>(
    `SELECT EXISTS (SELECT FROM account a
       WHERE a.roles && '{JOURNALIST,MODERATOR,EDITOR,ADMINISTRATOR}'::text[] AND 'ADMINISTRATOR' = ANY(a.roles)
         AND a.id <> $1 AND a.erase_at IS NULL AND NOT ${suspendedSql('a')}
         AND NOT EXISTS (SELECT FROM service_account s WHERE s.account_id = a.id)) AS has`,
    [accountId],
  );
  return row?.has === true;
}
