import type { Queryable } from '../../../platform/db/database.ts';
import {
  type Found,
  type KeysetRow,
  type ListRange,
  selectKeysetPages,
} from '../../../platform/db/keyset.ts';
import {
  decisionColumns,
  type ModerationDecisionRow,
} from '../../../platform/screening/moderation-decision.queries.ts';

export type ListedDecisionRow = ModerationDecisionRow & KeysetRow;

/** Whose list it is: moderators see all decisions; the account itself no keeping, which would tell of reports. */
export type DecisionReader = 'MODERATOR' | 'OWNER';

/** Selects a page of the decisions about each account and its comments, newest first. */
export function selectDecisionPages(
  db: Queryable,
  personIds: readonly string[],
  reader: DecisionReader,
  range: ListRange,
): Promise<Found<ListedDecisionRow>[]> {
  return selectKeysetPages<ListedDecisionRow>(db, { scopes: [personIds], ...range }, () => ({
    list: {
      table: 'moderation_decision',
      scope: { subject_id: 'bigint' },
      where: `x.subject_id = s.subject_id${reader === 'OWNER' ? ` AND x.kind <> 'KEPT'` : ''}`,
      keys: ['id'],
      descending: true,
      pageColumns: ['id'],
    },
    columns: decisionColumns,
    join: 'LEFT JOIN moderation_decision d ON d.id = page.id',
  }));
}
