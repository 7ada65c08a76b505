import type { Queryable, Tx } from '../../../platform/db/database.ts';
import type { MovementKey } from '../campaign/movement.queries.ts';
import type { DisputeState } from '../../../platform/payments/provider.ts';

/** A payment that its payer's bank demands back. */
export interface DisputeRow extends MovementKey {
  readonly status: DisputeState['status'];
  /** Minor units. */
  readonly amount: bigint;
}

/** The payment with the provider's id; undefined: it is none of this database. */
export async function selectPaymentByRef(db: Queryable, ref: string): Promise<MovementKey | undefined> {
  const [row] = await db.query<MovementKey>(
    `SELECT article_id::text AS "articleId", id::text AS id FROM payment WHERE provider_ref = $1`,
    [ref],
  );
  return row;
}

/** Locks a dispute by the provider's id. Its campaign must be locked. */
export async function lockDispute(tx: Tx, ref: string): Promise<DisputeRow | undefined> {
  const [row] = await tx.query<Omit<DisputeRow, 'amount'> & { amount: string }>(
    `SELECT article_id::text AS "articleId", id::text AS id, status, amount::text AS amount
     FROM dispute WHERE provider_ref = $1 FOR UPDATE`,
    [ref],
  );
  return row && { ...row, amount: BigInt(row.amount) };
}

/** Inserts a dispute of a payment, as one that is open. */
export async function insertDispute(
  tx: Tx,
  { articleId, id }: MovementKey,
  { ref, minorUnits }: DisputeState,
): Promise<DisputeRow> {
  const [row] = await tx.query<{ id: string }>(
    `INSERT INTO dispute (article_id, payment_id, amount, status, provider_ref) VALUES ($1, $2, $3, 'OPEN', $4)
     RETURNING id::text AS id`,
    [articleId, id, minorUnits, ref],
  );
  if (!row) throw new Error('An INSERT returned no row');
  return { articleId, id: row.id, status: 'OPEN', amount: minorUnits };
}

export async function updateDisputeClosed(
  tx: Tx,
  { articleId, id }: MovementKey,
  status: 'WON' | 'LOST',
): Promise<void> {
  await tx.query(
    `UPDATE dispute SET status = $3, closed_at = clock_timestamp() WHERE article_id = $1 AND id = $2`,
    [articleId, id, status],
  );
}
