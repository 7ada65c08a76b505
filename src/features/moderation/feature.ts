import { AdministratorMails } from './person-page/administrator-mails.ts';
import { AdministratorNotices } from './person-page/administrator-notices.ts';
import { type Background, defineFeature, type Parts, resolver } from '../../platform/feature/feature.ts';
import { Inbox } from '../notifications/inbox/inbox.ts';
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
  RemoveCommentDecisionResolver,
} from './decisions/decision.resolver.ts';
import { HeldCommentResolver } from './queue/held.resolver.ts';
import { HookDeadlines } from './decisions/hook-deadlines.ts';
import { HookWorker } from './decisions/hook-worker.ts';
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
import { personErasure, personResolvers, personTables, removalWorker } from './person.feature.ts';
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
function hookWorker({ db, log, bus, config, warn }: Parts): Background {
  const onError = (error: unknown) =>
    warn(error, 'a deadline of the hook could not be carried out; it is tried again');
  const deadlines = new HookDeadlines({
    db,
    log,
    moderationLog: new ModerationLog(bus),
    inbox: new Inbox(bus),
    onError,
  });
  return new HookWorker({ deadlines, intervalMs: config.moderationPollMs, onError });
}

/** Mails administrators who gets which role; nothing where the service sends no mail. */
const administratorNotices = ({ db, mail, links, config, warn }: Parts): Background[] =>
  mail
    ? [
        new AdministratorNotices({
          db,
          mails: new AdministratorMails(mail.outbox, links),
          intervalMs: config.moderationPollMs,
          onError: (error) => warn(error, 'administrators could not be told; it is tried again'),
        }),
      ]
    : [];

/** Moderators' commands on comments and accounts, the moderation queue, and the stream and history of what is done. */
export const moderationFeature = defineFeature({
  name: 'moderation',
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
    resolver(CommentDecisionNoticeResolver),
    resolver(DecisionNoticeArticleResolver),
    resolver(RemoveCommentDecisionResolver),
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
  pruning: () => [],
  background: (parts) => [removalWorker(parts), hookWorker(parts), ...administratorNotices(parts)],
  routes: () => [],
  erasure: () => personErasure,
  personalData: [noteData, appealData],
});
