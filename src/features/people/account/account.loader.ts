import type DataLoader from 'dataloader';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { rowLoader } from '../../../platform/graphql/row-loader.ts';
import { type AccountRow, selectAccounts } from './account.queries.ts';

/** Accounts by id, with the fields that only their owners may see. */
export const accountById: LoaderFactory<DataLoader<string, AccountRow | undefined>> = ({ db }) =>
  rowLoader(
    (ids) => selectAccounts(db, ids),
    (row) => row.id,
  );
