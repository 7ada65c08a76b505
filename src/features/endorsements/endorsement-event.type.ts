import { Field, ID, InterfaceType, ObjectType } from 'type-graphql';
import { ArticleEvent, baseOfEvent } from '../articles/article/article-event.type.ts';
import type { ArticleEventRecord } from '../../platform/events/event.ts';
import type { EventViews } from '../../platform/graphql/event-views.ts';
import { encodeGlobalId } from '../../platform/graphql/global-id.ts';
import { UuidScalar } from '../../platform/graphql/scalars.ts';

/** An event of one endorsement. */
@InterfaceType({
  implements: ArticleEvent,
  description: 'An event of one endorsement.',
  resolveType: (value: object) => value.constructor.name,
})
export abstract class EndorsementEvent extends ArticleEvent {
  readonly endorsementKey!: string;
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

function base(event: ArticleEventRecord, epoch: string) {
  if (event.endorsementId === null)
    throw new Error(`Event ${event.sequence} of ${event.articleId} names no endorsement`);
  return {
    ...baseOfEvent(event, epoch),
    endorsementKey: event.endorsementId,
    endorsementId: encodeGlobalId('Endorsement', event.articleId, event.endorsementId),
  };
}

/** GraphQL types of the events of endorsements, by kind. */
export const endorsementEventViews = {
  ENDORSEMENT_ADDED: (event, epoch) =>
    Object.assign(new EndorsementAdded(), base(event, epoch), { idempotencyKey: event.idempotencyKey }),
  ENDORSEMENT_UPDATED: (event, epoch) => Object.assign(new EndorsementUpdated(), base(event, epoch)),
  ENDORSEMENT_WITHDRAWN: (event, epoch) => Object.assign(new EndorsementWithdrawn(), base(event, epoch)),
} satisfies EventViews;
