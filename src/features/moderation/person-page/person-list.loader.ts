import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { encodeCursor, scopeHash } from '../../../platform/graphql/page.ts';
import { type PageLoader, pageLoader } from '../../../platform/graphql/page-loader.ts';
import { type ListedPersonRow, type PersonListFilter, selectPersonPages } from './person-list.queries.ts';

const cursorScope = (filter: PersonListFilter): string =>
  `persons:${scopeHash([filter.name ?? '', filter.role ?? '', filter.sanction ?? ''])}`;

/** The cursors of the rows in a list of accounts: the position is where the account stands by its name now. */
export const personCursor =
  (filter: PersonListFilter) =>
  ({ id }: ListedPersonRow): string =>
    encodeCursor(cursorScope(filter), [id]);

/** Pages of accounts by their names. */
export const personPages: LoaderFactory<PageLoader<PersonListFilter, 'NAME', ListedPersonRow>> = ({ db }) =>
  pageLoader({
    cursorScope,
    cursorKeys: 1,
    // Each filter has a statement of its own, so that it reads one range of the index that it names.
    find: async (filters, _order, range) =>
      (await Promise.all(filters.map((filter) => selectPersonPages(db, [filter], range)))).flat(),
  });
