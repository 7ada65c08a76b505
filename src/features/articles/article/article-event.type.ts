import { Field, ID, Int, InterfaceType, ObjectType } from 'type-graphql';
import { encodeEventCursor } from '../../../platform/events/event-cursor.ts';
import type {
  ArticleEventKind,
  ArticleEventRecord,
  OmittedEvent,
  ResetReason,
  StreamItem,
  StreamMark,
  StreamReset,
} from '../../../platform/events/event.ts';
import { graphqlEnum } from '../../../platform/graphql/enum.ts';
import type { EventViews } from '../../../platform/graphql/event-views.ts';
import { encodeGlobalId } from '../../../platform/graphql/global-id.ts';
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
export function baseOfEvent(event: ArticleEventRecord, epoch: string): ArticleEvent {
  const { articleId, sequence, occurredAt } = event;
  return { articleId, sequence, occurredAt, cursor: encodeEventCursor({ epoch, articleId, sequence }) };
}

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

export const ArticleEventKindEnum = graphqlEnum<ArticleEventKind>(
  'ArticleEventKind',
  'The kind of an event.',
  {
    COMMENT_ADDED: 'A `CommentAdded` event.',
    COMMENT_EDITED: 'A `CommentEdited` event.',
    COMMENT_UPDATED: 'A `CommentUpdated` event.',
    COMMENT_REMOVED: 'A `CommentRemoved` event.',
    COMMENT_RESTORED: 'A `CommentRestored` event.',
    COMMENT_REACTIONS_CHANGED: 'A `CommentReactionsChanged` event.',
    ENDORSEMENT_ADDED: 'An `EndorsementAdded` event.',
    ENDORSEMENT_UPDATED: 'An `EndorsementUpdated` event.',
    ENDORSEMENT_WITHDRAWN: 'An `EndorsementWithdrawn` event.',
    ARTICLE_UPDATED: 'An `ArticleUpdated` event.',
    COMMENT_POLICY_CHANGED: 'A `CommentPolicyChanged` event.',
    ARTICLE_UNPUBLISHED: 'An `ArticleUnpublished` event.',
    ARTICLE_UNLOCKED: 'An `ArticleUnlocked` event.',
    CAMPAIGN_UPDATED: 'A `CampaignUpdated` event.',
    CAMPAIGN_ENDED: 'A `CampaignEnded` event.',
    PLEDGE_ADDED: 'A `PledgeAdded` event.',
    PLEDGE_CHANGED: 'A `PledgeChanged` event.',
    PLEDGE_WITHDRAWN: 'A `PledgeWithdrawn` event.',
    MILESTONE_REACHED: 'A `MilestoneReached` event.',
    MILESTONE_SETTLED: 'A `MilestoneSettled` event.',
    COLLECTION_PROGRESSED: 'A `CollectionProgressed` event.',
  },
);

/** Replaces an event in a stream; has the number and cursor of that event. */
@ObjectType({
  simpleResolvers: true,
  implements: ArticleEvent,
  description:
    'Replaces an event that, with the fields selected, is larger than one event may be. Query the object that it names again, or the whole article; the stream continues.',
})
export class EventOmitted extends ArticleEvent {
  @Field(() => ArticleEventKindEnum, { description: 'The kind of the replaced event.' })
  kind!: ArticleEventKind;

  @Field(() => ID, {
    nullable: true,
    description:
      'The id of the event’s comment; null for an event of another kind. If no comment is found by this id, remove it from the page.',
  })
  omittedCommentId!: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'The id of the event’s endorsement; null for an event of another kind. If no endorsement is found by this id, remove it from the page.',
  })
  omittedEndorsementId!: string | null;

  static of({ event, epoch }: OmittedEvent): EventOmitted {
    const { articleId, kind, commentId, endorsementId } = event;
    return Object.assign(new EventOmitted(), baseOfEvent(event, epoch), {
      kind,
      omittedCommentId: commentId === null ? null : encodeGlobalId('Comment', articleId, commentId),
      omittedEndorsementId:
        endorsementId === null ? null : encodeGlobalId('Endorsement', articleId, endorsementId),
    });
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

function markOf({ articleId, epoch, sequence, at }: StreamMark | StreamReset): ArticleEvent {
  return { articleId, sequence, occurredAt: at, cursor: encodeEventCursor({ epoch, articleId, sequence }) };
}

/** GraphQL types of the events of the article itself, by kind. */
export const articleEventViews = {
  ARTICLE_UPDATED: (event, epoch) => Object.assign(new ArticleUpdated(), baseOfEvent(event, epoch)),
  COMMENT_POLICY_CHANGED: (event, epoch) =>
    Object.assign(new CommentPolicyChanged(), baseOfEvent(event, epoch)),
  ARTICLE_UNPUBLISHED: (event, epoch) => Object.assign(new ArticleUnpublished(), baseOfEvent(event, epoch)),
} satisfies EventViews;

/** Converts an item of a stream to its GraphQL type. */
export function toArticleEvent(item: StreamItem | OmittedEvent, views: EventViews): ArticleEvent {
  switch (item.type) {
    case 'omitted':
      return EventOmitted.of(item);
    case 'checkpoint':
      return Object.assign(new ArticleCheckpoint(), markOf(item));
    case 'reset':
      return Object.assign(new ArticleReset(), markOf(item), { resetReason: item.reason });
    case 'event': {
      const view = views[item.event.kind as ArticleEventKind];
      if (!view) throw new Error(`No view of ${item.event.kind}`);
      return view(item.event, item.epoch);
    }
  }
}
