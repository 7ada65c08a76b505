import { Field, Int, InterfaceType, ObjectType } from 'type-graphql';
import { encodeEventCursor } from '../../../platform/events/event-cursor.ts';
import type {
  ArticleEventKind,
  LogEvent,
  OmittedEvent,
  ResetReason,
  StreamItem,
  StreamMark,
  StreamReset,
} from '../../../platform/events/event.ts';
import { articleLog } from '../../../platform/events/log.ts';
import { graphqlEnum } from '../../../platform/graphql/enum.ts';
import { ArticleEventKindEnum, type ArticleEvents } from '../../../platform/graphql/article-events.ts';
import { DateTimeScalar, EventCursorScalar } from '../../../platform/graphql/scalars.ts';

/** One numbered event of an article's public history, or a checkpoint or reset in the stream of events. */
@InterfaceType({
  description:
    'One numbered event of an article’s public history, or a checkpoint or reset in the stream of events.',
  resolveType: (value: object) => value.constructor.name,
})
export abstract class ArticleEvent {
  readonly articleId!: string;

  @Field(() => Int, {
    description:
      'The events of one article are numbered from 1 without a gap. A checkpoint or reset has the number of the last event before it.',
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

/** The fields that all events share. */
export function baseOfEvent({ log, sequence, occurredAt }: LogEvent, epoch: string): ArticleEvent {
  const cursor = encodeEventCursor({ epoch, log, sequence });
  return { articleId: articleLog.ownerOf(log), sequence, occurredAt, cursor };
}

/** Shows events by a type that adds nothing. */
export const viewAs =
  (type: new () => ArticleEvent) =>
  (event: LogEvent, epoch: string): ArticleEvent =>
    Object.assign(new type(), baseOfEvent(event, epoch));

/** The same with what the event is about, by its key within the article. @throws Error if it says nothing of that */
export function withSubject(event: LogEvent, epoch: string): ArticleEvent & { readonly subjectId: string } {
  const { kind, log, sequence, subjectId } = event;
  if (subjectId === null) throw new Error(`Event ${sequence} of ${log}, ${kind}, has no subject`);
  return { ...baseOfEvent(event, epoch), subjectId };
}

/** Shows events by a type that adds only what they are about. */
export const viewWithSubject =
  <Shown extends ArticleEvent & { readonly subjectId: string }>(type: new () => Shown) =>
  (event: LogEvent, epoch: string): Shown =>
    Object.assign(new type(), withSubject(event, epoch));

@ObjectType({
  simpleResolvers: true,
  implements: ArticleEvent,
  description:
    'All events up to this position have been sent. A checkpoint is sent when the replay is complete (at once if nothing was missed), and at intervals after that.',
})
export class ArticleCheckpoint extends ArticleEvent {}

export const ResetReasonEnum = graphqlEnum<ResetReason>(
  'ResetReason',
  'The reason why events cannot be replayed.',
  {
    EXPIRED: 'The events are older than the log’s retention time.',
    TOO_MANY: 'More events were missed than are replayed; querying the article is quicker.',
    UNKNOWN_CURSOR: 'The cursor is not one of this article’s events, or lies ahead of them.',
    EPOCH_CHANGED: 'The database was restored from a backup after the cursor was issued.',
  },
);

@ObjectType({
  simpleResolvers: true,
  implements: ArticleEvent,
  description:
    'The events after the requested cursor cannot be sent completely. Query the article again; the stream continues from the reset’s own `cursor`.',
})
export class ArticleReset extends ArticleEvent {
  @Field(() => ResetReasonEnum, { description: 'The reason for the reset.' })
  resetReason!: ResetReason;
}

/** Replaces an event in a stream; has the number and cursor of that event. */
@ObjectType({
  simpleResolvers: true,
  implements: ArticleEvent,
  description:
    'Replaces an event that, with the fields selected, is larger than one event may be. Query the object that it names again, or the whole article; the stream continues.',
})
export class EventOmitted extends ArticleEvent {
  @Field(() => ArticleEventKindEnum.type, { description: 'The kind of the replaced event.' })
  kind!: ArticleEventKind;

  /** What the event is about, by its key within the article. */
  readonly subjectId!: string | null;

  static of({ event, epoch }: OmittedEvent): EventOmitted {
    const { kind, subjectId } = event;
    return Object.assign(new EventOmitted(), baseOfEvent(event, epoch), { kind, subjectId });
  }
}

/** The article's own text or data changed, or the article was published. */
@ObjectType({
  simpleResolvers: true,
  implements: ArticleEvent,
  description: 'The text or data of the article changed, or the article was published.',
})
export class ArticleUpdated extends ArticleEvent {}

@ObjectType({
  simpleResolvers: true,
  implements: ArticleEvent,
  description: 'The article’s `commentPolicy` changed.',
})
export class CommentPolicyChanged extends ArticleEvent {}

@ObjectType({
  simpleResolvers: true,
  implements: ArticleEvent,
  description:
    'The article was unpublished. The stream ends, except for those who may still see the article: its journalist and editors.',
})
export class ArticleUnpublished extends ArticleEvent {}

/** A page of an article's event log. */
@ObjectType({ simpleResolvers: true, description: 'One page of an article’s events.' })
export class ArticleEventPage {
  @Field(() => [ArticleEvent], {
    description:
      'Consecutive events in order, beginning directly after `after`; or one `ArticleReset` alone, after which the article has to be queried again.',
    // The cost of the page size is counted at the field that returns the page.
    complexity: ({ childComplexity }) => 1 + childComplexity,
  })
  events!: ArticleEvent[];

  @Field(() => EventCursorScalar, {
    description:
      'The position after this page, also if the page is empty. To continue, request the next page or subscribe with it as `after`.',
  })
  cursor!: string;

  @Field(() => Boolean, {
    description: 'Whether more events followed when the page was read. If so, request the next page at once.',
  })
  hasMore!: boolean;
}

const markOf = (mark: StreamMark | StreamReset): ArticleEvent => ({
  articleId: articleLog.ownerOf(mark.log),
  sequence: mark.sequence,
  occurredAt: mark.at,
  cursor: encodeEventCursor(mark),
});

/** Converts an item of a stream to its GraphQL type. */
export function toArticleEvent(item: StreamItem | OmittedEvent, events: ArticleEvents): ArticleEvent {
  switch (item.type) {
    case 'omitted':
      return EventOmitted.of(item);
    case 'checkpoint':
      return Object.assign(new ArticleCheckpoint(), markOf(item));
    case 'reset':
      return Object.assign(new ArticleReset(), markOf(item), { resetReason: item.reason });
    case 'event':
      return events.view(item.event, item.epoch);
  }
}
