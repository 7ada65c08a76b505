import DataLoader from 'dataloader';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { type LoginRow, selectLogins } from './login.queries.ts';

/** The logins of an account, oldest first. */
export const loginsByAccountId: LoaderFactory<DataLoader<string, readonly LoginRow[]>> = ({ db }) =>
  new DataLoader(async (accountIds) => {
    const rows = await selectLogins(db, accountIds);
    return accountIds.map((accountId) => rows.filter((row) => row.accountId === accountId));
  });
