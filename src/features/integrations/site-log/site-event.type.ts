import { Field, ID, InterfaceType, ObjectType } from 'type-graphql';
import { ResetReasonEnum } from '../../articles/article/article-event.type.ts';
import { encodeEventCursor } from '../../../platform/events/event-cursor.ts';
import type {
  ArticleEventKind,
  OmittedEvent,
  ResetReason,
  StreamItem,
} from '../../../platform/events/event.ts';
import { encodeGlobalId } from '../../../platform/graphql/global-id.ts';
import { DateTimeScalar, EventCursorScalar, SafeIntScalar } from '../../../platform/graphql/scalars.ts';
import { originOf } from './site-log.ts';

/** One public event of the whole site, or a checkpoint or reset in the stream of these events. */
@InterfaceType({
  description: 'One public event of the whole site, or a checkpoint or reset in the stream of these events.',
  resolveType: (value: object) => value.constructor.name,
})
export abstract class SiteEvent {
  @Field(() => SafeIntScalar, {
    description:
      'The public events of the site are numbered from 1 without a gap. A checkpoint or reset has the number of the last event before it.',
  })
  position!: number;

  @Field(() => EventCursorScalar, {
    description:
      'The position after this event. To resume after an interruption, subscribe with it as `after`.',
  })
  cursor!: string;

  @Field(() => DateTimeScalar, { description: 'The time of the event.' })
  occurredAt!: Date;
}

@ObjectType({
  simpleResolvers: true,
  implements: SiteEvent,
  description: 'An event of one article, as `Subscription.articleEvents` of that article shows it.',
})
export class SiteArticleEvent extends SiteEvent {
  /** The event as its article's log has it. */
  readonly original!: StreamItem | OmittedEvent;

  /** Key of the article. */
  readonly articleKey!: string;

  /** Whether the event made its article invisible, which is all that it says. */
  readonly isUnpublication!: boolean;

  @Field(() => ID, { description: 'The id of the article, also if the article is not public any more.' })
  articleId!: string;

  @Field(() => Boolean, {
    description:
      'Whether the article became public by this event: it was published, again or for the first time.',
  })
  publishesArticle!: boolean;
}

@ObjectType({
  simpleResolvers: true,
  implements: SiteEvent,
  description:
    'All events up to this position have been sent. A checkpoint is sent when the replay is complete (at once if nothing was missed), and at intervals after that.',
})
export class SiteCheckpoint extends SiteEvent {}

@ObjectType({
  simpleResolvers: true,
  implements: SiteEvent,
  description:
    'The events after the requested cursor cannot be sent completely. Query again what you show; the stream continues from the reset’s own `cursor`.',
})
export class SiteReset extends SiteEvent {
  @Field(() => ResetReasonEnum, { description: 'The reason for the reset.' })
  resetReason!: ResetReason;
}

/** A page of the site's log. */
@ObjectType({ simpleResolvers: true, description: 'One page of the public events of the whole site.' })
export class SiteEventPage {
  @Field(() => [SiteEvent], {
    description:
      'Consecutive events in order, beginning directly after `after`; or one `SiteReset` alone, after which everything that is shown has to be queried again.',
    // The cost of the page size is counted at the field that returns the page.
    complexity: ({ childComplexity }) => 1 + childComplexity,
  })
  events!: SiteEvent[];

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

/** Replaces events of the site's log by those of the articles' logs; marks stay as they are. */
export const toOriginal = (item: StreamItem): StreamItem =>
  item.type === 'event' ? { ...item, event: originOf(item.event).original } : item;

/**
 * Converts an item of the site's stream to its GraphQL type.
 * @param isOmitted whether the event is too large to be shown
 */
export function toSiteEvent(item: StreamItem | OmittedEvent, isOmitted = item.type === 'omitted'): SiteEvent {
  if (item.type === 'event' || item.type === 'omitted') {
    const { epoch, event } = item;
    const { original, publishes } = originOf(event);
    return Object.assign(new SiteArticleEvent(), {
      position: event.sequence,
      cursor: encodeEventCursor({ ...event, epoch }),
      occurredAt: event.occurredAt,
      articleId: encodeGlobalId('Article', original.log),
      articleKey: original.log,
      isUnpublication: event.kind === ('ARTICLE_UNPUBLISHED' satisfies ArticleEventKind),
      publishesArticle: publishes,
      original: { type: isOmitted ? 'omitted' : 'event', epoch, event: original } as const,
    });
  }
  const base = { position: item.sequence, occurredAt: item.at, cursor: encodeEventCursor(item) };
  if (item.type === 'checkpoint') return Object.assign(new SiteCheckpoint(), base);
  return Object.assign(new SiteReset(), base, { resetReason: item.reason });
}
