import type { Queryable, Tx } from '../../../platform/db/database.ts';
import {
  type Found,
  type KeysetList,
  type KeysetRow,
  selectKeysetPages,
} from '../../../platform/db/keyset.ts';
import type { ChainedTransaction, ChainHead } from './ledger-hash.ts';
import { type LedgerAccount, ledgerAccounts, type LedgerEntryValue } from './ledger.policy.ts';

/** A transaction as stored. */
export interface LedgerRow extends ChainedTransaction {
  readonly articleId: string;
}

/** A transaction with its place in a page. */
export type ListedLedgerRow = LedgerRow & KeysetRow;

/** What moved the money: a payment, a refund, a dispute or a payout, by its key. */
export interface LedgerSubject {
  readonly type: 'payment' | 'refund' | 'dispute' | 'payout';
  readonly id: string;
}

/** Rows as the statements return them: the amounts are texts, because JSON has no `bigint`. */
type Selected<Row> = Omit<Row, 'entries'> & {
  readonly entries:
    readonly { account: LedgerAccount; pseudonym: string | null; minorUnits: string }[] | null;
};

const columns = `t.article_id::text AS "articleId", t.sequence, t.kind, t.occurred_at AS "occurredAt", t.currency,
  t.corrects, encode(t.previous_hash, 'hex') AS "previousHash", encode(t.hash, 'hex') AS hash,
  (SELECT json_agg(json_build_object('account', e.account, 'pseudonym', e.pseudonym, 'minorUnits', e.minor_units::text)
      ORDER BY e.position)
    FROM ledger_entry e WHERE e.article_id = t.article_id AND e.sequence = t.sequence) AS entries`;

const withAmounts = <Row extends LedgerRow>(row: Selected<Row>): Row =>
  ({
    ...row,
    entries: (row.entries ?? []).map((entry): LedgerEntryValue => ({
      ...entry,
      minorUnits: BigInt(entry.minorUnits),
    })),
  }) as unknown as Row;

const list: KeysetList = {
  table: 'ledger_transaction',
  scope: { article_id: 'bigint' },
  where: 'x.article_id = s.article_id',
  keys: ['sequence'],
  descending: false,
  pageColumns: ['article_id', 'sequence'],
};

/** Selects pages of articles' ledgers, oldest transaction first. */
export async function selectLedgerPages(
  db: Queryable,
  articleIds: readonly string[],
  range: { limit: number; backward: boolean; cursor: readonly string[] | undefined },
): Promise<Found<ListedLedgerRow>[]> {
  const found = await selectKeysetPages<Selected<ListedLedgerRow>>(
    db,
    { scopes: [articleIds], ...range },
    () => ({
      list,
      columns: `page.sequence::text AS id, ${columns}`,
      join: 'LEFT JOIN ledger_transaction t ON t.article_id = page.article_id AND t.sequence = page.sequence',
    }),
  );
  return found.map(({ rows, behind }) => ({ rows: rows.map((row) => withAmounts(row)), behind }));
}

/**
 * Selects the number of transactions of each article, in the order of the articles. Sequences begin with 1 and have no
 * gap: the last one is the number, at the end of the primary key's index.
 */
export async function selectLedgerLengths(db: Queryable, articleIds: readonly string[]): Promise<number[]> {
  const rows = await db.query<{ count: number }>(
    `SELECT coalesce((SELECT x.sequence FROM ledger_transaction x WHERE x.article_id = s.article_id
       ORDER BY x.sequence DESC LIMIT 1), 0) AS count
     FROM unnest((SELECT $1::bigint[])) WITH ORDINALITY AS s(article_id, n) ORDER BY s.n`,
    [articleIds],
  );
  return rows.map(({ count }) => count);
}

/** Selects transactions of one article behind a sequence, in order. */
export async function selectLedgerAfter(
  db: Queryable,
  articleId: string,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<LedgerRow[]> {
  const rows = await db.query<Selected<LedgerRow>>(
    `SELECT ${columns} FROM ledger_transaction t
     WHERE t.article_id = $1 AND t.sequence > $2 ORDER BY t.sequence LIMIT $3`,
    [articleId, after, limit],
  );
  return rows.map((row) => withAmounts(row));
}

/** Selects one transaction, with its subject. */
export async function selectLedgerTransaction(
  db: Queryable,
  articleId: string,
  sequence: number,
): Promise<(LedgerRow & { readonly subject: LedgerSubject }) | undefined> {
  const [row] = await db.query<Selected<LedgerRow & { readonly subject: LedgerSubject }>>(
    `SELECT ${columns}, json_build_object(
       'type', CASE WHEN t.payment_id IS NOT NULL THEN 'payment' WHEN t.refund_id IS NOT NULL THEN 'refund'
         WHEN t.dispute_id IS NOT NULL THEN 'dispute' ELSE 'payout' END,
       'id', coalesce(t.payment_id, t.refund_id, t.dispute_id, t.payout_id)::text) AS subject
     FROM ledger_transaction t WHERE t.article_id = $1 AND t.sequence = $2`,
    [articleId, sequence],
  );
  return row && withAmounts(row);
}

/** Selects the last transaction of an article; undefined while its ledger is empty. */
export async function selectLedgerHead(db: Queryable, articleId: string): Promise<ChainHead | undefined> {
  const [row] = await db.query<ChainHead>(
    `SELECT sequence, encode(hash, 'hex') AS hash FROM ledger_transaction
     WHERE article_id = $1 ORDER BY sequence DESC LIMIT 1`,
    [articleId],
  );
  return row;
}

/** Inserts a transaction with its entries. The database checks it now and at the commit. */
export async function insertLedgerTransaction(
  tx: Tx,
  transaction: LedgerRow & { readonly subject: LedgerSubject },
): Promise<void> {
  const { entries, subject } = transaction;
  const idIf = (type: LedgerSubject['type']): string | null => (subject.type === type ? subject.id : null);
  await tx.query(
    `WITH booked AS (
       INSERT INTO ledger_transaction (article_id, sequence, kind, occurred_at, currency, corrects, payment_id,
         refund_id, dispute_id, payout_id, previous_hash, hash)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, decode($11, 'hex'), decode($12, 'hex'))
       RETURNING article_id, sequence)
     INSERT INTO ledger_entry (article_id, sequence, position, account, pseudonym, minor_units)
     SELECT booked.article_id, booked.sequence, e.position, e.account, e.pseudonym, e.minor_units
     FROM booked, unnest($13::text[], $14::text[], $15::bigint[])
       WITH ORDINALITY AS e(account, pseudonym, minor_units, position)`,
    [
      transaction.articleId,
      transaction.sequence,
      transaction.kind,
      transaction.occurredAt,
      transaction.currency,
      transaction.corrects,
      idIf('payment'),
      idIf('refund'),
      idIf('dispute'),
      idIf('payout'),
      transaction.previousHash,
      transaction.hash,
      entries.map(({ account }) => account),
      entries.map(({ pseudonym }) => pseudonym),
      entries.map(({ minorUnits }) => String(minorUnits)),
    ],
  );
}

/** Sums of the entries of each account, in minor units of the campaign's currency. */
export type LedgerBalances = Readonly<Record<LedgerAccount, bigint>>;

/** Selects the balances of an article's ledger; 0 for accounts without entries. */
export async function selectBalances(db: Queryable, articleId: string): Promise<LedgerBalances> {
  const rows = await db.query<{ account: LedgerAccount; total: string }>(
    `SELECT account, sum(minor_units)::text AS total FROM ledger_entry WHERE article_id = $1 GROUP BY account`,
    [articleId],
  );
  const none = Object.keys(ledgerAccounts).map((account) => [account, 0n] as const);
  const sums = rows.map(({ account, total }) => [account, BigInt(total)] as const);
  return Object.fromEntries([...none, ...sums]) as Record<LedgerAccount, bigint>;
}
