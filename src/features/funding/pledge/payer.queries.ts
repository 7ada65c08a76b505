import type { Queryable, Tx } from '../../../platform/db/database.ts';
import type { PruneStep } from '../../../platform/db/pruning.ts';

/**
 * Notes who made the pledges of an account under one campaign for which money moved or will: before the account is taken
 * off them. A pledge whose time is over already is left out.
 * @param days days after the payment, or from now on where there is none yet
 */
export async function insertPayers(
  tx: Tx,
  { articleId, accountId, days }: { articleId: string; accountId: string; days: number },
): Promise<void> {
  await tx.query(
    `INSERT INTO payer (article_id, pledge_id, name, email, retain_until)
     SELECT p.article_id, p.id, u.name, u.email, k.until
     FROM pledge p JOIN account u ON u.id = p.account_id
     CROSS JOIN LATERAL (SELECT coalesce(max(y.settled_at), clock_timestamp()) + $3 * interval '1 day' AS until
       FROM payment y WHERE y.article_id = p.article_id AND y.pledge_id = p.id AND y.status = 'SUCCEEDED') k
     WHERE p.article_id = $1 AND p.account_id = $2 AND k.until > clock_timestamp()
       AND p.status IN ('DUE', 'ACTION_REQUIRED', 'COLLECTED', 'REFUNDED', 'DISPUTED', 'LOST')
     ON CONFLICT DO NOTHING`,
    [articleId, accountId, days],
  );
}

/** A payment with whoever made it, for accountants. */
export interface PayerLine {
  readonly slug: string;
  readonly pseudonym: string;
  readonly name: string | null;
  readonly email: string | null;
  /** Null: the account exists. */
  readonly retainUntil: Date | null;
  readonly minorUnits: string;
  /** What of it was given back, and what was lost in a dispute, in minor units. */
  readonly refunded: string;
  readonly lost: string;
  readonly currency: string;
  readonly paidAt: Date;
  readonly providerRef: string | null;
}

/** Selects the payments of one campaign, oldest first. A payer whose time is over has neither name nor address. */
export function selectPayers(db: Queryable, articleId: string): Promise<PayerLine[]> {
  return db.query<PayerLine>(
    `SELECT a.slug, p.pseudonym, coalesce(u.name, r.name) AS name, coalesce(u.email, r.email) AS email,
       r.retain_until AS "retainUntil", y.amount::text AS "minorUnits",
       (SELECT coalesce(sum(f.amount), 0) FROM refund f
         WHERE f.article_id = y.article_id AND f.payment_id = y.id AND f.status = 'SUCCEEDED')::text AS refunded,
       (SELECT coalesce(sum(d.amount), 0) FROM dispute d
         WHERE d.article_id = y.article_id AND d.payment_id = y.id AND d.status = 'LOST')::text AS lost, c.currency, y.settled_at AS "paidAt",
       y.provider_ref AS "providerRef"
     FROM payment y JOIN pledge p ON p.article_id = y.article_id AND p.id = y.pledge_id
     JOIN campaign c ON c.article_id = y.article_id JOIN article a ON a.id = y.article_id
     LEFT JOIN account u ON u.id = p.account_id
     LEFT JOIN payer r ON r.article_id = p.article_id AND r.pledge_id = p.id
     WHERE y.article_id = $1 AND y.status = 'SUCCEEDED' ORDER BY y.id`,
    [articleId],
  );
}

/** Most rows that one step of pruning removes. */
const pruneBatch = 500;

/** Removes payers whose time is over, and those of pledges that were never collected. */
export async function prunePayers(tx: Tx, at: Date): Promise<PruneStep> {
  const rows = await tx.query(
    `DELETE FROM payer WHERE (article_id, pledge_id) IN (
       SELECT r.article_id, r.pledge_id FROM payer r
       JOIN pledge p ON p.article_id = r.article_id AND p.id = r.pledge_id
       WHERE r.retain_until <= $1 OR p.status = 'DROPPED' LIMIT $2)
     RETURNING article_id`,
    [at, pruneBatch],
  );
  return { removed: { payer: rows.length }, more: rows.length === pruneBatch };
}
