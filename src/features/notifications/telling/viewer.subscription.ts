import { Arg, Ctx, FieldResolver, Int, Resolver, Root, Subscription } from 'type-graphql';
import { isAccount, isForOne } from '../../../platform/auth/viewer.ts';
import type { OmittedEvent, StreamItem } from '../../../platform/events/event.ts';
import { type Context, requireViewer } from '../../../platform/graphql/context.ts';
import { LiveSource } from '../../../platform/graphql/live-source.ts';
import { EventCursorScalar } from '../../../platform/graphql/scalars.ts';
import { ViewerDependent } from '../../../platform/graphql/viewer-field.ts';
import { inboxLog } from '../inbox/inbox-log.ts';
import type { InboxLoaders } from './notification.loader.ts';
import { Notification } from './notification.type.ts';
import { NotificationAdded, toViewerEvent, ViewerEvent } from './viewer-event.type.ts';

interface InboxArgs {
  readonly after?: string | null;
}

/** @throws RequestError UNAUTHENTICATED */
function inboxOf({ after }: InboxArgs, context: Context): LiveSource {
  const { accountId } = requireViewer(context);
  return new LiveSource({
    log: inboxLog.keyOf(accountId),
    after: after ?? undefined,
    wants: () => true,
    // A stream whose connection has another viewer by now ends.
    isVisible: ({ viewer }) => Promise.resolve(isAccount(viewer, accountId)),
  });
}

@Resolver()
export class ViewerSubscriptionResolver {
  @ViewerDependent()
  @Subscription(() => ViewerEvent, {
    description:
      'The viewer’s notifications, in order and without a gap: first those after the cursor, then a checkpoint, then each as it is added.',
    subscribe: ({ args, context }: { args: InboxArgs; context: Context }) => inboxOf(args, context),
  })
  viewerEvents(
    @Root() item: StreamItem | OmittedEvent,
    @Arg('after', () => EventCursorScalar, {
      nullable: true,
      description:
        'The viewer’s `liveCursor`, or the `cursor` of the last event received; absent: notifications from now on.',
    })
    _after: string | null | undefined,
  ): ViewerEvent {
    return toViewerEvent(item);
  }
}

/** Fields of all items of the stream. */
@Resolver(() => ViewerEvent)
export class ViewerEventResolver {
  constructor(private readonly inbox: InboxLoaders) {}

  @FieldResolver(() => Int, {
    description: 'The number of notifications that are listed and were not read, as it is now.',
  })
  async unreadNotificationCount(
    @Root() _event: ViewerEvent,
    @Ctx() { viewer, loaders }: Context,
  ): Promise<number> {
    // Rendered for each account by itself.
    if (viewer === null || !isForOne(viewer)) return 0;
    return loaders.get(this.inbox.unreadCount).load(viewer.accountId);
  }
}

@Resolver(() => NotificationAdded)
export class NotificationAddedResolver {
  constructor(private readonly inbox: InboxLoaders) {}

  @FieldResolver(() => Notification, {
    nullable: true,
    description: 'The notification; null if it is not listed any more.',
  })
  async notification(
    @Root() { sequence }: NotificationAdded,
    @Ctx() { viewer, loaders }: Context,
  ): Promise<Notification | null> {
    if (viewer === null || !isForOne(viewer)) return null;
    const row = await loaders.get(this.inbox.byPosition).load(String(sequence));
    return row ? Notification.from(row) : null;
  }
}
