import { ArticleLog1796010000000 } from '../../../migrations/1796010000000-article-log.ts';
import { Platform1796020000000 } from '../../../migrations/1796020000000-platform.ts';
import { released } from '../../../migrations/released.ts';
import { platformErrors } from '../errors/errors.ts';
import { logInvariants } from './log-invariants.ts';
import { ArticleEventEntity, EventLogEntity } from '../events/event.entity.ts';
import { articleLog } from '../events/log.ts';
import { NodeResolver } from '../graphql/node.ts';
import { pruneIdempotencyKeys } from '../idempotency/idempotency-prune.queries.ts';
import { IdempotencyKeyEntity } from '../idempotency/idempotency.entity.ts';
import { deleteIdempotencyKeys } from '../idempotency/idempotency.queries.ts';
import { ProcessEntity } from '../jobs/process.entity.ts';
import { pruneProcesses } from '../jobs/process.queries.ts';
import { WorkLeaseEntity } from '../jobs/work-lease.entity.ts';
import { pruneWorkLeases } from '../jobs/work-lease.queries.ts';
import { SiteRevisionEntity } from '../kept/site-revision.entity.ts';
import { deleteMails, mailData, pruneMailContents, pruneMails } from '../mail/mail.queries.ts';
import { MailEntity } from '../mail/mail.entity.ts';
import { MailJob } from '../mail/mail-job.ts';
import { CommentReportEntity } from '../screening/comment-report.entity.ts';
import { ModerationDecisionEntity } from '../screening/moderation-decision.entity.ts';
import { ModerationEventEntity, ModerationLogEntity } from '../screening/moderation-event.entity.ts';
import { ModerationItemEntity } from '../screening/moderation-item.entity.ts';
import { decisionData, forgetAccount, reportData } from '../screening/moderation-log-data.queries.ts';
import { moderationLog } from '../screening/moderation-log.ts';
import { holding } from '../text/written-text.ts';
import { defineFeature, resolver } from './feature.ts';

/** Tables and work of the platform itself, declared as a feature's are. The order of the tables is that of their references. */
export const platformFeature = defineFeature({
  name: 'platform',
  migrations: [...released, ArticleLog1796010000000, Platform1796020000000],
  tables: [
    ArticleEventEntity,
    EventLogEntity,
    SiteRevisionEntity,
    ProcessEntity,
    WorkLeaseEntity,
    MailEntity,
    ModerationLogEntity,
    ModerationEventEntity,
    ModerationItemEntity,
    CommentReportEntity,
    ModerationDecisionEntity,
    IdempotencyKeyEntity,
  ],
  resolvers: [resolver(NodeResolver, ({ nodes }) => [nodes])],
  types: [],
  nodes: {},
  logs: [articleLog, moderationLog],
  events: {},
  counters: {},
  notifications: {},
  idempotency: {},
  errorCodes: platformErrors,
  scopes: { READ: { place: 1 } },
  texts: holding('NO_TEXT', 'UserError.field', 'UserError.message'),
  invariants: logInvariants,
  pruning: ({ eventRetentionHours, moderationRetentionDays }) => [
    { name: 'events', step: (tx, at) => articleLog.prune(tx, at, { retentionHours: eventRetentionHours }) },
    { name: 'leases of work that has ended', step: pruneWorkLeases },
    { name: 'processes', step: pruneProcesses },
    { name: 'contents of mails', step: pruneMailContents },
    { name: 'mails', step: pruneMails },
    {
      name: 'moderation events',
      step: (tx, at) => moderationLog.prune(tx, at, { retentionHours: 24 * moderationRetentionDays }),
    },
    { name: 'idempotency keys', step: pruneIdempotencyKeys },
  ],
  jobs: ({ mail, db, leases, config, onJobError }) =>
    mail
      ? [
          new MailJob({
            db: db.forNode('mail'),
            leases,
            transport: mail.transport,
            everyMs: config.mailPollMs,
            onOutcome: mail.onOutcome,
            onError: (error) => onJobError('mails', error),
          }),
        ]
      : [],
  routes: () => [],
  served: { pages: {}, parts: {}, texts: {} },
  erasure: () => ({
    close: async (tx, accountId) => {
      await deleteMails(tx, accountId);
      await deleteIdempotencyKeys(tx, accountId);
    },
    finish: async (tx, accountId) => {
      // A request that was under way may have written another one.
      await deleteMails(tx, accountId);
      // Last: until now the account may be decided about.
      await forgetAccount(tx, accountId);
    },
  }),
  personalData: [mailData, reportData, decisionData],
});
