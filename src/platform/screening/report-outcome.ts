import type { ReportState } from './comment-report.entity.ts';

/** What became of a report, as its reporter learns it: not whether the report was found to be in bad faith. */
export type ReportOutcome = 'OPEN' | 'ACTION_TAKEN' | 'NO_ACTION' | 'OBSOLETE';

const outcomes: Readonly<Record<ReportState, ReportOutcome>> = {
  OPEN: 'OPEN',
  UPHELD: 'ACTION_TAKEN',
  DISMISSED: 'NO_ACTION',
  BAD_FAITH: 'NO_ACTION',
  OBSOLETE: 'OBSOLETE',
};

export const outcomeOf = (state: ReportState): ReportOutcome => outcomes[state];
