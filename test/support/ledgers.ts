import type { Database, Tx } from '../../src/platform/db/database.ts';
import type { ChainHead } from '../../src/features/funding/ledger/ledger-hash.ts';
import { appendLedger, type NewLedgerTransaction } from '../../src/features/funding/ledger/ledger.ts';
import { entriesOf, type MovementKind } from '../../src/features/funding/ledger/ledger.policy.ts';
import type { LedgerSubject } from '../../src/features/funding/ledger/ledger.queries.ts';

/** The subject that a kind is about in tests. */
const subjectTypes: Readonly<Record<MovementKind, LedgerSubject['type']>> = {
  PAYMENT: 'payment',
  FEE: 'payment',
  REFUND: 'refund',
  DISPUTE_OPENED: 'dispute',
  DISPUTE_WON: 'dispute',
  DISPUTE_LOST: 'dispute',
  LOSS_COVERED: 'refund',
  PAYOUT: 'payout',
  PAYOUT_REVERSED: 'payout',
};

let subjects = 0;

/** Ids of subjects are above those of payments that a worker makes in the same database. */
const aboveReal = 1_000_000;

/** A movement of money with a subject of its own, in euros; `changes` replaces parts of it. */
export function movement(
  articleId: string,
  kind: MovementKind,
  minorUnits: bigint,
  { pseudonym = 'heron-7', ...changes }: Partial<NewLedgerTransaction> & { pseudonym?: string } = {},
): NewLedgerTransaction {
  subjects += 1;
  return {
    articleId,
    kind,
    currency: 'EUR',
    entries: entriesOf(kind, minorUnits, pseudonym),
    subject: { type: subjectTypes[kind], id: String(aboveReal + subjects) },
    occurredAt: new Date(Date.UTC(2026, 2, 1, 9, 12, 0, 7) + subjects * 1001),
    ...changes,
  };
}

/** Runs `work` in a transaction that holds the lock under which the article's ledger is appended to. */
export const underLock = <T>(db: Database, articleId: string, work: (tx: Tx) => Promise<T>): Promise<T> =>
  db.transaction(async (tx) => {
    await tx.query('SELECT FROM article WHERE id = $1 FOR UPDATE', [articleId]);
    return work(tx);
  });

/** Appends transactions of one article, each in a database transaction. @returns the last head */
export async function book(
  db: Database,
  ...transactions: NewLedgerTransaction[]
): Promise<ChainHead | undefined> {
  let head: ChainHead | undefined;
  for (const each of transactions) head = await underLock(db, each.articleId, (tx) => appendLedger(tx, each));
  return head;
}
