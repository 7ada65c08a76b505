import { createHash } from 'node:crypto';
import { encodeGlobalId } from '../../../platform/graphql/global-id.ts';
import type { LedgerEntryValue, LedgerKind } from './ledger.policy.ts';

/** The parts of a transaction of which its hash is made. */
export interface HashedTransaction {
  readonly sequence: number;
  readonly kind: LedgerKind;
  readonly occurredAt: Date;
  readonly currency: string;
  /** As `LedgerTransactionEntity.corrects`. */
  readonly corrects: number | null;
  /** 64 hexadecimal digits in lower case. */
  readonly previousHash: string;
  readonly entries: readonly LedgerEntryValue[];
}

/** A transaction with its hash, 64 hexadecimal digits in lower case. */
export interface ChainedTransaction extends HashedTransaction {
  readonly hash: string;
}

/** The `previousHash` of the first transaction of an article. */
export const noHash = '0'.repeat(64);

/**
 * The text of a transaction, whose SHA-256 in UTF-8 is its hash. Lines, separated by single line feeds, without one at
 * the end:
 *
 * 1. `previousHash`
 * 2. the article's global id
 * 3. `sequence`
 * 4. `kind`
 * 5. `occurredAt`, in UTC and with milliseconds: `2026-03-01T09:12:00.000Z`
 * 6. `currency`
 * 7. `corrects`, or an empty line
 * 8. and after, a line for each entry in order: `account|pseudonym|minorUnits`, the pseudonym empty if there is none
 *
 * No part can contain a line feed or a `|`, so different transactions have different texts. The database makes the same
 * text (`complete_ledger` of the migration), and so does `examples/verify-ledger.mjs`.
 * @param articleId key of the article of the pitch
 */
export function ledgerText(articleId: string, transaction: HashedTransaction): string {
  const { sequence, kind, occurredAt, currency, corrects, previousHash, entries } = transaction;
  return [
    previousHash,
    encodeGlobalId('Article', articleId),
    sequence,
    kind,
    occurredAt.toISOString(),
    currency,
    corrects ?? '',
    ...entries.map(
      ({ account, pseudonym, minorUnits }) => `${account}|${pseudonym ?? ''}|${String(minorUnits)}`,
    ),
  ].join('\n');
}

/** The hash of a transaction, 64 hexadecimal digits in lower case. */
export const ledgerHash = (articleId: string, transaction: HashedTransaction): string =>
  createHash('sha256').update(ledgerText(articleId, transaction), 'utf8').digest('hex');

/** The place behind which a chain continues. */
export interface ChainHead {
  readonly sequence: number;
  readonly hash: string;
}

/** The head of an empty ledger. */
export const noHead: ChainHead = { sequence: 0, hash: noHash };

/** @returns why a transaction does not continue a chain or is out of balance; undefined if nothing is wrong with it */
export function chainFault(
  articleId: string,
  head: ChainHead,
  transaction: ChainedTransaction,
): string | undefined {
  const { sequence, previousHash, hash, entries } = transaction;
  if (sequence !== head.sequence + 1) return `follows ${head.sequence}`;
  if (previousHash !== head.hash) return 'does not have the hash of the one before';
  const total = entries.reduce((sum, { minorUnits }) => sum + minorUnits, 0n);
  if (total !== 0n) return `is out of balance by ${String(total)}`;
  if (hash !== ledgerHash(articleId, transaction)) return 'does not have the hash of its text';
  return undefined;
}
