import { Field, ID, InterfaceType, ObjectType } from 'type-graphql';
import { ArticleEvent } from '../../articles/article/article-event.type.ts';
import { UuidScalar } from '../../../platform/graphql/scalars.ts';

/** An event of one comment. */
@InterfaceType({
  implements: ArticleEvent,
  description: 'An event of one comment.',
  resolveType: (value: object) => value.constructor.name,
})
export abstract class CommentEvent extends ArticleEvent {
  /** Key of the comment within its article. */
  readonly subjectId!: string;
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
