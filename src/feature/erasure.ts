import type { Queryable, Tx } from '../db/database.ts';
import type { CountChanges, NewEvent } from '../events/log.ts';

/** What the erasure of an account did under one article. */
export interface ErasedUnderArticle {
  /** Events that tell listeners of it, in order. */
  readonly events: readonly Omit<NewEvent, 'articleId' | 'counts'>[];
  /** By how much they change the article's counts. */
  readonly counts: CountChanges;
  /** Rows that the account has lost, by what people call them: `comments`, `endorsements`. */
  readonly erased: Readonly<Record<string, number>>;
}

/** How a feature erases what it holds of an account. The steps run in this order, for all features in each. */
export interface Erasure {
  /**
   * Takes away the account's means to do anything more, in the transaction that closes it. Runs again when an interrupted
   * erasure is taken up.
   */
  readonly close?: (tx: Tx, accountId: string) => Promise<void>;
  /** The articles under which the feature holds something of the account. */
  readonly selectArticles?: (db: Queryable, accountId: string) => Promise<readonly string[]>;
  /** Erases what stands under one article, in a transaction of that article. */
  readonly eraseUnderArticle?: (tx: Tx, articleId: string, accountId: string) => Promise<ErasedUnderArticle>;
  /** Removes the last references to the account. The account's own row is removed after them. */
  readonly finish?: (tx: Tx, accountId: string) => Promise<void>;
}

/** The erasure of a feature that holds nothing of an account. */
export const nothingToErase: Erasure = {};
