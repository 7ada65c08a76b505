import type { GraphQLResolveInfo } from 'graphql';
import { RequestError } from '../../../platform/errors/errors.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import type { Links } from '../../../platform/http/links.ts';
import { selectedNames } from '../../../platform/graphql/selects-field.ts';
import { articleById, articleBySlug, articlesByCanonicalUrl } from './article.loader.ts';
import { canSeeArticle } from './article.policy.ts';
import type { ArticleExtent, ArticleRow } from './article.queries.ts';
import { Article } from './article.type.ts';

/** The article, if it exists and the viewer may see it. */
export function toVisible(row: ArticleRow | undefined, context: Pick<Context, 'viewer'>): Article | null {
  return row && canSeeArticle(row, context.viewer) ? Article.from(row) : null;
}

/** The article with this key, if it exists and the viewer may see it. */
export async function loadArticle(
  context: Pick<Context, 'viewer' | 'loaders'>,
  articleId: string,
): Promise<Article | null> {
  return toVisible(await context.loaders.get(articleById).load(articleId), context);
}

/** The article with this permalink or canonical URL, if it exists and the viewer may see it. */
export async function findArticleByUrl(context: Context, links: Links, url: URL): Promise<Article | null> {
  const slug = links.slugOfArticle(url);
  const own =
    slug === undefined ? null : toVisible(await context.loaders.get(articleBySlug).load(slug), context);
  if (own) return own;
  const rows = await context.loaders.get(articlesByCanonicalUrl).load(url.href);
  return toVisible(
    rows.find((row) => canSeeArticle(row, context.viewer)),
    context,
  );
}

/**
 * The article of an object that is being shown. The article was visible when that object was read.
 * @throws RequestError NOT_FOUND if the article was unpublished since: a response shows the current state, or nothing
 */
export async function requireArticle(context: Context, articleId: string): Promise<Article> {
  const article = await loadArticle(context, articleId);
  if (!article) throw new RequestError('NOT_FOUND');
  return article;
}

/** Fields of articles, and of their authors, for which a short row is enough. */
const shortFields: ReadonlySet<string> = new Set([
  '__typename',
  'id',
  'slug',
  'title',
  'standfirst',
  'status',
  'publishedAt',
  'permalink',
  'author',
  'commentPolicy',
  'commentCount',
  'endorsementCount',
  'tags',
  'signatures',
]);
const shortAuthorFields: ReadonlySet<string> = new Set([
  '__typename',
  'id',
  'slug',
  'name',
  'location',
  'photoUrl',
  'permalink',
]);

const isWithin = (names: ReadonlySet<string>, all: ReadonlySet<string>): boolean =>
  [...names].every((name) => all.has(name));

/** What a list of articles reads of each of them: what it shows. */
export function extentOfList(info: GraphQLResolveInfo): ArticleExtent {
  const fields = selectedNames(info, 'nodes', 'edges.node');
  const isShort =
    isWithin(fields, shortFields) &&
    isWithin(selectedNames(info, 'nodes.author', 'edges.node.author'), shortAuthorFields);
  return {
    row: isShort ? 'short' : 'whole',
    parts: (['signatures', 'tags'] as const).filter((part) => fields.has(part)),
  };
}
