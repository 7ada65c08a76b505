import type { Tx } from '../db/database.ts';

/** What a change of the ways into an account has to know of it. */
export interface OwnCredentialRow {
  readonly email: string;
  readonly emailVerifiedAt: Date | null;
  readonly passwordHash: string;
  /** Time of the present sign-in; null: the session has ended. */
  readonly signedInAt: Date | null;
}

/** Locks the viewer's account. @returns undefined if it is gone */
export async function lockOwnCredential(
  tx: Tx,
  { accountId, sessionId }: { readonly accountId: string; readonly sessionId: string },
): Promise<OwnCredentialRow | undefined> {
  const [row] = await tx.query<OwnCredentialRow>(
    `SELECT email, email_verified_at AS "emailVerifiedAt", password_hash AS "passwordHash",
       (SELECT created_at FROM session WHERE id = $2 AND account_id = a.id AND revoked_at IS NULL) AS "signedInAt"
     FROM account a WHERE id = $1 FOR NO KEY UPDATE`,
    [accountId, sessionId],
  );
  return row;
}
