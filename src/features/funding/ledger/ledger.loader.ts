import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import {
  type ListCountLoader,
  listCountLoader,
  type PageLoader,
  pageLoader,
} from '../../../platform/graphql/page-loader.ts';
import { type ListedLedgerRow, selectLedgerLengths, selectLedgerPages } from './ledger.queries.ts';

/** Pages of articles' ledgers, oldest transaction first. */
export const ledgerPages: LoaderFactory<PageLoader<string, null, ListedLedgerRow>> = ({ db }) =>
  pageLoader({
    cursorScope: (articleId) => `ledger:${articleId}`,
    cursorKeys: ['sequence'],
    find: (articleIds, _, range) => selectLedgerPages(db, articleIds, range),
  });

/** Lengths of articles' ledgers. */
export const ledgerLengths: LoaderFactory<ListCountLoader<string, null>> = ({ db }) =>
  listCountLoader((articleIds) => selectLedgerLengths(db, articleIds));
