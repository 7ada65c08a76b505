import DataLoader from 'dataloader';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { type ClaimableAuthorRow, selectClaimable } from './imported-author.queries.ts';

/** The most imported authors of one address that are listed at a time. */
export const maxClaimable = 50;

/** Imported authors whom an account may claim, by the account's id. A request has one viewer, so that nothing is batched. */
export const claimableByAccountId: LoaderFactory<DataLoader<string, readonly ClaimableAuthorRow[]>> = ({
  db,
}) => new DataLoader((ids) => Promise.all(ids.map((id) => selectClaimable(db, id, maxClaimable))));
