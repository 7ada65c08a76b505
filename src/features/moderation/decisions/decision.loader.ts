import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { type PageLoader, pageLoader } from '../../../platform/graphql/page-loader.ts';
import { rowsBy } from '../../../platform/graphql/row-loader.ts';
import { selectRemovalProgress } from '../removals/comment-removal.queries.ts';
import { selectModerationDecisions } from '../../../platform/screening/moderation-decision.queries.ts';
import { type DecisionReader, type ListedDecisionRow, selectDecisionPages } from './decision-list.queries.ts';

/** Decisions by id. */
export const decisionById = rowsBy(selectModerationDecisions, (row) => row.id);

/** Pages of the decisions about accounts, newest first. */
export const decisionPages: LoaderFactory<PageLoader<string, DecisionReader, ListedDecisionRow>> = ({ db }) =>
  pageLoader({
    cursorScope: (personId, reader) => `decisions:${reader}:${personId}`,
    cursorKeys: ['id'],
    find: (personIds, reader, range) => selectDecisionPages(db, personIds, reader, range),
  });

/** How far removals have come, by the id of their decision. */
export const removalProgressByDecisionId = rowsBy(selectRemovalProgress, (row) => row.decisionId);
