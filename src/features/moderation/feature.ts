import type { DeskParts } from '../comments/held/held-text.ts';
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
import { appealData, forgetAppeals } from './appeals/appeal.queries.ts';
import {
  AppealResolver,
  DecisionAppealResolver,
  DecisionNoticeAppealResolver,
  findAppealNode,
} from './appeals/appeal.resolver.ts';
import { AppealService } from './appeals/appeal.service.ts';
import { ClaimService } from './queue/claim.service.ts';
import { QueueMutationResolver } from './queue/queue.mutation.ts';
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
import { CommentDecisionMutationResolver } from './queue/comment-decision.mutation.ts';
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
import { proofsOf } from '../people/credentials/account-services.ts';
import type { Tx } from '../../platform/db/database.ts';
import { CommentRemovalEntity, DecisionCommentEntity } from './removals/comment-removal.entity.ts';
import { deleteRemovals, dueRemovalsSql } from './removals/comment-removal.queries.ts';
import {
  DecisionRemovalResolver,
  PersonDecisionsResolver,
  ViewerDecisionsResolver,
} from './decisions/decision-list.resolver.ts';
import { PersonMutationResolver } from './person-page/person.mutation.ts';
import { PersonFactsResolver } from './person-page/person-facts.resolver.ts';
import { PersonListResolver } from './person-page/person-list.resolver.ts';
import { PersonNoteEntity } from './person-page/person-note.entity.ts';
import { forgetNotes, noteData } from './person-page/person-note.queries.ts';
import { PersonNoteResolver, PersonNotesResolver } from './person-page/person-note.resolver.ts';
import { PersonNoteService } from './person-page/person-note.service.ts';
import { RemovalBatches } from './removals/removal-batches.ts';
import { RemovalSinceService } from './removals/removal-since.service.ts';
import { RoleResolver } from './person-page/role.resolver.ts';
import { RoleService } from './person-page/role.service.ts';
import { SanctionService } from './sanctions/sanction.service.ts';
import { TakenBackArticleResolver, ViewerTakenBackResolver } from './removals/taken-back.resolver.ts';
import { CommentPersonResolver, findPersonNode } from './persons/person.resolver.ts';
import { ReportResolver, ViewerReportResolver, ViewerReportsResolver } from './reports/report.resolver.ts';
import { ReportService } from './reports/report.service.ts';
import { CommentReportResolver, PersonReportsResolver } from './reports/reporter.resolver.ts';
import { UndoService } from './decisions/undo.service.ts';
import { pageRoutes } from '../../platform/http/paths.ts';
import { scriptedPages } from '../../platform/page/served.ts';

const deskOf = ({ db, log, bus }: Parts): DeskParts => ({
  db,
  log,
  moderationLog: new ModerationLog(bus),
  inbox: new Inbox(bus),
});

/** Carries out what the settings say of texts that the hook has not decided about in time. */
function hookJob(parts: Parts): Job {
  const name = 'hook deadlines';
  const deadlines = new HookDeadlines(deskOf(parts), (error) => parts.onJobError(name, error));
  const step = async () => ((await deadlines.next()) ? 'more' : 'idle');
  return { name, due: overdueSql, everyMs: parts.config.moderationPollMs, step };
}

/** Carries out removals of what somebody has written. */
function removalJob({ db, log, bus, config }: Parts): Job {
  const batches = new RemovalBatches(db, log, new ModerationLog(bus));
  const step = async () => ((await batches.next()) ? 'more' : 'idle');
  return { name: 'removals', due: dueRemovalsSql, everyMs: config.moderationPollMs, step };
}

/** Forgets an account about which moderators have decided, or that was a moderator's. */
async function forgetPerson(tx: Tx, accountId: string): Promise<void> {
  await forgetNotes(tx, accountId);
  await deleteRemovals(tx, accountId);
  await forgetAppeals(tx, accountId);
}

/** Mails administrators who gets which role; nothing where the service sends no mail. */
function noticeJobs({ db, mail, links, config }: Parts): Job[] {
  if (!mail) return [];
  const mails = new AdministratorMails(mail.outbox, links);
  return [administratorNoticeJob({ db, mails, everyMs: config.moderationPollMs })];
}

/** Moderators' commands on comments and accounts, the moderation queue, and the stream and history of what is done. */
export const moderationFeature = defineFeature({
  name: 'moderation',
  migrations: [Moderation1796100000000],
  tables: [CommentRemovalEntity, DecisionCommentEntity, PersonNoteEntity, ModerationAppealEntity],
  resolvers: [
    resolver(CommentDecisionMutationResolver, (parts) => [new ModerationService(deskOf(parts))]),
    resolver(QueueMutationResolver, (parts) => [
      new ModerationService(deskOf(parts)),
      new ClaimService(parts.db, new ModerationLog(parts.bus)),
      new UndoService(deskOf(parts)),
    ]),
    resolver(ModerationQueueResolver),
    resolver(ModerationItemResolver),
    resolver(ModerationDecisionResolver),
    resolver(AppealResolver, (parts) => [new AppealService(deskOf(parts), new UndoService(deskOf(parts)))]),
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
    resolver(ReportResolver, (parts) => [new ReportService(deskOf(parts), parts.mail !== undefined)]),
    resolver(ViewerReportsResolver),
    resolver(ViewerReportResolver),
    resolver(CommentReportResolver, ({ mail }) => [mail !== undefined]),
    resolver(PersonReportsResolver, ({ mail }) => [mail !== undefined]),
    resolver(PersonMutationResolver, ({ db, bus, clock }) => {
      const parts = { db, clock, inbox: new Inbox(bus), moderationLog: new ModerationLog(bus) };
      return [new SanctionService(parts), new RemovalSinceService(parts)];
    }),
    resolver(RoleResolver, (parts) => [
      new RoleService({ db: parts.db, proofs: proofsOf(parts), moderationLog: new ModerationLog(parts.bus) }),
    ]),
    resolver(PersonDecisionsResolver),
    resolver(ViewerDecisionsResolver),
    resolver(ViewerTakenBackResolver),
    resolver(TakenBackArticleResolver),
    resolver(DecisionRemovalResolver),
    resolver(PersonFactsResolver),
    resolver(PersonListResolver),
    resolver(PersonNotesResolver),
    resolver(PersonNoteResolver, ({ db, bus }) => [new PersonNoteService(db, new ModerationLog(bus))]),
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
  served: {
    pages: scriptedPages(
      pageRoutes.moderation,
      pageRoutes.moderationPeople,
      pageRoutes.moderationPerson,
      pageRoutes.moderationLog,
      pageRoutes.moderationAppeals,
    ),
    parts: {},
    texts: {},
  },
  erasure: () => ({ finish: forgetPerson }),
  personalData: [noteData, appealData],
});
