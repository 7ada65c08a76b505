import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Context } from '../../../platform/graphql/context.ts';
import { ArticleUpdated, CommentPolicyChanged } from '../article/article-event.type.ts';
import { requireArticle } from '../article/article.show.ts';
import { Article } from '../article/article.type.ts';

@Resolver(() => ArticleUpdated)
export class ArticleUpdatedResolver {
  @FieldResolver(() => Article, { description: 'The article as it is now.' })
  article(@Root() event: ArticleUpdated, @Ctx() context: Context): Promise<Article> {
    return requireArticle(context, event.articleId);
  }
}

@Resolver(() => CommentPolicyChanged)
export class CommentPolicyChangedResolver {
  @FieldResolver(() => Article, { description: 'The article as it is now.' })
  article(@Root() event: CommentPolicyChanged, @Ctx() context: Context): Promise<Article> {
    return requireArticle(context, event.articleId);
  }
}
