import DataLoader from 'dataloader';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { rowLoader } from '../../../platform/graphql/row-loader.ts';
import {
  type ModerationDecisionRow,
  selectModerationDecisions,
} from '../../../platform/screening/moderation-decision.queries.ts';
import { type SanctionKind, type SanctionRow, selectSanctions } from './sanction.queries.ts';

/** The sanctions of an account that stand, by kind. Whoever asks has made sure that the viewer may know them. */
export const sanctionsByAccountId: LoaderFactory<
  DataLoader<string, Partial<Record<SanctionKind, SanctionRow>>>
> = ({ db }) =>
  new DataLoader(async (accountIds) => {
    const rows = await selectSanctions(db, accountIds);
    return accountIds.map((accountId) =>
      Object.fromEntries(rows.filter((row) => row.accountId === accountId).map((row) => [row.kind, row])),
    );
  });

/** A decision about the viewer's own account, by its id; undefined for one about somebody else. */
export const ownDecisionById: LoaderFactory<DataLoader<string, ModerationDecisionRow | undefined>> = ({
  db,
  viewer,
}) =>
  rowLoader(
    async (ids) => {
      const rows = await selectModerationDecisions(db, ids);
      return rows.filter(({ subjectId }) => subjectId !== null && subjectId === viewer?.accountId);
    },
    (row) => row.id,
  );
