import DataLoader from 'dataloader';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { rowLoader } from '../../../platform/graphql/row-loader.ts';
import { selectAllServiceAccounts, selectServiceAccounts } from './service-account.queries.ts';
import { selectTokens, selectTokensOf, type ServiceAccountRow, type TokenRow } from './token.queries.ts';

export const tokenById: LoaderFactory<DataLoader<string, TokenRow | undefined>> = ({ db }) =>
  rowLoader(
    (ids) => selectTokens(db, ids),
    (row) => row.id,
  );

/** The tokens of an account, newest first. */
export const tokensByAccountId: LoaderFactory<DataLoader<string, readonly TokenRow[]>> = ({ db }) =>
  new DataLoader(async (accountIds) => {
    const rows = await selectTokensOf(db, accountIds);
    return accountIds.map((accountId) => rows.filter((row) => row.accountId === accountId));
  });

export const serviceAccountById: LoaderFactory<DataLoader<string, ServiceAccountRow | undefined>> = ({
  db,
}) =>
  rowLoader(
    (ids) => selectServiceAccounts(db, ids),
    (row) => row.id,
  );

/** All service accounts, oldest first. */
export const allServiceAccounts: LoaderFactory<DataLoader<'all', readonly ServiceAccountRow[]>> = ({ db }) =>
  new DataLoader(async (keys) => {
    const rows = await selectAllServiceAccounts(db);
    return keys.map(() => rows);
  });
