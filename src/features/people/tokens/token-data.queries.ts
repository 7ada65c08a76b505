import type { Tx } from '../../../platform/db/database.ts';
import type { PruneStep } from '../../../platform/db/pruning.ts';
import type { PersonalData } from '../../../platform/db/personal-data.ts';

const tokensPerStep = 500;

/** How long a token is kept after its end, so that its owner sees why a program has stopped. */
const lifetime = "interval '30 days'";

/** Deletes tokens that were revoked or expired long ago. */
export async function pruneEndedTokens(tx: Tx, at: Date): Promise<PruneStep> {
  const tokens = await tx.query(
    `DELETE FROM token WHERE id IN (
       (SELECT id FROM token WHERE expires_at < $1::timestamptz - ${lifetime} ORDER BY expires_at LIMIT $2)
       UNION ALL
       (SELECT id FROM token WHERE revoked_at < $1::timestamptz - ${lifetime} ORDER BY revoked_at LIMIT $2))
     RETURNING 1`,
    [at, tokensPerStep],
  );
  return { removed: { token: tokens.length }, more: tokens.length >= tokensPerStep };
}

/** Deletes the tokens of an account that is closed; an account that is suspended gets no new ones. */
export async function deleteTokens(tx: Tx, accountId: string): Promise<void> {
  await tx.query('DELETE FROM token WHERE account_id = $1', [accountId]);
}

export async function deleteServiceAccount(tx: Tx, accountId: string): Promise<void> {
  await tx.query('DELETE FROM service_account WHERE account_id = $1', [accountId]);
}

/** Tokens of an account, without their hashes. */
export const tokenData: PersonalData = {
  name: 'tokens',
  select: (db, accountId, { after, limit }) =>
    db.query(
      `SELECT id::text AS key, jsonb_build_object('name', name, 'scopes', scopes, 'documents', documents,
         'createdAt', created_at, 'expiresAt', expires_at, 'lastUsedAt', last_used_at, 'revokedAt', revoked_at) AS data
       FROM token WHERE account_id = $1 AND ($2::bigint IS NULL OR id > $2::bigint) ORDER BY id LIMIT $3`,
      [accountId, after ?? null, limit],
    ),
};
