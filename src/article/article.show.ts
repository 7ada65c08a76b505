import { RequestError } from '../errors/errors.ts';
import type { Context } from '../graphql/context.ts';
import { articleById } from './article.loader.ts';
import { canSeeArticle } from './article.policy.ts';
import type { ArticleRow } from './article.queries.ts';
import { Article } from './article.type.ts';

/** The article, if there is one and this viewer may see it. */
export function toVisible(row: ArticleRow | undefined, context: Context): Article | null {
  return row && canSeeArticle(row, context.viewer) ? Article.from(row) : null;
}

/** The article with this key, if this viewer may see it. */
export async function loadArticle(context: Context, articleId: string): Promise<Article | null> {
  return toVisible(await context.loaders.get(articleById).load(articleId), context);
}

/**
 * The article of what is being shown. It was visible a moment ago, when that was read.
 * @throws RequestError NOT_FOUND once it was taken back: an answer shows things as they are, or not at all
 */
export async function requireArticle(context: Context, articleId: string): Promise<Article> {
  const article = await loadArticle(context, articleId);
  if (!article) throw new RequestError('NOT_FOUND');
  return article;
}
