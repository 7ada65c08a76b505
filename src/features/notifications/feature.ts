import { nothingToErase } from '../../platform/feature/erasure.ts';
import { defineFeature, type Parts, resolver } from '../../platform/feature/feature.ts';
import { Inbox } from './inbox/inbox.ts';
import { MailPreferenceResolver, ViewerMailPreferenceResolver } from './mails/mail-preference.resolver.ts';
import { MailPreferenceService } from './mails/mail-preference.service.ts';
import { MuteResolver } from '../comments/mutes/mute.resolver.ts';
import { MuteService } from '../comments/mutes/mute.service.ts';
import { NotificationMailService } from './mails/notification-mail.service.ts';
import { NotificationMailWorker } from './mails/notification-mail-worker.ts';
import { NotificationMails } from './mails/notification-mails.ts';
import { createNotificationWorker } from './telling/notification-worker.ts';
import {
  NotificationMutationResolver,
  NotificationResolver,
  ViewerNotificationResolver,
} from './telling/notification.resolver.ts';
import { NotificationService } from './telling/notification.service.ts';
import { NotificationPositionEntity } from './telling/position.entity.ts';
import { TellService } from './telling/tell.service.ts';
import { NotificationAdded, ViewerCheckpoint, ViewerReset } from './telling/viewer-event.type.ts';
import {
  ArticleMuteResolver,
  AuthorMuteResolver,
  CommentMuteResolver,
  ViewerMuteResolver,
} from '../comments/mutes/viewer-mute.resolver.ts';
import {
  NotificationAddedResolver,
  ViewerEventResolver,
  ViewerSubscriptionResolver,
} from './telling/viewer.subscription.ts';

const inboxOf = ({ bus }: Parts): Inbox => new Inbox(bus);

/** Writes mails about notifications; undefined: the service sends no mail. */
function mailWorkerOf({ config, db, mail, links, warn }: Parts): NotificationMailWorker | undefined {
  return (
    mail &&
    new NotificationMailWorker({
      service: new NotificationMailService({
        db,
        mails: new NotificationMails(mail.outbox, links),
        delaySeconds: config.notificationMailDelaySeconds,
        digestHour: config.digestHour,
      }),
      intervalMs: config.mailPollMs,
      onError: (error) => warn(error, 'a mail about notifications could not be written; it is tried again'),
    })
  );
}

/** What happens, told to those whom it concerns. */
export const notificationFeature = defineFeature({
  name: 'notification',
  tables: [NotificationPositionEntity],
  resolvers: [
    resolver(ViewerNotificationResolver),
    resolver(NotificationResolver),
    resolver(ViewerMuteResolver),
    resolver(MuteResolver, (parts) => [new MuteService(parts.db, inboxOf(parts))]),
    resolver(ArticleMuteResolver),
    resolver(CommentMuteResolver),
    resolver(AuthorMuteResolver),
    resolver(ViewerMailPreferenceResolver, ({ mail }) => [mail !== undefined]),
    resolver(MailPreferenceResolver, ({ db, mail }) => [new MailPreferenceService(db, mail !== undefined)]),
    resolver(ViewerSubscriptionResolver),
    resolver(ViewerEventResolver),
    resolver(NotificationAddedResolver),
    resolver(NotificationMutationResolver, (parts) => [new NotificationService(parts.db, inboxOf(parts))]),
  ],
  types: [NotificationAdded, ViewerCheckpoint, ViewerReset],
  nodes: {},
  eventViews: {},
  eventTextLengths: {},
  pruning: () => [],
  background: (parts) => [
    createNotificationWorker({
      db: parts.db.forNode('notifications'),
      telling: new TellService(parts.db, inboxOf(parts)),
      onAppended: (listener) => parts.log.onAppended(listener),
      intervalMs: parts.config.notificationPollMs,
      onError: (error) => parts.warn(error, 'accounts could not be told of news; it is tried again'),
    }),
    ...[mailWorkerOf(parts)].flatMap((worker) => worker ?? []),
  ],
  // Inboxes are a feature of their own. A position names an account by its number, while many are told of one event.
  erasure: () => nothingToErase,
  personalData: [],
});
