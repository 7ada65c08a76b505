import DataLoader from 'dataloader';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { encodeCursor } from '../../../platform/graphql/page.ts';
import { type PageLoader, pageLoader } from '../../../platform/graphql/page-loader.ts';
import { rowLoader } from '../../../platform/graphql/row-loader.ts';
import {
  type AppealRow,
  type AppealState,
  countAppeals,
  type ListedAppealRow,
  selectAppealPage,
  selectAppeals,
} from './appeal.queries.ts';

/** Appeals by the id of the decision. */
export const appealByDecisionId: LoaderFactory<DataLoader<string, AppealRow | undefined>> = ({ db }) =>
  rowLoader(
    (ids) => selectAppeals(db, ids),
    (row) => row.decisionId,
  );

const cursorScope = (state: AppealState): string => `appeals:${state}`;

/** The cursor of an appeal in a list. */
export const appealCursor = (state: AppealState, { decisionId }: AppealRow): string =>
  encodeCursor(cursorScope(state), [decisionId]);

/** Pages of all appeals. */
export const appealPages: LoaderFactory<PageLoader<AppealState, 'OLDEST', ListedAppealRow>> = ({ db }) =>
  pageLoader({
    cursorScope,
    cursorKeys: 1,
    find: (states, _order, range) => Promise.all(states.map((state) => selectAppealPage(db, state, range))),
  });

/** Number of all appeals. */
export const appealCount: LoaderFactory<DataLoader<AppealState, number>> = ({ db }) =>
  new DataLoader((states) => Promise.all(states.map((state) => countAppeals(db, state))));
