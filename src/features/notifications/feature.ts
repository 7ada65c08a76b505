import { MailAndInbox1796040000000 } from '../../../migrations/1796040000000-mail-and-inbox.ts';
import { inboxLog } from './inbox/inbox-log.ts';
import type { Tx } from '../../platform/db/database.ts';
import { defineFeature, type Parts, resolver } from '../../platform/feature/feature.ts';
import type { Job } from '../../platform/jobs/job.ts';
import { InboxEntity, NotificationEntity } from './inbox/inbox.entity.ts';
import { deleteInbox, notificationData } from './inbox/inbox-data.queries.ts';
import { Inbox } from './inbox/inbox.ts';
import { MailPreferenceEntity } from './mails/mail-preference.entity.ts';
import { deleteMailPreferences, mailPreferenceData } from './mails/mail-preference.queries.ts';
import { MailPreferenceResolver, ViewerMailPreferenceResolver } from './mails/mail-preference.resolver.ts';
import { mailPreferenceLoader } from './mails/mail-preference.loader.ts';
import { MailPreferenceService } from './mails/mail-preference.service.ts';
import { dueInboxesSql } from './mails/notification-mail.queries.ts';
import { NotificationMailService } from './mails/notification-mail.service.ts';
import { unsubscribeRoutes } from './mails/unsubscribe-route.ts';
import { NotificationMails } from './mails/notification-mails.ts';
import {
  NotificationMutationResolver,
  NotificationResolver,
  ViewerNotificationResolver,
} from './telling/notification.resolver.ts';
import { inboxLoaders } from './telling/notification.loader.ts';
import { NotificationService } from './telling/notification.service.ts';
import { NotificationPositionEntity } from './telling/position.entity.ts';
import { tellJob } from './telling/tell-job.ts';
import { TellService } from './telling/tell.service.ts';
import { NotificationAdded, ViewerCheckpoint, ViewerReset } from './telling/viewer-event.type.ts';
import {
  NotificationAddedResolver,
  ViewerEventResolver,
  ViewerSubscriptionResolver,
} from './telling/viewer.subscription.ts';
import { pageRoutes } from '../../platform/http/paths.ts';
import { scriptedPages } from '../../platform/page/served.ts';

const inboxOf = ({ bus }: Parts): Inbox => new Inbox(bus);

/** Writes mails about notifications, where the service sends mail. */
function mailJobs({ config, db, mail, links, notifications: declared }: Parts): Job[] {
  if (!mail) return [];
  const delaySeconds = config.notificationMailDelaySeconds;
  const service = new NotificationMailService({
    db,
    declared,
    mails: new NotificationMails(mail.outbox, links, declared),
    delaySeconds,
    digestHour: config.digestHour,
  });
  const step = async () => ((await service.mailNext()) ? 'more' : 'idle');
  return [{ name: 'notification mails', due: dueInboxesSql(delaySeconds), everyMs: config.mailPollMs, step }];
}

/** Removes what the feature holds of an account. */
async function deleteAll(tx: Tx, accountId: string): Promise<void> {
  await deleteInbox(tx, accountId);
  await deleteMailPreferences(tx, accountId);
}

/** Each account's inbox, and what happens, told to those whom it concerns. */
export const notificationFeature = defineFeature({
  name: 'notification',
  migrations: [MailAndInbox1796040000000],
  tables: [InboxEntity, NotificationEntity, MailPreferenceEntity, NotificationPositionEntity],
  resolvers: [
    resolver(ViewerNotificationResolver, ({ notifications }) => [inboxLoaders(notifications)]),
    resolver(NotificationResolver),
    resolver(ViewerMailPreferenceResolver, ({ mail, notifications }) => [
      mail && mailPreferenceLoader(notifications),
    ]),
    resolver(MailPreferenceResolver, ({ db, mail, notifications }) => [
      new MailPreferenceService(db, notifications, mail !== undefined),
    ]),
    resolver(ViewerSubscriptionResolver),
    resolver(ViewerEventResolver, ({ notifications }) => [inboxLoaders(notifications)]),
    resolver(NotificationAddedResolver, ({ notifications }) => [inboxLoaders(notifications)]),
    resolver(NotificationMutationResolver, (parts) => [new NotificationService(parts.db, inboxOf(parts))]),
  ],
  types: [NotificationAdded, ViewerCheckpoint, ViewerReset],
  nodes: {},
  logs: [inboxLog],
  events: {},
  counters: {},
  notifications: {},
  idempotency: {},
  errorCodes: {},
  scopes: {},
  texts: {},
  invariants: {},
  // Each notification that is added removes those beyond the number that is kept.
  pruning: () => [],
  jobs: (parts) => [
    tellJob({
      db: parts.db.forNode('notifications'),
      telling: new TellService(parts.db, inboxOf(parts), parts.notifications),
      onAppended: (listener) => parts.log.onAppended(listener),
      everyMs: parts.config.notificationPollMs,
    }),
    ...mailJobs(parts),
  ],
  // Mails end by their links also while the service sends none.
  routes: ({ db, notifications }) => [
    unsubscribeRoutes(new MailPreferenceService(db, notifications, false), notifications),
  ],
  served: { pages: scriptedPages(pageRoutes.notifications), parts: {}, texts: {} },
  // At the end as well: a log may tell the account of something until then. A position names an account by its number, while many
  // are told of one event.
  erasure: () => ({ close: deleteAll, finish: deleteAll }),
  personalData: [notificationData, mailPreferenceData],
});
