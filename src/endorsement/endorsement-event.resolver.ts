import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { articleOfEvent } from '../article/article-event.resolver.ts';
import { Article } from '../article/article.type.ts';
import type { Context } from '../graphql/context.ts';
import { EndorsementAdded, EndorsementEvent, EndorsementUpdated } from './endorsement-event.type.ts';
import { loadEndorsement } from './endorsement.resolver.ts';
import { Endorsement } from './endorsement.type.ts';

/** What the events of endorsements show. */
@Resolver(() => EndorsementEvent)
export class EndorsementEventResolver {
  @FieldResolver(() => Article, { description: 'The article as it is now, with its count.' })
  article(@Root() event: EndorsementEvent, @Ctx() context: Context): Promise<Article> {
    return articleOfEvent(context, event);
  }
}

@Resolver(() => EndorsementAdded)
export class EndorsementAddedResolver {
  @FieldResolver(() => Endorsement, {
    nullable: true,
    description: 'The endorsement; null if it was withdrawn since.',
  })
  endorsement(
    @Root() { articleId, endorsementKey: id }: EndorsementAdded,
    @Ctx() context: Context,
  ): Promise<Endorsement | null> {
    return loadEndorsement(context, { articleId, id });
  }
}

@Resolver(() => EndorsementUpdated)
export class EndorsementUpdatedResolver {
  @FieldResolver(() => Endorsement, {
    nullable: true,
    description: 'The endorsement as it is now; null if it was withdrawn since.',
  })
  endorsement(
    @Root() { articleId, endorsementKey: id }: EndorsementUpdated,
    @Ctx() context: Context,
  ): Promise<Endorsement | null> {
    return loadEndorsement(context, { articleId, id });
  }
}
