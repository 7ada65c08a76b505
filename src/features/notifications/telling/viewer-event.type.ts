import { Field, Int, InterfaceType, ObjectType } from 'type-graphql';
import { ResetReasonEnum } from '../../articles/article/article-event.type.ts';
import { encodeEventCursor } from '../../../platform/events/event-cursor.ts';
import type { OmittedEvent, ResetReason, StreamItem } from '../../../platform/events/event.ts';
import { DateTimeScalar, EventCursorScalar } from '../../../platform/graphql/scalars.ts';

/** One notification of the viewer's inbox, or a checkpoint or reset in the stream of notifications. */
@InterfaceType({
  description:
    'One notification of the viewer’s inbox, or a checkpoint or reset in the stream of notifications.',
  resolveType: (value: object) => value.constructor.name,
})
export abstract class ViewerEvent {
  @Field(() => Int, {
    description:
      'The notifications of one account are numbered from 1 without a gap, as `position` says. A checkpoint or reset has the number of the last one before it.',
  })
  sequence!: number;

  @Field(() => EventCursorScalar, {
    description:
      'The position after this event. To resume after an interruption, subscribe with it as `after`.',
  })
  cursor!: string;

  @Field(() => DateTimeScalar, { description: 'The time of the event.' })
  occurredAt!: Date;
}

const ViewerEventType = (description: string): ClassDecorator =>
  ObjectType({ simpleResolvers: true, implements: ViewerEvent, description });

@ViewerEventType('The viewer is told of something.')
export class NotificationAdded extends ViewerEvent {}

@ViewerEventType(
  'All notifications up to this position have been sent. A checkpoint is sent when the replay is complete (at once if nothing was missed), at intervals after that, and when notifications were marked as read.',
)
export class ViewerCheckpoint extends ViewerEvent {}

@ViewerEventType(
  'The notifications after the requested cursor cannot be sent completely. Query the inbox again; the stream continues from the reset’s own `cursor`.',
)
export class ViewerReset extends ViewerEvent {
  @Field(() => ResetReasonEnum, { description: 'The reason for the reset.' })
  resetReason!: ResetReason;
}

/** Converts an item of an inbox's stream to its GraphQL type. */
export function toViewerEvent(item: StreamItem | OmittedEvent): ViewerEvent {
  if (item.type === 'event' || item.type === 'omitted') {
    const { epoch, event } = item;
    const { sequence, occurredAt } = event;
    const base = { sequence, occurredAt, cursor: encodeEventCursor({ ...event, epoch }) };
    if (item.type === 'event') return Object.assign(new NotificationAdded(), base);
    // It is larger than one event may be.
    return Object.assign(new ViewerReset(), base, { resetReason: 'TOO_MANY' as const });
  }
  const base = { sequence: item.sequence, occurredAt: item.at, cursor: encodeEventCursor(item) };
  if (item.type === 'checkpoint') return Object.assign(new ViewerCheckpoint(), base);
  return Object.assign(new ViewerReset(), base, { resetReason: item.reason });
}
