import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { scopeHash } from '../../../platform/graphql/page.ts';
import { type PageLoader, pageLoader } from '../../../platform/graphql/page-loader.ts';
import { type ListedPersonRow, type PersonListFilter, selectPersonPage } from './person-list.queries.ts';

/** Pages of accounts by their names. */
export const personPages: LoaderFactory<PageLoader<PersonListFilter, 'NAME', ListedPersonRow>> = ({ db }) =>
  pageLoader({
    cursorScope: ({ name, role, sanction }) =>
      `persons:${scopeHash([name ?? '', role ?? '', sanction ?? ''])}`,
    // The position of an account is where it stands by its name now.
    cursorKeys: ['id'],
    // Each filter has a statement of its own, so that it reads one range of the index that it names.
    find: (filters, _order, range) =>
      Promise.all(filters.map((filter) => selectPersonPage(db, filter, range))),
  });
