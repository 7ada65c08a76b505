import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { RequestError } from '../errors.ts';
import type { Context } from '../graphql/context.ts';
import { type ArticleEvent, ArticleUpdated, CommentPolicyChanged } from './article-event.type.ts';
import { loadArticle } from './article.resolver.ts';
import { Article } from './article.type.ts';

/**
 * The article that an event speaks of, as it is now.
 * @throws RequestError NOT_FOUND once this viewer may no longer see it: that ends their stream
 */
export async function articleOfEvent(context: Context, { articleId }: ArticleEvent): Promise<Article> {
  const article = await loadArticle(context, articleId);
  if (!article) throw new RequestError('NOT_FOUND');
  return article;
}

@Resolver(() => ArticleUpdated)
export class ArticleUpdatedResolver {
  @FieldResolver(() => Article, { description: 'The article as it is now.' })
  article(@Root() event: ArticleUpdated, @Ctx() context: Context): Promise<Article> {
    return articleOfEvent(context, event);
  }
}

@Resolver(() => CommentPolicyChanged)
export class CommentPolicyChangedResolver {
  @FieldResolver(() => Article, { description: 'The article as it is now.' })
  article(@Root() event: CommentPolicyChanged, @Ctx() context: Context): Promise<Article> {
    return articleOfEvent(context, event);
  }
}
