import type { Queryable, Tx } from '../db/database.ts';
import type { CountChanges, NewFact } from '../events/log.ts';

/** Result of an account's erasure under one article. */
export interface ErasedUnderArticle {
  /** Events that notify listeners of the erasure, in order. */
  readonly events: readonly NewFact[];
  /** Differences that the erasure adds to the article's counts. */
  readonly counts: CountChanges;
  /** Number of rows that the account has lost, by public names: `comments`, `endorsements`. */
  readonly erased: Readonly<Record<string, number>>;
  /** Appends to other logs than the article's, for which everybody who writes to them waits: after the data of all features. */
  readonly record?: (tx: Tx) => Promise<void>;
}

/** How a feature erases its data of an account. The steps run in this order, each for all features. */
export interface Erasure {
  /**
   * Prevents the account from any further action, in the transaction that closes it. Runs again when an interrupted
   * erasure is resumed.
   */
  readonly close?: (tx: Tx, accountId: string) => Promise<void>;
  /** The articles under which the feature holds data of the account. */
  readonly selectArticles?: (db: Queryable, accountId: string) => Promise<readonly string[]>;
  /** Erases the data under one article, in a transaction of that article. */
  readonly eraseUnderArticle?: (tx: Tx, articleId: string, accountId: string) => Promise<ErasedUnderArticle>;
  /** Removes the last references to the account. The account's own row is removed after them. */
  readonly finish?: (tx: Tx, accountId: string) => Promise<void>;
}

/** The erasure of a feature that holds no data of accounts. */
export const nothingToErase: Erasure = {};
