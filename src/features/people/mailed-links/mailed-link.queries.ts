import type { Queryable, Tx } from '../../../platform/db/database.ts';
import type { PruneStep } from '../../../platform/db/pruning.ts';
import type { PersonalData } from '../../../platform/db/personal-data.ts';
import type { MailedLinkKind } from './mailed-link.entity.ts';

/** What a new account is made of, once its address is proven. */
export interface SignUpRow {
  readonly name: string;
  readonly passwordHash: string;
  readonly secretHash: Buffer;
}

export interface MailedLinkRow {
  readonly hash: Buffer;
  readonly accountId: string | null;
  readonly email: string;
  readonly expiresAt: Date;
  /** Null for all but `SIGN_UP`. */
  readonly signUp: SignUpRow | null;
}

export async function insertMailedLink(
  tx: Tx,
  { hash, kind, accountId, email, signUp, expiresAt }: MailedLinkRow & { readonly kind: MailedLinkKind },
): Promise<void> {
  await tx.query(
    `INSERT INTO mailed_link (hash, kind, account_id, email, name, password_hash, secret_hash, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      hash,
      kind,
      accountId,
      email,
      signUp?.name ?? null,
      signUp?.passwordHash ?? null,
      signUp?.secretHash ?? null,
      expiresAt,
    ],
  );
}

/** Locks a link that is still valid. */
export async function lockMailedLink(
  tx: Tx,
  kind: MailedLinkKind,
  hash: Buffer,
  now: Date,
): Promise<MailedLinkRow | undefined> {
  const [row] = await tx.query<
    Omit<MailedLinkRow, 'signUp'> & { [K in keyof SignUpRow]: SignUpRow[K] | null }
  >(
    `SELECT hash, account_id::text AS "accountId", email, expires_at AS "expiresAt", name, password_hash AS "passwordHash",
       secret_hash AS "secretHash"
     FROM mailed_link WHERE hash = $1 AND kind = $2 AND expires_at > $3 FOR UPDATE`,
    [hash, kind, now],
  );
  if (!row) return undefined;
  const { name, passwordHash, secretHash, ...link } = row;
  const isComplete = name !== null && passwordHash !== null && secretHash !== null;
  return { ...link, signUp: isComplete ? { name, passwordHash, secretHash } : null };
}

/** The address of an account's link. It never changes while there is the link. */
export async function selectLinkedAddress(
  db: Queryable,
  { hash, accountId }: { readonly hash: Buffer; readonly accountId: string },
): Promise<string | undefined> {
  const [row] = await db.query<{ email: string }>(
    'SELECT email FROM mailed_link WHERE hash = $1 AND account_id = $2',
    [hash, accountId],
  );
  return row?.email;
}

/** Whether a link that was mailed to an address is still valid at a time. */
export async function hasMailedLink(
  tx: Tx,
  { kind, accountId, email }: Pick<MailedLinkRow, 'accountId' | 'email'> & { readonly kind: MailedLinkKind },
  until: Date,
): Promise<boolean> {
  const rows = await tx.query(
    `SELECT FROM mailed_link WHERE email = $1 AND kind = $2 AND account_id IS NOT DISTINCT FROM $3 AND expires_at >= $4 LIMIT 1`,
    [email, kind, accountId, until],
  );
  return rows.length === 1;
}

/** Ends all links to an address. */
export async function deleteLinksTo(tx: Tx, email: string): Promise<void> {
  await tx.query('DELETE FROM mailed_link WHERE email = $1', [email]);
}

/** Ends all links of an account, and all links to its address. */
export async function deleteLinksOf(tx: Tx, accountId: string): Promise<void> {
  await tx.query(
    `DELETE FROM mailed_link WHERE account_id = $1 OR email = (SELECT email FROM account WHERE id = $1)`,
    [accountId],
  );
}

/**
 * Ends the links by which an account's address would be confirmed.
 * @param except an address whose links stay: the next mail to it may be beyond a bound
 */
export async function deleteEmailLinksOf(tx: Tx, accountId: string, except?: string): Promise<void> {
  await tx.query(
    `DELETE FROM mailed_link WHERE account_id = $1 AND kind = 'EMAIL' AND email IS DISTINCT FROM $2`,
    [accountId, except ?? null],
  );
}

/** Ends the links that sign in to an account. */
export async function deleteSignInLinksOf(tx: Tx, accountId: string): Promise<void> {
  await tx.query(`DELETE FROM mailed_link WHERE account_id = $1 AND kind = 'SIGN_IN'`, [accountId]);
}

const linksPerStep = 500;

/** Deletes links that have expired. */
export async function pruneMailedLinks(tx: Tx, at: Date): Promise<PruneStep> {
  const links = await tx.query(
    `DELETE FROM mailed_link WHERE hash IN (
       SELECT hash FROM mailed_link WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)
     RETURNING 1`,
    [at, linksPerStep],
  );
  return { removed: { mailed_link: links.length }, more: links.length === linksPerStep };
}

/** Links of an account that are still valid, without their tokens. */
export const mailedLinkData: PersonalData = {
  name: 'mailedLinks',
  select: (db, accountId, { after, limit }) =>
    db.query(
      `SELECT encode(hash, 'hex') AS key, jsonb_build_object('kind', kind, 'email', email, 'createdAt', created_at,
         'expiresAt', expires_at) AS data
       FROM mailed_link WHERE account_id = $1 AND ($2::text IS NULL OR hash > decode($2, 'hex')) ORDER BY hash LIMIT $3`,
      [accountId, after ?? null, limit],
    ),
};
