import { Field, ID, InterfaceType, ObjectType } from 'type-graphql';
import { ArticleEvent, baseOfEvent } from '../../articles/article/article-event.type.ts';
import type { ArticleEventRecord } from '../../../platform/events/event.ts';
import type { EventViews } from '../../../platform/graphql/event-views.ts';
import { encodeGlobalId } from '../../../platform/graphql/global-id.ts';
import { UuidScalar } from '../../../platform/graphql/scalars.ts';

/** An event of one comment. */
@InterfaceType({
  implements: ArticleEvent,
  description: 'An event of one comment.',
  resolveType: (value: object) => value.constructor.name,
})
export abstract class CommentEvent extends ArticleEvent {
  readonly commentId!: string;
}

@ObjectType({
  simpleResolvers: true,
  implements: [CommentEvent, ArticleEvent],
  description: 'A comment became public.',
})
export class CommentAdded extends CommentEvent {
  @Field(() => UuidScalar, {
    nullable: true,
    description: 'The idempotency key with which the comment was posted, if any.',
  })
  idempotencyKey!: string | null;
}

@ObjectType({
  simpleResolvers: true,
  implements: [CommentEvent, ArticleEvent],
  description: 'The text of a comment changed.',
})
export class CommentEdited extends CommentEvent {}

@ObjectType({
  simpleResolvers: true,
  implements: [CommentEvent, ArticleEvent],
  description: 'A field of a comment other than its text changed: for example, its author’s name was erased.',
})
export class CommentUpdated extends CommentEvent {}

@ObjectType({
  simpleResolvers: true,
  implements: [CommentEvent, ArticleEvent],
  description: 'A removed comment was restored.',
})
export class CommentRestored extends CommentEvent {}

@ObjectType({
  simpleResolvers: true,
  implements: [CommentEvent, ArticleEvent],
  description: 'Somebody added or withdrew a reaction to a comment.',
})
export class CommentReactionsChanged extends CommentEvent {}

@ObjectType({
  simpleResolvers: true,
  implements: [CommentEvent, ArticleEvent],
  description: 'A comment was removed.',
})
export class CommentRemoved extends CommentEvent {
  @Field(() => ID, {
    nullable: true,
    description: 'The id of the comment if it left no tombstone: remove it from the page. Otherwise null.',
  })
  vanishedCommentId!: string | null;
}

/** The fields that all events of comments share. */
function base(event: ArticleEventRecord, epoch: string): Omit<CommentEvent, 'comment'> {
  if (event.commentId === null)
    throw new Error(`Event ${event.sequence} of ${event.articleId} names no comment`);
  return { ...baseOfEvent(event, epoch), commentId: event.commentId };
}

export function toCommentAdded(event: ArticleEventRecord, epoch: string): CommentAdded {
  return Object.assign(new CommentAdded(), base(event, epoch), { idempotencyKey: event.idempotencyKey });
}

/** GraphQL types of the events of comments, by kind. */
export const commentEventViews = {
  COMMENT_ADDED: toCommentAdded,
  COMMENT_EDITED: (event, epoch) => Object.assign(new CommentEdited(), base(event, epoch)),
  COMMENT_UPDATED: (event, epoch) => Object.assign(new CommentUpdated(), base(event, epoch)),
  COMMENT_RESTORED: (event, epoch) => Object.assign(new CommentRestored(), base(event, epoch)),
  COMMENT_REACTIONS_CHANGED: (event, epoch) =>
    Object.assign(new CommentReactionsChanged(), base(event, epoch)),
  COMMENT_REMOVED: (event, epoch) =>
    Object.assign(new CommentRemoved(), base(event, epoch), {
      vanishedCommentId:
        event.vanished && event.commentId !== null
          ? encodeGlobalId('Comment', event.articleId, event.commentId)
          : null,
    }),
} satisfies EventViews;
