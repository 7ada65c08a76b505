import DataLoader from 'dataloader';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { type PageLoader, pageLoader } from '../../../platform/graphql/page-loader.ts';
import { rowsBy } from '../../../platform/graphql/row-loader.ts';
import {
  type AppealState,
  countAppeals,
  type ListedAppealRow,
  selectAppealPage,
  selectAppeals,
} from './appeal.queries.ts';

/** Appeals by the id of the decision. */
export const appealByDecisionId = rowsBy(selectAppeals, (row) => row.decisionId);

/** Pages of all appeals. */
export const appealPages: LoaderFactory<PageLoader<AppealState, 'OLDEST', ListedAppealRow>> = ({ db }) =>
  pageLoader({
    cursorScope: (state) => `appeals:${state}`,
    cursorKeys: ['decisionId'],
    find: (states, _order, range) => Promise.all(states.map((state) => selectAppealPage(db, state, range))),
  });

/** Number of all appeals. */
export const appealCount: LoaderFactory<DataLoader<AppealState, number>> = ({ db }) =>
  new DataLoader((states) => Promise.all(states.map((state) => countAppeals(db, state))));
