import type DataLoader from 'dataloader';
import { RequestError } from '../../../platform/errors/errors.ts';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { totalLoader } from '../../../platform/graphql/count-loader.ts';
import { type PageLoader, pageLoader } from '../../../platform/graphql/page-loader.ts';
import { rowLoader } from '../../../platform/graphql/row-loader.ts';
import {
  type JournalistRow,
  type ListedJournalistRow,
  selectJournalistPage,
  selectJournalists,
  selectJournalistsByAccount,
  selectJournalistsBySlug,
  selectJournalistTotal,
} from './journalist.queries.ts';

type JournalistLoader = LoaderFactory<DataLoader<string, JournalistRow | undefined>>;

export const journalistById: JournalistLoader = ({ db }) =>
  rowLoader(
    (ids) => selectJournalists(db, ids),
    (row) => row.id,
  );

export const journalistBySlug: JournalistLoader = ({ db }) =>
  rowLoader(
    (slugs) => selectJournalistsBySlug(db, slugs),
    (row) => row.slug,
  );

export const journalistByAccountId: JournalistLoader = ({ db }) =>
  rowLoader(
    (accountIds) => selectJournalistsByAccount(db, accountIds),
    (row) => row.accountId,
  );

/** The number of all journalists. */
export const journalistTotal: LoaderFactory<DataLoader<'all', number>> = ({ db }) =>
  totalLoader(() => selectJournalistTotal(db));

/** Pages of the list of all journalists. */
export const journalistPages: LoaderFactory<PageLoader<null, null, ListedJournalistRow>> = ({ db }) =>
  pageLoader({
    cursorScope: () => 'journalists',
    cursorKeys: ['id'],
    find: async (_, __, range) => {
      const found = await selectJournalistPage(db, range);
      // A forged cursor must not look like the end of the list.
      const [id] = range.cursor ?? [];
      const nothing = found.rows.length === 0 && !found.behind;
      if (id !== undefined && nothing)
        throw new RequestError('BAD_USER_INPUT', 'The cursor does not belong to this connection.');
      return [found];
    },
  });
