import { Moderation1796100000000 } from '../../../migrations/1796100000000-moderation.ts';
import { moderationErrors } from './moderation-errors.ts';
import { moderationInvariants, moderationKeys } from './moderation-invariants.ts';
import { moderationTexts } from './moderation-texts.ts';
import { mayBeGone } from '../../platform/idempotency/idempotency.queries.ts';
import { AdministratorMails } from './person-page/administrator-mails.ts';
import { administratorNoticeJob } from './person-page/administrator-notices.ts';
import { defineFeature, type Parts, resolver } from '../../platform/feature/feature.ts';
import { Inbox } from '../notifications/inbox/inbox.ts';
import { DecisionNotificationResolver } from './decisions/decision-notification.resolver.ts';
import { decisionNotifications } from './decisions/decision-notifications.ts';
import type { Job } from '../../platform/jobs/job.ts';
import { ModerationLog } from '../../platform/screening/moderation-log.ts';
import { ModerationAppealEntity } from './appeals/appeal.entity.ts';
import { appealData } from './appeals/appeal.queries.ts';
import {
  AppealResolver,
  DecisionAppealResolver,
  DecisionNoticeAppealResolver,
  findAppealNode,
} from './appeals/appeal.resolver.ts';
import { AppealService } from './appeals/appeal.service.ts';
import { ClaimService } from './queue/claim.service.ts';
import { DecisionMutationResolver } from './queue/decision.mutation.ts';
import {
  CommentDecisionNoticeResolver,
  DecisionNoticeArticleResolver,
  findDecisionNode,
  ModerationDecisionResolver,
} from './decisions/decision.resolver.ts';
import { HeldCommentResolver } from './queue/held.resolver.ts';
import { HookDeadlines } from './decisions/hook-deadlines.ts';
import { overdueSql } from './decisions/hook.queries.ts';
import { findItemNode, ModerationItemResolver, ModerationQueueResolver } from './queue/item.resolver.ts';
import { ModerationResolver } from './queue/moderation.resolver.ts';
import { ModerationService } from './decisions/moderation.service.ts';
import { moderationEventTypes } from './history/moderation-action.type.ts';
import {
  CommentActionResolver,
  DecisionActionResolver,
  DecisionUndoneResolver,
  ModerationActionResolver,
  ModerationSettingsChangedResolver,
} from './history/moderation-event.resolver.ts';
import { ModerationHistoryResolver } from './history/moderation-history.resolver.ts';
import { ModerationSubscriptionResolver } from './history/moderation.subscription.ts';
import { noteData } from './person-page/person-note.queries.ts';
import { personErasure, personResolvers, personTables, removalJob } from './person.feature.ts';
import { CommentPersonResolver, findPersonNode } from './persons/person.resolver.ts';
import { ReportResolver, ViewerReportResolver, ViewerReportsResolver } from './reports/report.resolver.ts';
import { ReportService } from './reports/report.service.ts';
import { CommentReportResolver, PersonReportsResolver } from './reports/reporter.resolver.ts';
import { UndoService } from './decisions/undo.service.ts';

const moderationOf = ({ db, log, bus }: Parts): ModerationService =>
  new ModerationService({ db, log, moderationLog: new ModerationLog(bus), inbox: new Inbox(bus) });

const undoingOf = ({ db, log, bus }: Parts): UndoService =>
  new UndoService({ db, log, moderationLog: new ModerationLog(bus), inbox: new Inbox(bus) });

const appealsOf = (parts: Parts): AppealService =>
  new AppealService({
    db: parts.db,
    moderationLog: new ModerationLog(parts.bus),
    undoing: undoingOf(parts),
    inbox: new Inbox(parts.bus),
  });

/** Carries out what the settings say of texts that the hook has not decided about in time. */
function hookJob({ db, log, bus, config, onJobError }: Parts): Job {
  const name = 'hook deadlines';
  const deadlines = new HookDeadlines({
    db,
    log,
    moderationLog: new ModerationLog(bus),
    inbox: new Inbox(bus),
    onError: (error) => onJobError(name, error),
  });
  const step = async () => ((await deadlines.next()) ? 'more' : 'idle');
  return { name, due: overdueSql, everyMs: config.moderationPollMs, step };
}

/** Mails administrators who gets which role; nothing where the service sends no mail. */
const noticeJobs = ({ db, mail, links, config }: Parts): Job[] =>
  mail
    ? [
        administratorNoticeJob({
          db,
          mails: new AdministratorMails(mail.outbox, links),
          everyMs: config.moderationPollMs,
        }),
      ]
    : [];

/** Moderators' commands on comments and accounts, the moderation queue, and the stream and history of what is done. */
export const moderationFeature = defineFeature({
  name: 'moderation',
  migrations: [Moderation1796100000000],
  tables: [...personTables, ModerationAppealEntity],
  resolvers: [
    resolver(ModerationResolver, (parts) => [moderationOf(parts)]),
    resolver(DecisionMutationResolver, (parts) => [
      moderationOf(parts),
      new ClaimService(parts.db, new ModerationLog(parts.bus)),
      undoingOf(parts),
    ]),
    resolver(ModerationQueueResolver),
    resolver(ModerationItemResolver),
    resolver(ModerationDecisionResolver),
    resolver(AppealResolver, (parts) => [appealsOf(parts)]),
    resolver(DecisionNoticeAppealResolver),
    resolver(DecisionAppealResolver),
    resolver(DecisionNotificationResolver),
    resolver(CommentDecisionNoticeResolver),
    resolver(DecisionNoticeArticleResolver),
    resolver(HeldCommentResolver),
    resolver(CommentPersonResolver),
    resolver(ModerationSubscriptionResolver),
    resolver(ModerationHistoryResolver),
    resolver(ModerationActionResolver),
    resolver(CommentActionResolver),
    resolver(DecisionActionResolver),
    resolver(DecisionUndoneResolver),
    resolver(ModerationSettingsChangedResolver),
    resolver(ReportResolver, ({ db, log, bus, mail }) => [
      new ReportService({
        db,
        log,
        moderationLog: new ModerationLog(bus),
        inbox: new Inbox(bus),
        mustConfirm: mail !== undefined,
      }),
    ]),
    resolver(ViewerReportsResolver),
    resolver(ViewerReportResolver),
    resolver(CommentReportResolver, ({ mail }) => [mail !== undefined]),
    resolver(PersonReportsResolver, ({ mail }) => [mail !== undefined]),
    ...personResolvers,
  ],
  types: [...moderationEventTypes],
  nodes: {
    Person: findPersonNode,
    ModerationItem: findItemNode,
    ModerationDecision: findDecisionNode,
    ModerationAppeal: findAppealNode,
  },
  logs: [],
  events: {},
  counters: {},
  notifications: decisionNotifications,
  idempotency: { ...moderationKeys, person_note_id_seq: mayBeGone('person_note_id_seq') },
  errorCodes: moderationErrors,
  scopes: {},
  texts: moderationTexts,
  invariants: moderationInvariants,
  pruning: () => [],
  jobs: (parts) => [removalJob(parts), hookJob(parts), ...noticeJobs(parts)],
  routes: () => [],
  served: { pages: {}, parts: {}, texts: {} },
  erasure: () => personErasure,
  personalData: [noteData, appealData],
});
