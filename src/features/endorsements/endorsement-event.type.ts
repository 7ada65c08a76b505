import { Field, ID, InterfaceType, ObjectType } from 'type-graphql';
import { ArticleEvent } from '../articles/article/article-event.type.ts';
import { UuidScalar } from '../../platform/graphql/scalars.ts';

/** An event of one endorsement. */
@InterfaceType({
  implements: ArticleEvent,
  description: 'An event of one endorsement.',
  resolveType: (value: object) => value.constructor.name,
})
export abstract class EndorsementEvent extends ArticleEvent {
  /** Key of the endorsement within its article. */
  readonly subjectId!: string;
}

@ObjectType({
  simpleResolvers: true,
  implements: [EndorsementEvent, ArticleEvent],
  description: 'Somebody endorsed the article.',
})
export class EndorsementAdded extends EndorsementEvent {
  @Field(() => UuidScalar, {
    nullable: true,
    description: 'The idempotency key with which the endorsement was made, if any.',
  })
  idempotencyKey!: string | null;
}

@ObjectType({
  simpleResolvers: true,
  implements: [EndorsementEvent, ArticleEvent],
  description: 'A text of an endorsement changed, or the endorsement is now featured or no longer is.',
})
export class EndorsementUpdated extends EndorsementEvent {}

@ObjectType({
  simpleResolvers: true,
  implements: [EndorsementEvent, ArticleEvent],
  description: 'Somebody withdrew their endorsement.',
})
export class EndorsementWithdrawn extends EndorsementEvent {
  @Field(() => ID, { description: 'The id of the withdrawn endorsement: remove it from the page.' })
  endorsementId!: string;
}
