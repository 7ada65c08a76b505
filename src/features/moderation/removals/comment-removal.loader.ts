import type DataLoader from 'dataloader';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { rowLoader } from '../../../platform/graphql/row-loader.ts';
import { type RemovalProgressRow, selectRemovalProgress } from './comment-removal.queries.ts';

/** How far removals have come, by the id of their decision. */
export const removalProgressByDecisionId: LoaderFactory<
  DataLoader<string, RemovalProgressRow | undefined>
> = ({ db }) =>
  rowLoader(
    (ids) => selectRemovalProgress(db, ids),
    (row) => row.decisionId,
  );
