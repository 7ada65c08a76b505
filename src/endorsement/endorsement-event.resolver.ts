import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { loadArticle } from '../article/article.resolver.ts';
import { Article } from '../article/article.type.ts';
import type { Context } from '../graphql/context.ts';
import { EndorsementAdded, EndorsementEvent } from './endorsement-event.type.ts';
import { loadEndorsement } from './endorsement.resolver.ts';
import { Endorsement } from './endorsement.type.ts';

/** What the events of endorsements show. */
@Resolver(() => EndorsementEvent)
export class EndorsementEventResolver {
  @FieldResolver(() => Article, { description: 'The article as it is now, with its count.' })
  async article(@Root() { articleId }: EndorsementEvent, @Ctx() context: Context): Promise<Article> {
    const article = await loadArticle(context, articleId);
    if (!article) throw new Error(`Article ${articleId} is no longer visible`);
    return article;
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
