import type DataLoader from 'dataloader';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { rowLoader } from '../../../platform/graphql/row-loader.ts';
import {
  type ModerationDecisionRow,
  selectModerationDecisions,
} from '../../../platform/screening/moderation-decision.queries.ts';

/** Decisions by id. */
export const decisionById: LoaderFactory<DataLoader<string, ModerationDecisionRow | undefined>> = ({ db }) =>
  rowLoader(
    (ids) => selectModerationDecisions(db, ids),
    (row) => row.id,
  );
