import type { Queryable, Tx } from '../../../platform/db/database.ts';
import type { CurrencyCode } from '../money/currency.ts';
import { chainFault, type ChainHead, ledgerHash, noHead } from './ledger-hash.ts';
import type { LedgerEntryValue, LedgerKind, MovementKind } from './ledger.policy.ts';
import {
  insertLedgerTransaction,
  type LedgerSubject,
  selectLedgerAfter,
  selectLedgerHead,
  selectLedgerTransaction,
} from './ledger.queries.ts';

/*
 * The ledger of a campaign is a chain of transactions, by the article of its pitch. Whoever appends holds a lock under
 * which nobody else appends to the same article: the campaign's row. Without it the database refuses one of two
 * concurrent transactions; it never lets the chain fork. Balances are sums and are never stored here.
 */

/** A transaction to be appended. */
export interface NewLedgerTransaction {
  /** Key of the article of the pitch. */
  readonly articleId: string;
  readonly kind: MovementKind;
  readonly currency: CurrencyCode;
  /** 2 to 4, made with `entriesOf` where one amount moves between two accounts. */
  readonly entries: readonly LedgerEntryValue[];
  /** What each kind books once. */
  readonly subject: LedgerSubject;
  readonly occurredAt: Date;
  /** The reversal after which the subject is booked anew; absent: its first booking. */
  readonly corrects?: number;
}

/**
 * Appends a transaction to the ledger of an article, under a lock that the caller holds.
 * @returns the new head of the chain
 * @throws the database's error with the unique constraint `ledger_transaction_…_key` if the kind has booked the subject
 *   before; at the commit, a constraint `ledger_…` if the entries don't sum to zero or don't fit the kind
 */
export function appendLedger(tx: Tx, transaction: NewLedgerTransaction): Promise<ChainHead> {
  return append(tx, { ...transaction, corrects: transaction.corrects ?? null });
}

/** A transaction to be taken back. */
export interface LedgerReversal {
  readonly articleId: string;
  /** Of the transaction that was wrong; not of a reversal: what was reversed by mistake is booked anew. */
  readonly sequence: number;
  readonly occurredAt: Date;
}

/**
 * Takes a wrong transaction back, by one with the opposite entries, under a lock that the caller holds. Its subject can
 * then be booked anew, with the returned sequence as `corrects`.
 * @returns the new head of the chain
 */
export async function reverseLedger(
  tx: Tx,
  { articleId, sequence, occurredAt }: LedgerReversal,
): Promise<ChainHead> {
  const wrong = await selectLedgerTransaction(tx, articleId, sequence);
  if (!wrong) throw new Error(`The ledger of article ${articleId} has no transaction ${sequence}`);
  return append(tx, {
    articleId,
    kind: 'REVERSAL',
    currency: wrong.currency,
    entries: wrong.entries.map((entry) => ({ ...entry, minorUnits: -entry.minorUnits })),
    subject: wrong.subject,
    occurredAt,
    corrects: sequence,
  });
}

interface Unchained extends Omit<NewLedgerTransaction, 'kind' | 'currency' | 'corrects'> {
  readonly kind: LedgerKind;
  readonly currency: string;
  readonly corrects: number | null;
}

async function append(tx: Tx, transaction: Unchained): Promise<ChainHead> {
  const { articleId } = transaction;
  const last = (await selectLedgerHead(tx, articleId)) ?? noHead;
  const next = { ...transaction, sequence: last.sequence + 1, previousHash: last.hash };
  const hash = ledgerHash(articleId, next);
  await insertLedgerTransaction(tx, { ...next, hash });
  return { sequence: next.sequence, hash };
}

/** The first transaction of a ledger with which something is wrong. */
export interface LedgerFault {
  readonly sequence: number;
  /** Continues the sentence `Transaction 7 …`. */
  readonly reason: string;
}

/** Transactions that are read at once. */
const batch = 1000;

/**
 * Recomputes all hashes and sums of an article's ledger.
 * @returns undefined if the ledger is right
 */
export async function verifyChain(db: Queryable, articleId: string): Promise<LedgerFault | undefined> {
  let head = noHead;
  for (;;) {
    const rows = await selectLedgerAfter(db, articleId, { after: head.sequence, limit: batch });
    for (const row of rows) {
      const reason = chainFault(articleId, head, row);
      if (reason !== undefined) return { sequence: row.sequence, reason };
      head = row;
    }
    if (rows.length < batch) return undefined;
  }
}
