import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { encodeCursor } from '../../../platform/graphql/page.ts';
import {
  type ListCountLoader,
  listCountLoader,
  type PageLoader,
  pageLoader,
} from '../../../platform/graphql/page-loader.ts';
import { type ListedLedgerRow, selectLedgerLengths, selectLedgerPages } from './ledger.queries.ts';

const cursorScope = (articleId: string): string => `ledger:${articleId}`;

/** The cursor of a transaction in the ledger of its article. */
export const ledgerCursor = ({ articleId, sequence }: ListedLedgerRow): string =>
  encodeCursor(cursorScope(articleId), [String(sequence)]);

/** Pages of articles' ledgers, oldest transaction first. */
export const ledgerPages: LoaderFactory<PageLoader<string, null, ListedLedgerRow>> = ({ db }) =>
  pageLoader({
    cursorScope,
    cursorKeys: 1,
    find: (articleIds, _, range) => selectLedgerPages(db, articleIds, range),
  });

/** Lengths of articles' ledgers. */
export const ledgerLengths: LoaderFactory<ListCountLoader<string, null>> = ({ db }) =>
  listCountLoader((articleIds) => selectLedgerLengths(db, articleIds));
