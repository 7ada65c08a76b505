import type { Client } from 'pg';
import type { Books, LedgerBooking, Movement, ProviderObject, StoredPledge } from './books.ts';

/** Everything that is stored about the money of some campaigns, and all that the test provider has done. */
export async function selectBooks(client: Client, articleIds: readonly string[]): Promise<Books> {
  const rows = async <Row extends object>(statement: string, values: readonly unknown[] = [articleIds]) =>
    (await client.query<Row>(statement, [...values])).rows;
  return {
    pledges: await rows<StoredPledge>(
      `SELECT id::text, article_id::text AS "articleId", provider_key::text AS key, status, amount::int FROM pledge
       WHERE article_id = ANY($1::bigint[]) ORDER BY id`,
    ),
    movements: await rows<Movement>(
      `SELECT 'payment' AS table, id::text, article_id::text AS "articleId", provider_key::text AS key, status,
         amount::int, pledge_id::text AS "pledgeId" FROM payment WHERE article_id = ANY($1::bigint[])
       UNION ALL SELECT 'refund', id::text, article_id::text, provider_key::text, status, amount::int, NULL FROM refund
       WHERE article_id = ANY($1::bigint[])
       UNION ALL SELECT 'payout', id::text, article_id::text, provider_key::text, status, amount::int, NULL FROM payout
       WHERE article_id = ANY($1::bigint[])`,
    ),
    bookings: await rows<LedgerBooking>(
      `SELECT t.article_id::text AS "articleId", t.kind, coalesce('payment:' || t.payment_id, 'refund:' || t.refund_id,
         'payout:' || t.payout_id, 'dispute:' || t.dispute_id) AS subject,
         (SELECT sum(minor_units) FROM ledger_entry e WHERE e.article_id = t.article_id AND e.sequence = t.sequence
           AND e.minor_units > 0)::int AS amount
       FROM ledger_transaction t WHERE t.article_id = ANY($1::bigint[])`,
    ),
    totals: await rows<{ articleId: string; collected: number; paidOut: number }>(
      `SELECT article_id::text AS "articleId", collected::int, paid_out::int AS "paidOut" FROM article_counter
       WHERE article_id = ANY($1::bigint[])`,
    ),
    objects: await rows<ProviderObject>(
      `SELECT type, coalesce(data->'metadata'->>'pledge_key', data->'metadata'->>'payment_key',
         data->'metadata'->>'refund_key', data->'metadata'->>'payout_key', data->'metadata'->>'reversal_key') AS key,
         data->>'status' AS status, (data->>'amount')::int AS amount,
         coalesce((data->>'amount_reversed')::int, 0) AS reversed
       FROM test_provider_object WHERE type IN ('checkout.session', 'payment_intent', 'refund', 'transfer')`,
      [],
    ),
  };
}
