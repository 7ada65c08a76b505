import { Field, ID, Int, ObjectType } from 'type-graphql';
import { connectionType, edgeType } from '../../../platform/graphql/connection.ts';
import { graphqlEnum } from '../../../platform/graphql/enum.ts';
import { encodeGlobalId } from '../../../platform/graphql/global-id.ts';
import { TextOf } from '../../../platform/graphql/price.ts';
import { DateTimeScalar } from '../../../platform/graphql/scalars.ts';
import type { ReportState } from '../../../platform/screening/comment-report.entity.ts';
import type { ModerationReason } from '../../../platform/screening/moderation-event-kinds.ts';
import { ModerationReasonEnum } from '../../../platform/screening/moderation-reason.type.ts';
import { outcomeOf, type ReportOutcome } from '../../../platform/screening/report-outcome.ts';
import type { ReportCounts, ReportRow } from './report-list.queries.ts';
import { countedDecisions, isInGoodStanding, maxNoteLength, type ReporterFacts } from './report.policy.ts';

export const ReportStateEnum = graphqlEnum<ReportState>('ReportState', 'What became of a report.', {
  OPEN: 'It waits for a moderator.',
  UPHELD: 'A moderator has found it right.',
  DISMISSED: 'A moderator has found it wrong.',
  BAD_FAITH: 'A moderator has found that it was made in bad faith.',
  OBSOLETE: 'The comment was removed otherwise, before anybody decided on the report.',
});

export const ReportOutcomeEnum = graphqlEnum<ReportOutcome>(
  'ReportOutcome',
  'What became of a report, as its reporter learns it.',
  {
    OPEN: 'It waits for a moderator.',
    ACTION_TAKEN: 'A moderator has found it right, and acted.',
    NO_ACTION: 'A moderator has looked at it, and has left the comment as it is.',
    OBSOLETE: 'The comment was removed otherwise, before anybody decided on the report.',
  },
);

/** How moderators have decided on an account's reports. */
@ObjectType({
  simpleResolvers: true,
  description: `How moderators have decided on an account’s last ${countedDecisions} decided reports.`,
})
export class ReporterStanding {
  @Field(() => Boolean, {
    description:
      'Whether reports of the account count towards taking a comment back: it may write, and its reports were not found wrong too often.',
  })
  isGood!: boolean;

  @Field(() => Int, { description: 'The number of reports that were found right.' })
  upheld!: number;

  @Field(() => Int, { description: 'The number of reports that were found wrong.' })
  dismissed!: number;

  @Field(() => Int, { description: 'The number of reports that were made in bad faith.' })
  badFaith!: number;

  static from(facts: ReporterFacts, mustConfirm: boolean): ReporterStanding {
    return Object.assign(new ReporterStanding(), facts, { isGood: isInGoodStanding(facts, mustConfirm) });
  }
}

/** Numbers of reports. */
@ObjectType({
  simpleResolvers: true,
  description: 'Numbers of reports, by what became of them. Always exact.',
})
export class ReportTally {
  @Field(() => Int, { description: 'The number of reports that wait for a moderator.' })
  open!: number;

  @Field(() => Int, { description: 'The number of reports that were found right.' })
  upheld!: number;

  @Field(() => Int, { description: 'The number of reports that were found wrong.' })
  dismissed!: number;

  @Field(() => Int, { description: 'The number of reports that were made in bad faith.' })
  badFaith!: number;

  @Field(() => Int, { description: 'The number of reports whose comment was removed otherwise.' })
  obsolete!: number;

  static from(counts: Omit<ReportCounts, 'accountId'>): ReportTally {
    return Object.assign(new ReportTally(), counts);
  }
}

/** A report as moderators see it. */
@ObjectType({
  simpleResolvers: true,
  description: 'An account’s report of a comment, as moderators see it. Nobody else sees this object.',
})
export class CommentReport {
  readonly row!: ReportRow;

  @Field(() => ID, { description: 'Names the report. Not for `node`.' })
  id!: string;

  @Field(() => ModerationReasonEnum, { description: 'What the reporter finds wrong.' })
  reason!: ModerationReason;

  @TextOf(maxNoteLength)
  @Field(() => String, {
    nullable: true,
    description: `What the reporter says besides: plain text of at most ${maxNoteLength} characters; null: nothing.`,
  })
  note!: string | null;

  @Field(() => Int, {
    description:
      'The `revision` of the comment that was reported; the author may have edited the comment since.',
  })
  revision!: number;

  @Field(() => ReportStateEnum, { description: 'What became of the report.' })
  state!: ReportState;

  @Field(() => DateTimeScalar, { description: 'When the comment was reported.' })
  createdAt!: Date;

  static from(row: ReportRow): CommentReport {
    return Object.assign(new CommentReport(), row, { row, id: encodeGlobalId('CommentReport', row.id) });
  }
}

export const CommentReportConnection = connectionType(
  CommentReport,
  edgeType(CommentReport, 'CommentReport'),
  'CommentReport',
);

/** A report as its reporter sees it. */
@ObjectType({ simpleResolvers: true, description: 'A report by the viewer.' })
export class ViewerReport {
  readonly row!: ReportRow;

  @Field(() => ID, { description: 'Names the report. Not for `node`.' })
  id!: string;

  @Field(() => ModerationReasonEnum, { description: 'What the viewer finds wrong.' })
  reason!: ModerationReason;

  @TextOf(maxNoteLength)
  @Field(() => String, {
    nullable: true,
    description: `What the viewer has said besides: plain text of at most ${maxNoteLength} characters; null: nothing.`,
  })
  note!: string | null;

  @Field(() => ReportOutcomeEnum, { description: 'What became of the report.' })
  outcome!: ReportOutcome;

  @Field(() => DateTimeScalar, { description: 'When the viewer has reported the comment.' })
  createdAt!: Date;

  static from(row: ReportRow): ViewerReport {
    const shown = { row, id: encodeGlobalId('ViewerReport', row.id), outcome: outcomeOf(row.state) };
    return Object.assign(new ViewerReport(), row, shown);
  }
}

export const ViewerReportConnection = connectionType(
  ViewerReport,
  edgeType(ViewerReport, 'ViewerReport'),
  'ViewerReport',
);
