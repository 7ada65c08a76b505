import type DataLoader from 'dataloader';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { encodeCursor } from '../../../platform/graphql/page.ts';
import { type PageLoader, pageLoader } from '../../../platform/graphql/page-loader.ts';
import { rowLoader } from '../../../platform/graphql/row-loader.ts';
import { type RemovalProgressRow, selectRemovalProgress } from '../removals/comment-removal.queries.ts';
import { type DecisionReader, type ListedDecisionRow, selectDecisionPages } from './decision-list.queries.ts';

const cursorScope = (personId: string, reader: DecisionReader): string => `decisions:${reader}:${personId}`;

/** The cursor of a decision in the list of its account. */
export const decisionCursor =
  (personId: string, reader: DecisionReader) =>
  ({ id }: ListedDecisionRow): string =>
    encodeCursor(cursorScope(personId, reader), [id]);

/** Pages of the decisions about accounts, newest first. */
export const decisionPages: LoaderFactory<PageLoader<string, DecisionReader, ListedDecisionRow>> = ({ db }) =>
  pageLoader({
    cursorScope,
    cursorKeys: 1,
    find: (personIds, reader, range) => selectDecisionPages(db, personIds, reader, range),
  });

/** How far removals have come, by the id of their decision. */
export const removalProgressByDecisionId: LoaderFactory<
  DataLoader<string, RemovalProgressRow | undefined>
> = ({ db }) =>
  rowLoader(
    (ids) => selectRemovalProgress(db, ids),
    (row) => row.decisionId,
  );
