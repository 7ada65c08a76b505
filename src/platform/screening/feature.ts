import { defineFeature } from '../feature/feature.ts';
import { CommentHoldEntity } from '../../features/screening/comment-hold.entity.ts';
import { CommentReportEntity } from './comment-report.entity.ts';
import { ModerationDecisionEntity } from './moderation-decision.entity.ts';
import { ModerationEventEntity, ModerationLogEntity } from './moderation-event.entity.ts';
import { ModerationItemEntity } from './moderation-item.entity.ts';
import { decisionData, forgetAccount, reportData } from './moderation-log-data.queries.ts';
import { pruneModerationEvents } from './moderation-log.queries.ts';

/** The log of moderation, the moderators' queue, reports and decisions. Which rows they are about is known above. */
export const moderationLogFeature = defineFeature({
  name: 'moderation-log',
  tables: [
    ModerationLogEntity,
    ModerationEventEntity,
    ModerationItemEntity,
    CommentHoldEntity,
    CommentReportEntity,
    ModerationDecisionEntity,
  ],
  resolvers: [],
  types: [],
  nodes: {},
  eventViews: {},
  eventTextLengths: {},
  pruning: ({ moderationRetentionDays: retentionDays }) => [
    { name: 'moderation events', step: (tx, at) => pruneModerationEvents(tx, at, { retentionDays }) },
  ],
  background: () => [],
  // At the end: until then the account may be decided about.
  erasure: () => ({ finish: forgetAccount }),
  personalData: [reportData, decisionData],
});
