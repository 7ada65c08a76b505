import { Field, InterfaceType, ObjectType } from 'type-graphql';
import { ResetReasonEnum } from '../../articles/article/article-event.type.ts';
import { encodeEventCursor } from '../../../platform/events/event-cursor.ts';
import type { ResetReason, StreamMark, StreamReset } from '../../../platform/events/event.ts';
import { connectionType, edgeType } from '../../../platform/graphql/connection.ts';
import { DateTimeScalar, EventCursorScalar, SafeIntScalar } from '../../../platform/graphql/scalars.ts';
import type { ModerationActorKind } from '../../../platform/screening/moderation-event-kinds.ts';
import type { ModerationEventRow } from '../../../platform/screening/moderation-log.queries.ts';
import { moderationLog } from '../../../platform/screening/moderation-log.ts';
import { ModerationActorKindEnum } from '../../../platform/screening/actor-kind.type.ts';

/** One action in the log of moderation, or a checkpoint or reset in its stream. */
@InterfaceType({
  description: 'One action in the log of moderation, or a checkpoint or reset in the stream of actions.',
  resolveType: (value: object) => value.constructor.name,
})
export abstract class ModerationEvent {
  @Field(() => SafeIntScalar, {
    description:
      'The actions of moderation are numbered from 1 without a gap. A checkpoint or reset has the number of the last action before it.',
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

/** An entry of the log of moderation. */
@InterfaceType({
  implements: ModerationEvent,
  description:
    'Something that somebody has done, with the objects that it is about as they are now. Accounts that were erased are not named any more.',
  resolveType: (value: object) => value.constructor.name,
})
export abstract class ModerationAction extends ModerationEvent {
  readonly row!: ModerationEventRow;

  @Field(() => ModerationActorKindEnum, { description: 'Who has acted: a person, a program or the service.' })
  actorKind!: ModerationActorKind;
}

export const ModerationActionConnection = connectionType(
  ModerationAction,
  edgeType(ModerationAction, 'ModerationAction'),
  'ModerationAction',
);

const MarkType = (description: string): ClassDecorator =>
  ObjectType({ simpleResolvers: true, implements: ModerationEvent, description });

@MarkType(
  'All actions up to this position have been sent. A checkpoint is sent when the replay is complete (at once if nothing was missed), and at intervals after that.',
)
export class ModerationCheckpoint extends ModerationEvent {}

@MarkType(
  'Actions cannot be sent: those after the requested cursor, or the one with this number, if what is selected of it is larger than one event may be. Query the queue again; the stream continues from the reset’s own `cursor`.',
)
export class ModerationReset extends ModerationEvent {
  @Field(() => ResetReasonEnum, {
    description: 'The reason for the reset; TOO_MANY also for one event that is too large.',
  })
  resetReason!: ResetReason;
}

/** A page of the log of moderation. */
@ObjectType({ simpleResolvers: true, description: 'One page of the log of moderation.' })
export class ModerationEventPage {
  @Field(() => [ModerationEvent], {
    description:
      'Consecutive actions in order, beginning directly after `after`; or one `ModerationReset` alone, after which the queue has to be queried again. A `ModerationReset` among actions stands for one whose text is larger than one event may be.',
    // The cost of the page size is counted at the field that returns the page.
    complexity: ({ childComplexity }) => 1 + childComplexity,
  })
  events!: ModerationEvent[];

  @Field(() => EventCursorScalar, {
    description:
      'The position after this page, also if the page is empty. To continue, request the next page or subscribe with it as `after`.',
  })
  cursor!: string;

  @Field(() => Boolean, {
    description:
      'Whether more actions followed when the page was read. If so, request the next page at once.',
  })
  hasMore!: boolean;
}

/** Makes the GraphQL object of one action. */
export type ActionView = (row: ModerationEventRow, base: ModerationAction) => ModerationAction;

/** The fields that all actions share. */
export const baseOfAction = (row: ModerationEventRow, epoch: string): ModerationAction => ({
  row,
  sequence: row.sequence,
  cursor: encodeEventCursor({ epoch, log: moderationLog.keyOf(), sequence: row.sequence }),
  occurredAt: row.occurredAt,
  actorKind: row.actorKind,
});

/** Converts a checkpoint or a reset of the stream to its GraphQL type. */
export function toModerationMark(mark: StreamMark | StreamReset): ModerationEvent {
  const base = { sequence: mark.sequence, occurredAt: mark.at, cursor: encodeEventCursor(mark) };
  if (mark.type === 'checkpoint') return Object.assign(new ModerationCheckpoint(), base);
  return Object.assign(new ModerationReset(), base, { resetReason: mark.reason });
}

/** A reset in the place of one action that cannot be shown, with its number and cursor. */
export const resetInPlaceOf = (
  { sequence, occurredAt }: Pick<ModerationEventRow, 'sequence' | 'occurredAt'>,
  epoch: string,
  resetReason: ResetReason,
): ModerationReset =>
  Object.assign(new ModerationReset(), {
    sequence,
    occurredAt,
    cursor: encodeEventCursor({ epoch, log: moderationLog.keyOf(), sequence }),
    resetReason,
  });
