import { Field, ID, Int, InterfaceType, ObjectType } from 'type-graphql';
import { encodeEventCursor } from '../events/event-cursor.ts';
import type {
  ArticleEventKind,
  ArticleEventRecord,
  OmittedEvent,
  ResetReason,
  StreamItem,
  StreamMark,
  StreamReset,
} from '../events/event.ts';
import { graphqlEnum } from '../graphql/enum.ts';
import type { EventViews } from '../graphql/event-views.ts';
import { encodeGlobalId } from '../graphql/global-id.ts';
import { DateTimeScalar, EventCursorScalar } from '../graphql/scalars.ts';

/** One numbered event of an article's public history, or a checkpoint or reset in the stream of events. */
@InterfaceType({
  description: 'One numbered fact of an article’s public history, or a mark in the stream of them.',
  resolveType: (value: object) => value.constructor.name,
})
export abstract class ArticleEvent {
  readonly articleId!: string;

  @Field(() => Int, {
    description:
      'Facts of one article are numbered from 1 without a gap. On a checkpoint or reset: the position, not a new number.',
  })
  sequence!: number;

  @Field(() => EventCursorScalar, {
    description: 'Where to go on after an interruption: subscribe again with `after` this.',
  })
  cursor!: string;

  @Field(() => DateTimeScalar, { description: 'When it happened.' })
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
    'Everything up to here was sent. Comes when the replay is complete (at once if nothing was missed), and now and then.',
})
export class ArticleCheckpoint extends ArticleEvent {}

const ResetReasonEnum = graphqlEnum<ResetReason>('ResetReason', 'Why events can’t be replayed.', {
  EXPIRED: 'They are older than the log is kept.',
  TOO_MANY: 'They are more than are replayed; the snapshot is quicker.',
  UNKNOWN_CURSOR: 'The cursor is not of this article’s events, or lies ahead of them.',
  EPOCH_CHANGED: 'The database was restored from a backup since.',
});

@ObjectType({
  simpleResolvers: true,
  implements: ArticleEvent,
  description:
    'What lies behind the cursor can’t be sent completely. Query the article again; the stream goes on from this `cursor`.',
})
export class ArticleReset extends ArticleEvent {
  @Field(() => ResetReasonEnum, { description: 'Why.' })
  resetReason!: ResetReason;
}

const ArticleEventKindEnum = graphqlEnum<ArticleEventKind>('ArticleEventKind', 'The kinds of events.', {
  COMMENT_ADDED: 'As `CommentAdded`.',
  COMMENT_EDITED: 'As `CommentEdited`.',
  COMMENT_UPDATED: 'As `CommentUpdated`.',
  COMMENT_REMOVED: 'As `CommentRemoved`.',
  COMMENT_RESTORED: 'As `CommentRestored`.',
  COMMENT_REACTIONS_CHANGED: 'As `CommentReactionsChanged`.',
  ENDORSEMENT_ADDED: 'As `EndorsementAdded`.',
  ENDORSEMENT_UPDATED: 'As `EndorsementUpdated`.',
  ENDORSEMENT_WITHDRAWN: 'As `EndorsementWithdrawn`.',
  ARTICLE_UPDATED: 'As `ArticleUpdated`.',
  COMMENT_POLICY_CHANGED: 'As `CommentPolicyChanged`.',
  ARTICLE_UNPUBLISHED: 'As `ArticleUnpublished`.',
});

/** Replaces an event in a stream; has the number and cursor of that event. */
@ObjectType({
  simpleResolvers: true,
  implements: ArticleEvent,
  description:
    'Stands in the place of an event of which your selection takes more than may be sent of one. Query what it names anew, or the whole article; the stream goes on.',
})
export class EventOmitted extends ArticleEvent {
  @Field(() => ArticleEventKindEnum, { description: 'What the event was.' })
  kind!: ArticleEventKind;

  @Field(() => ID, {
    nullable: true,
    description: 'The comment that it is about. If there is none with this id for you, take it out.',
  })
  omittedCommentId!: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The endorsement that it is about. If there is none with this id for you, take it out.',
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
  description: 'The article itself changed: its text, its data, or that it was published.',
})
export class ArticleUpdated extends ArticleEvent {}

@ObjectType({
  simpleResolvers: true,
  implements: ArticleEvent,
  description: 'Whether and how the article takes comments changed.',
})
export class CommentPolicyChanged extends ArticleEvent {}

@ObjectType({
  simpleResolvers: true,
  implements: ArticleEvent,
  description:
    'The article was taken back. Ends the stream, except for those who may see it all the same: its journalist and editors.',
})
export class ArticleUnpublished extends ArticleEvent {}

/** A page of an article's event log. */
@ObjectType({ simpleResolvers: true, description: 'A part of an article’s events, by request.' })
export class ArticleEventPage {
  @Field(() => [ArticleEvent], {
    description:
      'In order, each right behind the one before it; the first one right behind `after`. Or an `ArticleReset` alone: query the article again.',
    // The cost of the page size is counted at the field that returns the page.
    complexity: ({ childComplexity }) => 1 + childComplexity,
  })
  events!: ArticleEvent[];

  @Field(() => EventCursorScalar, {
    description: 'Where to go on: ask again, or subscribe, with `after` this. Good on an empty page, too.',
  })
  cursor!: string;

  @Field(() => Boolean, {
    description: 'Whether there were more events behind these when they were read. Ask on at once if so.',
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
      const view = views[item.event.kind];
      if (!view) throw new Error(`No view of ${item.event.kind}`);
      return view(item.event, item.epoch);
    }
  }
}
