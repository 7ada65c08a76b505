import { noPassword } from '../../../platform/auth/password.ts';
import type { RightsRules } from '../../../platform/auth/viewer.ts';
import type { Queryable, Tx } from '../../../platform/db/database.ts';
import {
  lacksOwnProof,
  lacksSecondFactor,
  type RightsSql,
  type SessionKey,
} from '../account/account.queries.ts';
import { begunBy, type IssuerSignOut } from '../sessions/session.queries.ts';

/** What a session has proven of its account's holder. */
export interface ProofRow {
  /** Null: nothing. */
  readonly provenAt: Date | null;
  /**
   * Whether it suffices: the word of another site, or of the mailbox, alone does not for an account with a password or with roles that it
   * does not bring, nor one factor for an account that has to use its passkey.
   */
  readonly suffices: boolean;
}

/** SQL: whether a session, a passkey or a login of account `a` is the word of another site alone, where that does not suffice. */
const isMereWord = (rights: RightsSql): string =>
  `(${rights.holder}.vouched_by IS NOT NULL AND (a.password_hash <> '${noPassword}' OR ${lacksOwnProof(rights)}))`;

const ofSession: RightsSql = { holder: 's', demanded: '$3::boolean', given: '$4' };

const proofSql = `SELECT s.proven_at AS "provenAt", NOT ${isMereWord(ofSession)}
    AND NOT (${lacksSecondFactor(ofSession)} AND EXISTS (SELECT FROM passkey p WHERE p.account_id = a.id)) AS suffices
  FROM session s JOIN account a ON a.id = s.account_id
  WHERE s.id = $1 AND s.account_id = $2 AND s.revoked_at IS NULL`;

const parametersOf = (
  { accountId, sessionId }: SessionKey,
  { staffSecondFactor, issuerRoles }: RightsRules,
): readonly unknown[] => [sessionId, accountId, staffSecondFactor, issuerRoles];

/** @returns undefined if the session has ended */
export async function selectProof(
  db: Queryable,
  session: SessionKey,
  rules: RightsRules,
): Promise<ProofRow | undefined> {
  const [row] = await db.query<ProofRow>(proofSql, parametersOf(session, rules));
  return row;
}

/** Locks a session against its end. @returns undefined if it has ended */
export async function lockProof(
  tx: Tx,
  session: SessionKey,
  rules: RightsRules,
): Promise<ProofRow | undefined> {
  const [row] = await tx.query<ProofRow>(`${proofSql} FOR SHARE OF s`, parametersOf(session, rules));
  return row;
}

/** Whether what another site vouches for proves nothing of an account's holder. @param vouchedBy the site (`iss`) */
export async function selectIsMereWord(
  tx: Tx,
  { accountId, vouchedBy }: { readonly accountId: string; readonly vouchedBy: string },
  { issuerRoles }: RightsRules,
): Promise<boolean> {
  // Neither counts the factors, which is no question here.
  const rights: RightsSql = { holder: 'w', demanded: 'false', given: '$3' };
  const [row] = await tx.query<{ is: boolean }>(
    `SELECT ${isMereWord(rights)} AS is FROM account a, (SELECT $2::text AS vouched_by) w WHERE a.id = $1`,
    [accountId, vouchedBy, issuerRoles],
  );
  return row?.is !== false;
}

/** A proof, and the sign-in at another site that it was; undefined: it was none. */
export interface NewProof {
  readonly at: Date;
  readonly signIn?: { readonly issuer: string; readonly session: string | null } | undefined;
  /** The other site that vouches for it; null: none does, and the session rests on no other site's word any more. */
  readonly vouchedBy: string | null;
}

/**
 * Counts a proof that a session tries.
 * @param by 1; -1: it was not tried after all
 * @returns how many it has tried since the last right one; undefined: the session has ended
 */
export async function updateTriedProofs(
  db: Queryable,
  { accountId, sessionId }: SessionKey,
  by: 1 | -1,
): Promise<number | undefined> {
  const [row] = await db.query<{ tried: number }>(
    `UPDATE session SET tried_proofs = greatest(0, tried_proofs + $3::integer)
     WHERE id = $1 AND account_id = $2 AND revoked_at IS NULL RETURNING tried_proofs AS tried`,
    [sessionId, accountId, by],
  );
  return row?.tried;
}

/** @returns false if the session has ended */
export async function updateSessionProof(
  tx: Tx,
  { accountId, sessionId }: SessionKey,
  { at, signIn, vouchedBy }: NewProof,
): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE session SET proven_at = $3, proven_issuer = $4, proven_issuer_session = $5, tried_proofs = 0,
       vouched_by = CASE WHEN $6::text IS NULL THEN NULL ELSE vouched_by END
     WHERE id = $1 AND account_id = $2 AND revoked_at IS NULL RETURNING id`,
    [sessionId, accountId, at, signIn?.issuer ?? null, signIn?.session ?? null, vouchedBy],
  );
  return rows.length === 1;
}

/** SQL: whether a session was proven by a login. Parameters as of `begunBy`. */
const provenBy = ({ subject }: IssuerSignOut): string =>
  subject === null
    ? 'proven_issuer = $1 AND $2::text IS NULL AND proven_issuer_session = $3'
    : `proven_issuer = $1 AND account_id = (SELECT account_id FROM login WHERE issuer = $1 AND subject = $2)
         AND ($3::text IS NULL OR proven_issuer_session = $3 OR proven_issuer_session IS NULL)`;

/** Locks the accounts of the sessions that a login has begun or proven, in the order of their ids. */
export async function lockAccountsOfIssuer(tx: Tx, login: IssuerSignOut): Promise<void> {
  const { issuer, subject, session } = login;
  await tx.query(
    `SELECT FROM account WHERE id IN (
       SELECT account_id FROM session WHERE ${begunBy(login)} AND revoked_at IS NULL
       UNION ALL SELECT account_id FROM session WHERE ${provenBy(login)}) ORDER BY id FOR NO KEY UPDATE`,
    [issuer, subject, session],
  );
}

/** Takes back what a person has proven at another site, who has signed out there. */
export async function updateIssuerProofsEnded(tx: Tx, login: IssuerSignOut): Promise<void> {
  await tx.query(
    `UPDATE session SET proven_at = NULL, proven_issuer = NULL, proven_issuer_session = NULL
     WHERE ${provenBy(login)}`,
    [login.issuer, login.subject, login.session],
  );
}

/** Takes back what the sessions of an account have proven at another site, whose login the account loses. */
export async function updateLoginProofsEnded(
  tx: Tx,
  { accountId, issuer }: { readonly accountId: string; readonly issuer: string },
): Promise<void> {
  await tx.query(
    `UPDATE session SET proven_at = NULL, proven_issuer = NULL, proven_issuer_session = NULL
     WHERE account_id = $1 AND proven_issuer = $2`,
    [accountId, issuer],
  );
}
