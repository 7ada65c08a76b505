import type { Queryable } from '../../../platform/db/database.ts';
import type { PaymentStatus, PayoutStatus } from '../campaign/transitions.ts';

/** A campaign in which money has moved, or may have. Amounts are minor units. */
export interface CampaignAccounts {
  readonly articleId: string;
  readonly slug: string;
  readonly currency: string;
  readonly pledged: bigint;
  readonly collected: bigint;
  readonly paidOut: bigint;
  /** Sums of the rows of which the totals are. */
  readonly counted: { readonly pledged: bigint; readonly collected: bigint; readonly paidOut: bigint };
}

/** Selects campaigns in one mode, by the key of their article, a few at a time. */
export async function selectCampaignAccounts(
  db: Queryable,
  testMode: boolean,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<CampaignAccounts[]> {
  const rows = await db.query<Record<string, string>>(
    `SELECT c.article_id::text AS "articleId", a.slug, c.currency, n.pledged::text AS pledged,
       n.collected::text AS collected, n.paid_out::text AS "paidOut",
       (SELECT coalesce(sum(amount), 0) FROM pledge WHERE article_id = c.article_id
         AND activated_at IS NOT NULL AND status <> 'WITHDRAWN')::text AS "countedPledged",
       ((SELECT coalesce(sum(amount), 0) FROM payment WHERE article_id = c.article_id AND status = 'SUCCEEDED')
         - (SELECT coalesce(sum(amount), 0) FROM refund WHERE article_id = c.article_id AND status = 'SUCCEEDED')
         - (SELECT coalesce(sum(amount), 0) FROM dispute WHERE article_id = c.article_id AND status = 'LOST')
       )::text AS "countedCollected",
       (SELECT coalesce(sum(amount), 0) FROM payout WHERE article_id = c.article_id AND status = 'PAID'
       )::text AS "countedPaidOut"
     FROM campaign c JOIN article a ON a.id = c.article_id JOIN article_counter n ON n.article_id = c.article_id
     WHERE c.launched_at IS NOT NULL AND c.test_mode = $1 AND c.article_id > $2 ORDER BY c.article_id LIMIT $3`,
    [testMode, after, limit],
  );
  return rows.map((row) => ({
    articleId: row.articleId ?? '',
    slug: row.slug ?? '',
    currency: row.currency ?? '',
    pledged: BigInt(row.pledged ?? 0),
    collected: BigInt(row.collected ?? 0),
    paidOut: BigInt(row.paidOut ?? 0),
    counted: {
      pledged: BigInt(row.countedPledged ?? 0),
      collected: BigInt(row.countedCollected ?? 0),
      paidOut: BigInt(row.countedPaidOut ?? 0),
    },
  }));
}

/** A payment, refund or payout that the provider may know. */
export interface KnownMovement {
  readonly table: 'payment' | 'refund' | 'payout';
  readonly id: string;
  readonly status: PaymentStatus | PayoutStatus;
  readonly amount: string;
  readonly providerKey: string;
  readonly providerRef: string | null;
  /** Of a payment: whom the provider charges. */
  readonly customerRef: string | null;
  /** Of a refund: the provider's id of the payment. */
  readonly paymentRef: string | null;
}

/** Selects everything of a campaign for which the provider was asked, oldest first. */
export function selectMovements(db: Queryable, articleId: string): Promise<KnownMovement[]> {
  return db.query<KnownMovement>(
    `SELECT 'payment' AS table, y.id::text AS id, y.status, y.amount::text AS amount,
       y.provider_key::text AS "providerKey", y.provider_ref AS "providerRef", p.customer_ref AS "customerRef",
       NULL AS "paymentRef"
     FROM payment y JOIN pledge p ON p.article_id = y.article_id AND p.id = y.pledge_id
     WHERE y.article_id = $1 AND y.submitted_at IS NOT NULL
     UNION ALL
     SELECT 'refund', r.id::text, r.status, r.amount::text, r.provider_key::text, r.provider_ref, NULL, y.provider_ref
     FROM refund r JOIN payment y ON y.article_id = r.article_id AND y.id = r.payment_id
     WHERE r.article_id = $1 AND r.submitted_at IS NOT NULL
     UNION ALL
     SELECT 'payout', o.id::text, o.status, o.amount::text, o.provider_key::text, o.provider_ref, NULL, NULL
     FROM payout o WHERE o.article_id = $1 AND o.submitted_at IS NOT NULL`,
    [articleId],
  );
}

/** Selects the provider's ids of the disputes of a campaign that are open here. */
export async function selectOpenDisputes(db: Queryable, articleId: string): Promise<string[]> {
  const rows = await db.query<{ ref: string }>(
    `SELECT provider_ref AS ref FROM dispute WHERE article_id = $1 AND status = 'OPEN' ORDER BY id`,
    [articleId],
  );
  return rows.map(({ ref }) => ref);
}

/** When the first campaign in one mode was launched; undefined: none was. */
export async function selectFirstLaunch(db: Queryable, testMode: boolean): Promise<Date | undefined> {
  const [row] = await db.query<{ at: Date | null }>(
    'SELECT min(launched_at) AS at FROM campaign WHERE test_mode = $1',
    [testMode],
  );
  return row?.at ?? undefined;
}

/** @returns the articles' slugs by those of the provider's ids that payments, refunds, disputes or payouts have */
export async function selectSlugsByRef(
  db: Queryable,
  refs: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db.query<{ ref: string; slug: string }>(
    `SELECT k.ref, a.slug FROM (
       SELECT provider_ref AS ref, article_id FROM payment WHERE provider_ref = ANY($1)
       UNION ALL SELECT provider_ref, article_id FROM refund WHERE provider_ref = ANY($1)
       UNION ALL SELECT provider_ref, article_id FROM dispute WHERE provider_ref = ANY($1)
       UNION ALL SELECT provider_ref, article_id FROM payout WHERE provider_ref = ANY($1)) k
     JOIN article a ON a.id = k.article_id`,
    [refs],
  );
  return new Map(rows.map(({ ref, slug }) => [ref, slug]));
}

/** @returns those of our keys that payments, refunds or payouts have */
export async function selectKnownKeys(db: Queryable, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.query<{ key: string }>(
    `SELECT provider_key::text AS key FROM payment WHERE provider_key = ANY($1::uuid[])
     UNION ALL SELECT provider_key::text FROM refund WHERE provider_key = ANY($1::uuid[])
     UNION ALL SELECT provider_key::text FROM payout WHERE provider_key = ANY($1::uuid[])`,
    [keys],
  );
  return new Set(rows.map(({ key }) => key));
}

/** One line of the export for accountants: an entry of a ledger. */
export interface LedgerLine {
  readonly slug: string;
  readonly testMode: boolean;
  readonly sequence: number;
  readonly kind: string;
  readonly occurredAt: Date;
  readonly currency: string;
  readonly account: string;
  readonly pseudonym: string | null;
  readonly minorUnits: string;
  /** The provider's id of what has moved the money. */
  readonly providerRef: string | null;
}

/** Selects all entries of one campaign's ledger, in order. */
export function selectLedgerLines(db: Queryable, articleId: string): Promise<LedgerLine[]> {
  return db.query<LedgerLine>(
    `SELECT a.slug, c.test_mode AS "testMode", t.sequence, t.kind, t.occurred_at AS "occurredAt", t.currency, e.account,
       e.pseudonym, e.minor_units::text AS "minorUnits",
       coalesce(y.provider_ref, r.provider_ref, d.provider_ref, o.provider_ref) AS "providerRef"
     FROM ledger_transaction t JOIN article a ON a.id = t.article_id JOIN campaign c ON c.article_id = t.article_id
     JOIN ledger_entry e ON e.article_id = t.article_id AND e.sequence = t.sequence
     LEFT JOIN payment y ON y.article_id = t.article_id AND y.id = t.payment_id
     LEFT JOIN refund r ON r.article_id = t.article_id AND r.id = t.refund_id
     LEFT JOIN dispute d ON d.article_id = t.article_id AND d.id = t.dispute_id
     LEFT JOIN payout o ON o.article_id = t.article_id AND o.id = t.payout_id
     WHERE t.article_id = $1 ORDER BY t.sequence, e.position`,
    [articleId],
  );
}
