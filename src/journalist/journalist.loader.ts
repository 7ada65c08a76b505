import type DataLoader from 'dataloader';
import type { LoaderFactory } from '../graphql/context.ts';
import { rowLoader } from '../graphql/row-loader.ts';
import {
  type JournalistRow,
  selectJournalists,
  selectJournalistsByAccount,
  selectJournalistsBySlug,
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
