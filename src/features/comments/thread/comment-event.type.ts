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

const CommentEventType = (description: string): ClassDecorator =>
  ObjectType({ simpleResolvers: true, implements: [CommentEvent, ArticleEvent], description });

@CommentEventType('A comment became public.')
export class CommentAdded extends CommentEvent {
  @Field(() => UuidScalar, {
    nullable: true,
    description: 'The idempotency key with which the comment was posted, if any.',
  })
  idempotencyKey!: string | null;
}

@CommentEventType('The text of a comment changed.')
export class CommentEdited extends CommentEvent {}

@CommentEventType(
  'A field of a comment other than its text changed: for example, its author’s name was erased.',
)
export class CommentUpdated extends CommentEvent {}

@CommentEventType('A removed comment was restored.')
export class CommentRestored extends CommentEvent {}

@CommentEventType('Somebody added or withdrew a reaction to a comment.')
export class CommentReactionsChanged extends CommentEvent {}

@CommentEventType('A comment was removed.')
export class CommentRemoved extends CommentEvent {
  @Field(() => ID, {
    nullable: true,
    description: 'The id of the comment if it left no tombstone: remove it from the page. Otherwise null.',
  })
  vanishedCommentId!: string | null;
}
