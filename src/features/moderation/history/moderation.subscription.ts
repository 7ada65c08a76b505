import { Arg, Ctx, Resolver, Root, Subscription } from 'type-graphql';
import { refusalToModerate } from '../../../platform/auth/viewer.ts';
import { RequestError } from '../../../platform/errors/errors.ts';
import type { OmittedEvent, StreamItem } from '../../../platform/events/event.ts';
import { type Context, requireViewer } from '../../../platform/graphql/context.ts';
import { LiveSource } from '../../../platform/graphql/live-source.ts';
import { NeedsScope } from '../../../platform/graphql/needs-scope.ts';
import { EventCursorScalar } from '../../../platform/graphql/scalars.ts';
import { moderationLog } from '../../../platform/screening/moderation-log.ts';
import { showModerationItem } from './moderation-event.show.ts';
import { ModerationEvent } from './moderation-event.type.ts';

interface ModerationArgs {
  readonly after?: string | null;
}

/** @throws RequestError UNAUTHENTICATED, FORBIDDEN */
function moderationOf({ after }: ModerationArgs, context: Context): LiveSource {
  requireViewer(context);
  return new LiveSource({
    log: moderationLog.keyOf(),
    after: after ?? undefined,
    wants: () => true,
    // Also called when the rights of a viewer have changed: the stream ends with this error.
    isVisible: ({ viewer }) =>
      refusalToModerate(viewer) ? Promise.reject(new RequestError('FORBIDDEN')) : Promise.resolve(true),
  });
}

@Resolver()
export class ModerationSubscriptionResolver {
  @NeedsScope('MODERATE')
  @Subscription(() => ModerationEvent, {
    description:
      'What happens in moderation, in order and without a gap: first the actions after the cursor, then a checkpoint, then each action as it happens. Every entry into the queue and every decision is exactly one action. For moderators.',
    subscribe: ({ args, context }: { args: ModerationArgs; context: Context }) => moderationOf(args, context),
  })
  moderationEvents(
    @Root() item: StreamItem | OmittedEvent,
    @Arg('after', () => EventCursorScalar, {
      nullable: true,
      description:
        'The `liveCursor` of `moderationQueue`, or the `cursor` of the last event received; absent: actions from now on.',
    })
    _after: string | null | undefined,
    @Ctx() context: Context,
  ): Promise<ModerationEvent> {
    return showModerationItem(item, context);
  }
}
