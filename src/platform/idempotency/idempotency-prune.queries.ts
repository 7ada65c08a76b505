import type { Tx } from '../db/database.ts';
import type { PruneStep } from '../db/pruning.ts';

const keysPerStep = 500;

/** Days for which a key is remembered, as docs/conventions.md promises. A retry after this time creates a second object. */
export const idempotencyKeyDays = 30;

const lifetime = `interval '${idempotencyKeyDays} days'`;

/** Removes keys past their lifetime. */
export async function pruneIdempotencyKeys(tx: Tx, at: Date): Promise<PruneStep> {
  const keys = await tx.query(
    `DELETE FROM idempotency_key WHERE (account_id, key) IN (
       SELECT account_id, key FROM idempotency_key WHERE created_at < $1::timestamptz - ${lifetime}
       ORDER BY created_at LIMIT $2)
     RETURNING 1`,
    [at, keysPerStep],
  );
  return { removed: { idempotency_key: keys.length }, more: keys.length === keysPerStep };
}
