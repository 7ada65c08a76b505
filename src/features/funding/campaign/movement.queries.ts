import type { Queryable, Tx } from '../../../platform/db/database.ts';
import { delaySql, type PledgeKey } from './pledge.queries.ts';
import { type FundingStates, requireTransition } from './transitions.ts';

/** What moves money at the provider: each is a row first. */
export type Movement = 'payment' | 'refund' | 'payout';

/** The kind of a movement's states. */
type StateOf<Of extends Movement> = FundingStates[Of extends 'payout' ? 'payout' : 'payment'];

const stateNames = { payment: 'payment', refund: 'payment', payout: 'payout' } as const;

/** A movement by its key. */
export interface MovementKey {
  readonly articleId: string;
  readonly id: string;
}

/** A movement that is to be made or looked up at the provider. */
export interface TakenMovement<Of extends Movement> extends MovementKey {
  /** Names the row to the provider. */
  readonly providerKey: string;
  readonly providerRef: string | null;
  readonly status: StateOf<Of>;
  /** Whether the provider was asked before, and so may know of it. */
  readonly wasSubmitted: boolean;
  /** Whether an editor has suspended the campaign: it is looked up, and not made. Money is given back all the same. */
  readonly isStopped: boolean;
  readonly submittedAt: Date;
  /** Minor units. */
  readonly amount: string;
}

const takenColumns = (
  alias: string,
): string => `${alias}.article_id::text AS "articleId", ${alias}.id::text AS id,
  ${alias}.provider_key AS "providerKey", ${alias}.provider_ref AS "providerRef", ${alias}.status,
  ${alias}.submitted_at AS "submittedAt", ${alias}.amount::text AS amount`;

/** SQL that says whether a movement of a campaign `c` may not be made at present. */
const stopped = {
  payment: `(c.status = 'SUSPENDED')`,
  refund: 'false',
  payout: `(c.status = 'SUSPENDED')`,
} as const;

/**
 * Takes movements of one mode whose time has come: of what is of the other mode the provider must not be asked. Those that
 * are new are marked as submitted before the provider is asked, so that after a crash they are looked up first.
 */
export function takeMovements<Of extends Movement>(
  db: Queryable,
  table: Of,
  testMode: boolean,
  now: Date,
  limit: number,
): Promise<TakenMovement<Of>[]> {
  return db.query<TakenMovement<Of>>(
    `UPDATE ${table} m SET looks = m.looks + 1, look_at = $1::timestamptz + ${delaySql('m.looks')},
       status = CASE m.status WHEN 'CREATED' THEN 'SUBMITTED' ELSE m.status END,
       submitted_at = coalesce(m.submitted_at, $1)
     FROM (SELECT t.article_id, t.id, t.status <> 'CREATED' AS submitted, ${stopped[table]} AS stopped FROM ${table} t
       JOIN campaign c ON c.article_id = t.article_id WHERE t.look_at <= $1 AND c.test_mode = $3
         AND NOT (t.status = 'CREATED' AND ${stopped[table]})
       ORDER BY t.look_at LIMIT $2 FOR UPDATE OF t SKIP LOCKED) k
     WHERE m.article_id = k.article_id AND m.id = k.id
     RETURNING ${takenColumns('m')}, k.submitted AS "wasSubmitted",
       k.stopped AS "isStopped"`,
    [now, limit, testMode],
  );
}

/** A movement that is locked for a change. */
export interface LockedMovement<Of extends Movement> extends MovementKey {
  readonly status: StateOf<Of>;
  readonly amount: bigint;
  /** The pledge of a payment, the payment of a refund; null for a payout. */
  readonly parentId: string | null;
  readonly submittedAt: Date | null;
}

const parents = { payment: 'pledge_id', refund: 'payment_id', payout: 'NULL::bigint' } as const;

/** Locks a movement. Its campaign must be locked. */
export async function lockMovement<Of extends Movement>(
  tx: Tx,
  table: Of,
  { articleId, id }: MovementKey,
): Promise<LockedMovement<Of> | undefined> {
  const [row] = await tx.query<Omit<LockedMovement<Of>, 'amount'> & { amount: string }>(
    `SELECT article_id::text AS "articleId", id::text AS id, status, amount::text AS amount,
       ${parents[table]}::text AS "parentId", submitted_at AS "submittedAt"
     FROM ${table} WHERE article_id = $1 AND id = $2 FOR UPDATE`,
    [articleId, id],
  );
  return row && { ...row, amount: BigInt(row.amount) };
}

const finals: ReadonlySet<string> = new Set(['SUCCEEDED', 'FAILED', 'PAID', 'REVERSED']);

/**
 * Moves a locked movement to another state.
 * @throws Error for a change that the table of transitions does not have
 */
export async function updateMovement<Of extends Movement>(
  tx: Tx,
  table: Of,
  { articleId, id, status: from }: Pick<LockedMovement<Of>, 'articleId' | 'id' | 'status'>,
  {
    status,
    ref,
    failureCode,
  }: { status: StateOf<Of>; ref: string | undefined; failureCode?: string | undefined },
): Promise<void> {
  // The table's kind of states is known to this type alone.
  requireTransition<'payment' | 'payout'>(stateNames[table], from, status);
  await tx.query(
    `UPDATE ${table} SET status = $3, provider_ref = coalesce(provider_ref, $4), failure_code = $5,
       settled_at = CASE WHEN $6 THEN clock_timestamp() END, look_at = CASE WHEN $6 THEN NULL ELSE look_at END
     WHERE article_id = $1 AND id = $2`,
    [articleId, id, status, ref ?? null, failureCode?.slice(0, 100) ?? null, finals.has(status)],
  );
}

/** Whether the fee of a payment is in the ledger, or is not expected any more. */
export async function hasFee(tx: Tx, { articleId, id }: MovementKey): Promise<boolean> {
  const [row] = await tx.query<{ known: boolean }>(
    'SELECT fee_known AS known FROM payment WHERE article_id = $1 AND id = $2',
    [articleId, id],
  );
  return row?.known === true;
}

/** @param lookAt when the provider is asked for the fee; null: it is known, or not expected any more */
export async function updatePaymentFee(
  tx: Tx,
  { articleId, id }: MovementKey,
  lookAt: Date | null,
): Promise<void> {
  await tx.query('UPDATE payment SET fee_known = $3, look_at = $4 WHERE article_id = $1 AND id = $2', [
    articleId,
    id,
    lookAt === null,
    lookAt,
  ]);
}

/** What the provider may tell of: what is under way, and a payout that was made, because it may be reversed. */
const mayChange = {
  payment: 'look_at IS NOT NULL',
  refund: 'look_at IS NOT NULL',
  payout: `(look_at IS NOT NULL OR status = 'PAID')`,
} as const;

/** Looks at a movement at once, because the provider tells of it. */
export async function hastenMovement(db: Queryable, table: Movement, ref: string, now: Date): Promise<void> {
  await db.query(
    `UPDATE ${table} SET look_at = $2, looks = 0 WHERE provider_ref = $1 AND ${mayChange[table]}`,
    [ref, now],
  );
}

/** A movement that was made is as it was: nothing more is expected of it. */
export async function updateMovementUnchanged(
  tx: Tx,
  table: Movement,
  { articleId, id }: MovementKey,
): Promise<void> {
  await tx.query(`UPDATE ${table} SET look_at = NULL WHERE article_id = $1 AND id = $2`, [articleId, id]);
}

/**
 * Makes payments of pledges that are due and have none, to campaigns of one mode, but not while an editor has suspended the
 * campaign.
 */
export async function insertPayments(
  db: Queryable,
  testMode: boolean,
  now: Date,
  limit: number,
): Promise<void> {
  await db.query(
    `INSERT INTO payment (article_id, pledge_id, amount, look_at)
     SELECT p.article_id, p.id, p.amount, $1 FROM pledge p JOIN campaign c ON c.article_id = p.article_id
     WHERE p.status = 'DUE' AND c.status <> 'SUSPENDED' AND c.test_mode = $3 AND NOT EXISTS (
       SELECT FROM payment y WHERE y.article_id = p.article_id AND y.pledge_id = p.id AND y.status <> 'FAILED')
     ORDER BY p.article_id, p.id LIMIT $2
     ON CONFLICT DO NOTHING`,
    [now, limit, testMode],
  );
}

/** What the provider needs to collect a payment. */
export interface PaymentTerms {
  readonly currency: string;
  /** Of the article; null while that is not public. */
  readonly title: string | null;
  readonly testMode: boolean;
  readonly customerRef: string | null;
  readonly paymentMethodRef: string | null;
}

export async function selectPaymentTerms(
  db: Queryable,
  { articleId, id }: MovementKey,
): Promise<PaymentTerms> {
  const [row] = await db.query<PaymentTerms>(
    `SELECT c.currency, c.test_mode AS "testMode", CASE a.status WHEN 'PUBLISHED' THEN a.title END AS title,
       p.customer_ref AS "customerRef",
       p.payment_method_ref AS "paymentMethodRef"
     FROM payment y JOIN pledge p ON p.article_id = y.article_id AND p.id = y.pledge_id
     JOIN campaign c ON c.article_id = y.article_id JOIN article a ON a.id = y.article_id
     WHERE y.article_id = $1 AND y.id = $2`,
    [articleId, id],
  );
  if (!row) throw new Error(`Payment ${id} of article ${articleId} is gone`);
  return row;
}

/** The payment of a pledge that has not failed. */
export async function lockLivePayment(
  tx: Tx,
  { articleId, id }: PledgeKey,
): Promise<(LockedMovement<'payment'> & { readonly providerRef: string | null }) | undefined> {
  const [row] = await tx.query<
    Omit<LockedMovement<'payment'>, 'amount'> & { amount: string; providerRef: string | null }
  >(
    `SELECT article_id::text AS "articleId", id::text AS id, status, amount::text AS amount,
       pledge_id::text AS "parentId", submitted_at AS "submittedAt", provider_ref AS "providerRef"
     FROM payment WHERE article_id = $1 AND pledge_id = $2 AND status <> 'FAILED' FOR UPDATE`,
    [articleId, id],
  );
  return row && { ...row, amount: BigInt(row.amount) };
}

/** What the provider needs to give a payment back. @throws Error for a refund whose payment never reached it */
export async function selectRefundTerms(
  db: Queryable,
  { articleId, id }: MovementKey,
): Promise<{ readonly paymentRef: string; readonly currency: string }> {
  const [row] = await db.query<{ paymentRef: string | null; currency: string }>(
    `SELECT y.provider_ref AS "paymentRef", c.currency FROM refund r JOIN campaign c ON c.article_id = r.article_id
     JOIN payment y ON y.article_id = r.article_id AND y.id = r.payment_id WHERE r.article_id = $1 AND r.id = $2`,
    [articleId, id],
  );
  const { paymentRef = null, currency = '' } = row ?? {};
  if (paymentRef === null)
    throw new Error(`Refund ${id} of article ${articleId} has no payment at the provider`);
  return { paymentRef, currency };
}

/** What the provider needs to pay money out. */
export async function selectPayoutTerms(
  db: Queryable,
  { articleId, id }: MovementKey,
): Promise<{ readonly currency: string; readonly destination: string }> {
  const [row] = await db.query<{ currency: string; destination: string }>(
    `SELECT c.currency, o.destination FROM payout o JOIN campaign c ON c.article_id = o.article_id
     WHERE o.article_id = $1 AND o.id = $2`,
    [articleId, id],
  );
  if (!row) throw new Error(`Payout ${id} of article ${articleId} is gone`);
  return row;
}

/** Makes the refund of a payment, to be submitted. */
export async function insertRefund(tx: Tx, payment: LockedMovement<'payment'>, lookAt: Date): Promise<void> {
  await tx.query('INSERT INTO refund (article_id, payment_id, amount, look_at) VALUES ($1, $2, $3, $4)', [
    payment.articleId,
    payment.id,
    payment.amount,
    lookAt,
  ]);
  await tx.query(
    `UPDATE pledge SET failure_code = NULL WHERE article_id = $1 AND failure_code IS NOT NULL
       AND id = (SELECT pledge_id FROM payment WHERE article_id = $1 AND id = $2)`,
    [payment.articleId, payment.id],
  );
}

/** Payouts of a campaign that the provider was not asked for yet have failed. */
export async function updatePayoutsStopped(tx: Tx, articleId: string): Promise<void> {
  await tx.query(
    `UPDATE payout SET status = 'FAILED', failure_code = 'campaign_suspended', settled_at = clock_timestamp(), look_at = NULL
     WHERE article_id = $1 AND status = 'CREATED'`,
    [articleId],
  );
}

/** Notes with the pledge why its payment could not be given back. */
export async function updateRefundFailure(
  tx: Tx,
  { articleId, parentId }: LockedMovement<'refund'>,
  failureCode: string,
): Promise<void> {
  await tx.query(
    `UPDATE pledge SET failure_code = $3 WHERE article_id = $1 AND status = 'COLLECTED'
       AND id = (SELECT pledge_id FROM payment WHERE article_id = $1 AND id = $2)`,
    [articleId, parentId, failureCode],
  );
}

/** Whether a payment is being given back, or was. */
export async function hasRefund(tx: Tx, { articleId, id }: MovementKey): Promise<boolean> {
  const rows = await tx.query(
    `SELECT FROM refund WHERE article_id = $1 AND payment_id = $2 AND status <> 'FAILED'`,
    [articleId, id],
  );
  return rows.length > 0;
}

export interface NewPayout extends MovementKey {
  readonly amount: bigint;
  readonly destination: string;
  readonly lookAt: Date;
}

export async function insertPayout(tx: Tx, payout: NewPayout): Promise<void> {
  await tx.query(
    'INSERT INTO payout (article_id, id, amount, destination, look_at) VALUES ($1, $2, $3, $4, $5)',
    [payout.articleId, payout.id, payout.amount, payout.destination, payout.lookAt],
  );
}
