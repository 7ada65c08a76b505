import { suspendedSql } from '../../people/account/sanction.queries.ts';
import type { OwnRowsSql } from '../../articles/article/own-rows.queries.ts';
import type { Queryable, Tx } from '../../../platform/db/database.ts';
import type { PruneStep } from '../../../platform/db/pruning.ts';
import type { CurrencyCode } from '../money/currency.ts';
import { type PledgeStatus, requireTransition } from './transitions.ts';

/** A pledge by its key. */
export interface PledgeKey {
  readonly articleId: string;
  readonly id: string;
}

/** A pledge; the amount is a decimal text of minor units. */
export interface PledgeRow extends PledgeKey {
  /** Names the pledge to the provider. */
  readonly providerKey: string;
  readonly milestone: number;
  readonly accountId: string | null;
  readonly pseudonym: string;
  readonly displayName: string | null;
  readonly amount: string;
  readonly status: PledgeStatus;
  readonly failureCode: string | null;
  readonly createdAt: Date;
  readonly activatedAt: Date | null;
  readonly setUpNumber: number;
  readonly setUpRef: string | null;
  readonly setUpUrl: string | null;
  readonly setUpDone: boolean;
  readonly customerRef: string | null;
  readonly paymentMethodRef: string | null;
}

export const pledgeColumns = `
  p.article_id::text AS "articleId", p.id::text AS id, p.provider_key AS "providerKey", p.milestone, p.account_id::text AS "accountId", p.pseudonym,
  p.display_name AS "displayName", p.amount::text AS amount, p.status, p.failure_code AS "failureCode",
  p.created_at AS "createdAt", p.activated_at AS "activatedAt", p.set_up_number AS "setUpNumber",
  p.set_up_ref AS "setUpRef", p.set_up_url AS "setUpUrl", p.set_up_done AS "setUpDone",
  p.customer_ref AS "customerRef", p.payment_method_ref AS "paymentMethodRef"`;

export interface NewPledge extends PledgeKey {
  readonly milestone: number;
  readonly accountId: string;
  readonly pseudonym: string;
  readonly displayName: string | null;
  readonly amount: bigint;
  readonly lookAt: Date;
}

/** Locks a pledge. Its campaign must be locked. */
export async function lockPledge(tx: Tx, { articleId, id }: PledgeKey): Promise<PledgeRow | undefined> {
  const [row] = await tx.query<PledgeRow>(
    `SELECT ${pledgeColumns} FROM pledge p WHERE p.article_id = $1 AND p.id = $2 FOR UPDATE`,
    [articleId, id],
  );
  return row;
}

/** Pledges by their keys, in any order. */
export function selectPledges(db: Queryable, keys: readonly PledgeKey[]): Promise<PledgeRow[]> {
  return db.query<PledgeRow>(
    `SELECT ${pledgeColumns} FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[])) AS k(article_id, id)
     JOIN pledge p ON p.article_id = k.article_id AND p.id = k.id`,
    [keys.map(({ articleId }) => articleId), keys.map(({ id }) => id)],
  );
}

/** The promise of an account to the open milestone; undefined: it has none. */
export async function selectPresentPledge(
  tx: Tx,
  articleId: string,
  accountId: string,
): Promise<PledgeRow | undefined> {
  const [row] = await tx.query<PledgeRow>(
    `SELECT ${pledgeColumns} FROM pledge p
     WHERE p.article_id = $1 AND p.account_id = $2 AND p.status IN ('SETUP', 'ACTIVE')`,
    [articleId, accountId],
  );
  return row;
}

/** The last statement of its transaction, which it commits: until then everybody who pledges waits. */
export async function insertPledge(tx: Tx, pledge: NewPledge): Promise<void> {
  await tx.seal(
    `INSERT INTO pledge (article_id, id, milestone, account_id, pseudonym, display_name, amount, look_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      pledge.articleId,
      pledge.id,
      pledge.milestone,
      pledge.accountId,
      pledge.pseudonym,
      pledge.displayName,
      pledge.amount,
      pledge.lookAt,
    ],
  );
}

/** A pledge that needs a page of the provider, with what the page says. */
export interface PledgeToSetUp extends Pick<PledgeRow, 'providerKey' | 'setUpNumber' | 'amount' | 'status'> {
  readonly currency: CurrencyCode;
  /** The article's slug and title; null while the article is not public. */
  readonly slug: string | null;
  readonly title: string | null;
  /** Title of the milestone that the pledge was made to. */
  readonly milestoneTitle: string;
  /** Whether the campaign is suspended, so that nothing is charged. */
  readonly isPaused: boolean;
}

/** Undefined where the pledge has a page, or needs none. */
export async function selectPledgeToSetUp(
  db: Queryable,
  { articleId, id }: PledgeKey,
): Promise<PledgeToSetUp | undefined> {
  const [row] = await db.query<PledgeToSetUp>(
    `SELECT p.provider_key AS "providerKey", p.set_up_number AS "setUpNumber", p.amount::text AS amount, p.status,
       c.currency, a.slug, a.title, m.title AS "milestoneTitle", c.status = 'SUSPENDED' AS "isPaused"
     FROM pledge p JOIN campaign c ON c.article_id = p.article_id
     JOIN milestone m ON m.article_id = p.article_id AND m.position = p.milestone
     LEFT JOIN article a ON a.id = p.article_id AND a.status = 'PUBLISHED'
     WHERE p.article_id = $1 AND p.id = $2 AND p.set_up_ref IS NULL AND NOT p.set_up_done
       AND p.status IN ('SETUP', 'ACTION_REQUIRED')`,
    [articleId, id],
  );
  return row;
}

/**
 * Stores the provider's page on which the person saves a means of payment, unless the pledge needs none any more.
 * @returns whether it is stored
 */
export async function updatePledgeSetUp(
  db: Queryable,
  { articleId, id }: PledgeKey,
  setUp: { readonly number: number; readonly ref: string; readonly url: string; readonly lookAt: Date },
): Promise<boolean> {
  const rows = await db.query(
    `UPDATE pledge SET set_up_ref = $4, set_up_url = $5, look_at = $6, looks = 0
     WHERE article_id = $1 AND id = $2 AND set_up_number = $3 AND NOT set_up_done
       AND status IN ('SETUP', 'ACTION_REQUIRED') RETURNING id`,
    [articleId, id, setUp.number, setUp.ref, setUp.url, setUp.lookAt],
  );
  return rows.length > 0;
}

/** A saved means of payment. */
export interface PaymentMeans {
  readonly customer: string;
  readonly paymentMethod: string;
}

/** The means of payment is saved: the pledge counts from now on. */
export async function updatePledgeActivated(
  tx: Tx,
  { articleId, id }: PledgeKey,
  milestone: number,
  means: PaymentMeans,
): Promise<void> {
  await tx.query(
    `UPDATE pledge SET status = 'ACTIVE', activated_at = clock_timestamp(), milestone = $3, set_up_done = true,
       set_up_url = NULL, customer_ref = $4, payment_method_ref = $5, look_at = NULL
     WHERE article_id = $1 AND id = $2`,
    [articleId, id, milestone, means.customer, means.paymentMethod],
  );
}

/** A pledge whose payment failed has another means of payment. */
export async function updatePledgeRepaired(
  tx: Tx,
  { articleId, id }: PledgeKey,
  means: PaymentMeans,
): Promise<void> {
  await tx.query(
    `UPDATE pledge SET status = 'DUE', failure_code = NULL, set_up_done = true, set_up_url = NULL, customer_ref = $3,
       payment_method_ref = $4, look_at = NULL
     WHERE article_id = $1 AND id = $2`,
    [articleId, id, means.customer, means.paymentMethod],
  );
}

/** Begins another set-up of a pledge. */
export async function updatePledgeSetUpAnew(
  tx: Tx,
  { articleId, id }: PledgeKey,
  lookAt: Date,
): Promise<void> {
  await tx.query(
    `UPDATE pledge SET set_up_number = set_up_number + 1, set_up_ref = NULL, set_up_url = NULL, set_up_done = false,
       look_at = $3, looks = 0
     WHERE article_id = $1 AND id = $2`,
    [articleId, id, lookAt],
  );
}

/**
 * Begins another set-up in place of one whose page is lost. Of requests that find this at the same time one begins it, and
 * none does once a page is stored.
 */
export async function updatePledgeSetUpLost(
  db: Queryable,
  { articleId, id }: PledgeKey,
  number: number,
  lookAt: Date,
): Promise<void> {
  await db.query(
    `UPDATE pledge SET set_up_number = set_up_number + 1, look_at = $4, looks = 0
     WHERE article_id = $1 AND id = $2 AND set_up_number = $3 AND set_up_ref IS NULL AND NOT set_up_done
       AND status IN ('SETUP', 'ACTION_REQUIRED')`,
    [articleId, id, number, lookAt],
  );
}

/** A set-up has come to nothing. */
export async function updatePledgeSetUpEnded(tx: Tx, { articleId, id }: PledgeKey): Promise<void> {
  await tx.query(
    `UPDATE pledge SET set_up_done = true, set_up_url = NULL, look_at = NULL WHERE article_id = $1 AND id = $2`,
    [articleId, id],
  );
}

export async function updatePledgeTerms(
  tx: Tx,
  { articleId, id }: PledgeKey,
  { amount, displayName }: { readonly amount: bigint; readonly displayName: string | null },
): Promise<void> {
  await tx.query('UPDATE pledge SET amount = $3, display_name = $4 WHERE article_id = $1 AND id = $2', [
    articleId,
    id,
    amount,
    displayName,
  ]);
}

/**
 * Moves a locked pledge to another state.
 * @throws Error for a change that the table of transitions does not have
 */
export async function updatePledgeStatus(
  tx: Tx,
  { articleId, id, status: from }: Pick<PledgeRow, 'articleId' | 'id' | 'status'>,
  status: PledgeStatus,
  failureCode: string | null = null,
): Promise<void> {
  requireTransition('pledge', from, status);
  await tx.query(
    `UPDATE pledge SET status = $3, failure_code = $4,
       look_at = CASE WHEN $3 IN ('RELEASED', 'WITHDRAWN', 'DROPPED') THEN NULL ELSE look_at END,
       set_up_url = CASE WHEN $3 IN ('RELEASED', 'WITHDRAWN', 'DROPPED') THEN NULL ELSE set_up_url END,
       customer_ref = CASE WHEN account_id IS NOT NULL THEN customer_ref END,
       payment_method_ref = CASE WHEN account_id IS NOT NULL THEN payment_method_ref END
     WHERE article_id = $1 AND id = $2`,
    [articleId, id, status, failureCode],
  );
}

/** The milestone is reached: its pledges are to be collected. */
export async function updatePledgesDue(tx: Tx, articleId: string, milestone: number): Promise<void> {
  await tx.query(
    `UPDATE pledge SET status = 'DUE' WHERE article_id = $1 AND milestone = $2 AND status = 'ACTIVE'`,
    [articleId, milestone],
  );
}

/** The campaign is over: nothing of what is not due is collected. */
export async function updatePledgesReleased(tx: Tx, articleId: string): Promise<void> {
  await tx.query(
    `UPDATE pledge SET status = 'RELEASED', look_at = NULL, set_up_url = NULL
     WHERE article_id = $1 AND status IN ('SETUP', 'ACTIVE')`,
    [articleId],
  );
}

/** The period of grace is over: what could not be collected is dropped. */
export async function updatePledgesDropped(tx: Tx, articleId: string, milestone: number): Promise<void> {
  await tx.query(
    `UPDATE pledge SET status = 'DROPPED', look_at = NULL, set_up_url = NULL
     WHERE article_id = $1 AND milestone = $2 AND status = 'ACTION_REQUIRED'`,
    [articleId, milestone],
  );
}

/**
 * How far the collection of a milestone is, with those before it: a pledge that reaches several milestones at once was
 * made to the first of them. Amounts are minor units.
 */
export interface CollectionState {
  /** Pledges that are being collected. */
  readonly due: number;
  /** Pledges whose backer has to do something. */
  readonly waiting: number;
  readonly collected: bigint;
}

export async function selectCollectionState(
  tx: Tx,
  articleId: string,
  milestone: number,
): Promise<CollectionState> {
  const [row] = await tx.query<{ due: number; waiting: number; collected: string }>(
    `SELECT count(*) FILTER (WHERE status = 'DUE')::int AS due,
       count(*) FILTER (WHERE status = 'ACTION_REQUIRED')::int AS waiting,
       coalesce(sum(amount) FILTER (WHERE status IN ('COLLECTED', 'DISPUTED')), 0)::text AS collected
     FROM pledge WHERE article_id = $1 AND milestone <= $2`,
    [articleId, milestone],
  );
  if (!row) throw new Error('An aggregate returned no row');
  return { ...row, collected: BigInt(row.collected) };
}

/** A pledge whose set-up is to be looked at. */
export interface SetUpToFind extends Pick<PledgeRow, 'articleId' | 'id' | 'setUpNumber' | 'setUpRef'> {
  /** Whether its account may not write. */
  readonly isSuspended: boolean;
}

/** Takes pledges to campaigns of one mode whose set-up is to be looked at, and puts off their next look. */
export function takeSetUps(
  db: Queryable,
  testMode: boolean,
  now: Date,
  limit: number,
): Promise<SetUpToFind[]> {
  return db.query<SetUpToFind>(
    `UPDATE pledge p SET looks = p.looks + 1, look_at = $1::timestamptz + ${delaySql('p.looks')}
     FROM (SELECT t.article_id, t.id FROM pledge t JOIN campaign c ON c.article_id = t.article_id
       WHERE t.look_at <= $1 AND c.test_mode = $3 ORDER BY t.look_at LIMIT $2 FOR UPDATE OF t SKIP LOCKED) k
     WHERE p.article_id = k.article_id AND p.id = k.id
     RETURNING p.article_id::text AS "articleId", p.id::text AS id, p.set_up_number AS "setUpNumber",
       p.set_up_ref AS "setUpRef", EXISTS (SELECT FROM account u WHERE u.id = p.account_id
         AND ${suspendedSql('u')}) AS "isSuspended"`,
    [now, limit, testMode],
  );
}

/** SQL for the time until the next look: two seconds at first, five minutes after eight looks. */
export const delaySql = (looks: string): string =>
  `least(interval '2 seconds' * power(2, least(${looks}, 8)), interval '5 minutes')`;

/** Looks at a set-up at once, because the provider tells of it. */
export async function hastenSetUp(db: Queryable, setUpRef: string, now: Date): Promise<void> {
  await db.query('UPDATE pledge SET look_at = $2, looks = 0 WHERE set_up_ref = $1 AND look_at IS NOT NULL', [
    setUpRef,
    now,
  ]);
}

/** Most pledges that one step of pruning removes. */
const pruneBatch = 1000;

/**
 * Removes pledges that never counted, thirty days after they were made: whoever asks for pages of the provider and uses
 * none would fill the table. No retry with their idempotency keys comes so late.
 */
export async function pruneReleasedPledges(tx: Tx, at: Date): Promise<PruneStep> {
  const rows = await tx.query(
    `DELETE FROM pledge WHERE (article_id, id) IN (SELECT article_id, id FROM pledge
       WHERE status = 'RELEASED' AND activated_at IS NULL AND created_at < $1::timestamptz - interval '30 days'
       ORDER BY created_at LIMIT $2)
     RETURNING id`,
    [at, pruneBatch],
  );
  return { removed: { pledge: rows.length }, more: rows.length === pruneBatch };
}

/**
 * Pledges of an account to each of these campaigns, newest first: all that were neither withdrawn nor let go, of which there
 * is at most one for each milestone, and the last one whatever became of it.
 */
export function selectPledgesBy(
  db: Queryable,
  accountId: string,
  articleIds: readonly string[],
): Promise<PledgeRow[]> {
  return db.query<PledgeRow>(
    `SELECT ${pledgeColumns} FROM unnest((SELECT $2::bigint[])) AS k(article_id)
     JOIN LATERAL (SELECT q.*, row_number() OVER (ORDER BY q.id DESC) AS place FROM pledge q
       WHERE q.account_id = $1 AND q.article_id = k.article_id) p
       ON p.place = 1 OR p.status NOT IN ('WITHDRAWN', 'RELEASED')
     ORDER BY p.article_id, p.id DESC`,
    [accountId, articleIds],
  );
}

/** Whether an account has ever pledged. */
export async function hasPledge(db: Queryable, accountId: string): Promise<boolean> {
  const rows = await db.query('SELECT FROM pledge WHERE account_id = $1 LIMIT 1', [accountId]);
  return rows.length > 0;
}

/** SQL for a viewer's own pledges, whatever became of their campaigns, without those that another one has replaced. */
export const ownPledgesSql: OwnRowsSql = () =>
  `(SELECT p.article_id, p.id, p.id AS ordinal, p.account_id FROM pledge p
     WHERE NOT (p.status = 'RELEASED' AND p.activated_at IS NULL))`;
