import type { Tx } from '../../../platform/db/database.ts';
import type { PruneStep } from '../../../platform/db/pruning.ts';
import type { PersonalData } from '../../../platform/db/personal-data.ts';

const challengesPerStep = 500;

/** Deletes met challenges that have expired: nodes refuse them by then, even those whose clock is late. */
export async function pruneMetChallenges(tx: Tx, at: Date): Promise<PruneStep> {
  const challenges = await tx.query(
    `DELETE FROM met_challenge WHERE nonce IN (
       SELECT nonce FROM met_challenge WHERE expires_at < $1::timestamptz - interval '1 day'
       ORDER BY expires_at LIMIT $2)
     RETURNING 1`,
    [at, challengesPerStep],
  );
  return {
    removed: { met_challenge: challenges.length },
    more: challenges.length === challengesPerStep,
  };
}

/** Passkeys of an account, without their keys. */
export const passkeyData: PersonalData = {
  name: 'passkeys',
  select: (db, accountId, { after, limit }) =>
    db.query(
      `SELECT id::text AS key, jsonb_build_object('name', name, 'credentialId', encode(credential_id, 'hex'),
         'transports', transports, 'signatures', counter, 'createdAt', created_at, 'usedAt', used_at) AS data
       FROM passkey WHERE account_id = $1 AND ($2::uuid IS NULL OR id > $2::uuid) ORDER BY id LIMIT $3`,
      [accountId, after ?? null, limit],
    ),
};

/** The unused recovery codes of an account, without the codes. */
export const recoveryCodeData: PersonalData = {
  name: 'recoveryCodes',
  select: (db, accountId, { after, limit }) =>
    db.query(
      `SELECT row_number() OVER (ORDER BY hash)::text AS key, jsonb_build_object('createdAt', created_at) AS data
       FROM recovery_code WHERE account_id = $1 AND $2::text IS NULL ORDER BY hash LIMIT $3`,
      [accountId, after ?? null, limit],
    ),
};
