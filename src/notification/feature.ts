import { nothingToErase } from '../feature/erasure.ts';
import { defineFeature, type Parts, resolver } from '../feature/feature.ts';
import { Inbox } from '../inbox/inbox.ts';
import { MuteResolver, ViewerMuteResolver } from './mute.resolver.ts';
import { MuteService } from './mute.service.ts';
import { NotificationWorker } from './notification-worker.ts';
import {
  NotificationMutationResolver,
  NotificationResolver,
  ViewerNotificationResolver,
} from './notification.resolver.ts';
import { NotificationService } from './notification.service.ts';
import { NotificationPositionEntity } from './position.entity.ts';
import { TellService } from './tell.service.ts';
import { NotificationAdded, ViewerCheckpoint, ViewerReset } from './viewer-event.type.ts';
import {
  NotificationAddedResolver,
  ViewerEventResolver,
  ViewerSubscriptionResolver,
} from './viewer.subscription.ts';

const inboxOf = ({ bus }: Parts): Inbox => new Inbox(bus);

/** What happens, told to those whom it concerns. */
export const notificationFeature = defineFeature({
  name: 'notification',
  tables: [NotificationPositionEntity],
  resolvers: [
    resolver(ViewerNotificationResolver),
    resolver(NotificationResolver),
    resolver(ViewerMuteResolver),
    resolver(MuteResolver, ({ db }) => [new MuteService(db)]),
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
    new NotificationWorker({
      db: parts.db.forNode('notifications'),
      telling: new TellService(parts.db, inboxOf(parts)),
      onAppended: (listener) => parts.log.onAppended(listener),
      intervalMs: parts.config.notificationPollMs,
      onError: (error) => parts.warn(error, 'accounts could not be told of news; it is tried again'),
    }),
  ],
  // Inboxes are a feature of their own. A position names an account by its number, while many are told of one event.
  erasure: () => nothingToErase,
  personalData: [],
});
