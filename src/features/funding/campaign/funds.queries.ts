import type { Queryable, Tx } from '../../../platform/db/database.ts';
import type { MovementKey } from './movement.queries.ts';
import type { PledgeKey } from './pledge.queries.ts';

/*
 * What is left of a campaign's money: what each payment has left, less what was paid out or is about to be. A payment leaves
 * what the ledger has of it, its fee and its dispute included, less a refund that is under way. What it has cost beyond what
 * it brought is the site's (`LOSS_COVERED`), also of that refund: so giving a payment back leaves all others as they are.
 */

/** SQL for what each payment of the campaigns with the keys `$1` has left, in minor units: negative in a dispute. */
const leftByPayment = `
  SELECT o.article_id, o.payment_id, o.held - w.amount
    + CASE WHEN w.amount > 0 THEN greatest(0, w.amount - o.held - o.disputed) ELSE 0 END AS amount
  FROM (SELECT t.article_id, coalesce(t.payment_id, r.payment_id, d.payment_id) AS payment_id,
      coalesce(sum(e.minor_units) FILTER (WHERE e.account = 'CAMPAIGN'), 0) AS held,
      coalesce(sum(e.minor_units) FILTER (WHERE e.account = 'DISPUTED'), 0) AS disputed
    FROM ledger_transaction t JOIN ledger_entry e ON e.article_id = t.article_id AND e.sequence = t.sequence
    LEFT JOIN refund r ON r.article_id = t.article_id AND r.id = t.refund_id
    LEFT JOIN dispute d ON d.article_id = t.article_id AND d.id = t.dispute_id
    WHERE t.article_id = ANY((SELECT $1::bigint[])::bigint[]) AND t.payout_id IS NULL
    GROUP BY 1, 2) o
  CROSS JOIN LATERAL (SELECT coalesce(sum(x.amount), 0) AS amount FROM refund x
    WHERE x.article_id = o.article_id AND x.payment_id = o.payment_id AND x.status NOT IN ('SUCCEEDED', 'FAILED')) w`;

/** SQL for what was paid out of a campaign and did not come back, with what is being paid out. @param articleId SQL */
const paidOut = (articleId: string): string =>
  `((SELECT coalesce(sum(minor_units), 0) FROM ledger_entry WHERE article_id = ${articleId} AND account = 'JOURNALIST')
    + (SELECT coalesce(sum(amount), 0) FROM payout WHERE article_id = ${articleId} AND status IN ('CREATED', 'SUBMITTED')))`;

/**
 * What campaigns can pay out, in minor units by the keys of their articles. Negative after a dispute, or a fee that became known, of what was paid out.
 */
export async function selectAvailable(
  db: Queryable,
  articleIds: readonly string[],
): Promise<ReadonlyMap<string, bigint>> {
  const rows = await db.query<{ articleId: string; amount: string }>(
    `WITH left_over AS (${leftByPayment})
     SELECT k.id::text AS "articleId",
       ((SELECT coalesce(sum(amount), 0) FROM left_over WHERE article_id = k.id) - ${paidOut('k.id')})::text AS amount
     FROM unnest((SELECT $1::bigint[])) AS k(id)`,
    [articleIds],
  );
  return new Map(rows.map(({ articleId, amount }) => [articleId, BigInt(amount)]));
}

/**
 * Those of the pledges that were collected and can be given back whole: what all other payments have left is enough for
 * what was paid out. So while nothing was paid out each of them can. What the bank may yet return is not counted, nor what
 * it has taken more than once.
 */
export function selectRefundable(db: Queryable, keys: readonly PledgeKey[]): Promise<PledgeKey[]> {
  return db.query<PledgeKey>(
    `WITH left_over AS (${leftByPayment})
     SELECT k.article_id::text AS "articleId", k.id::text AS id
     FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[])) AS k(article_id, id)
     JOIN pledge p ON p.article_id = k.article_id AND p.id = k.id AND p.status = 'COLLECTED'
     JOIN payment y ON y.article_id = p.article_id AND y.pledge_id = p.id AND y.status = 'SUCCEEDED'
     WHERE (SELECT coalesce(sum(greatest(0, amount)), 0) FROM left_over
         WHERE article_id = k.article_id AND payment_id <> y.id) >= ${paidOut('k.article_id')}`,
    [keys.map(({ articleId }) => articleId), keys.map(({ id }) => id)],
  );
}

/** What a payment has brought, less what it has cost, in minor units: what is disputed is neither. */
export async function selectNet(tx: Tx, { articleId, id }: MovementKey): Promise<bigint> {
  const [row] = await tx.query<{ amount: string }>(
    `SELECT coalesce(sum(e.minor_units), 0)::text AS amount
     FROM ledger_transaction t JOIN ledger_entry e ON e.article_id = t.article_id AND e.sequence = t.sequence
     WHERE t.article_id = $1 AND e.account IN ('CAMPAIGN', 'DISPUTED') AND (t.payment_id = $2
       OR t.refund_id IN (SELECT id FROM refund WHERE article_id = $1 AND payment_id = $2)
       OR t.dispute_id IN (SELECT id FROM dispute WHERE article_id = $1 AND payment_id = $2))`,
    [articleId, id],
  );
  return BigInt(row?.amount ?? 0);
}
