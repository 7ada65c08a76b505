import { Arg, Args, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import type { Context } from '../graphql/context.ts';
import { type Connection, toConnection } from '../graphql/connection.ts';
import type { Links } from '../graphql/links.ts';
import { nodeFinder } from '../graphql/node.ts';
import { PageArgs, pageRequest } from '../graphql/page.ts';
import { UrlScalar } from '../graphql/scalars.ts';
import { ViewerDependent } from '../graphql/viewer-field.ts';
import { Journalist } from '../journalist/journalist.type.ts';
import {
  articleById,
  articleBySlug,
  articleCountByJournalistId,
  articleCursor,
  articlesByJournalistId,
  partsByArticleId,
  publishedArticles,
  tagById,
  textByArticleId,
} from './article.loader.ts';
import { canEditArticle, canSeeArticle } from './article.policy.ts';
import type {
  ArticleListScope,
  ArticleOrder,
  ArticlePartsRow,
  ArticleRow,
  ArticleTextRow,
} from './article.queries.ts';
import { Article, ArticleConnection, ArticleOrderEnum, Signature, Tag } from './article.type.ts';

/** The article, if there is one and this viewer may see it. */
function toVisible(row: ArticleRow | undefined, context: Context): Article | null {
  return row && canSeeArticle(row, context.viewer) ? Article.from(row) : null;
}

/** The article with this key, if this viewer may see it. */
export async function loadArticle(context: Context, articleId: string): Promise<Article | null> {
  return toVisible(await context.loaders.get(articleById).load(articleId), context);
}

async function loadText(article: Article, context: Context): Promise<ArticleTextRow> {
  const row = await context.loaders.get(textByArticleId).load(article.articleId);
  if (!row) throw new Error(`Article ${article.articleId} has no text`);
  return row;
}

async function loadParts(article: Article, context: Context): Promise<ArticlePartsRow> {
  const row = await context.loaders.get(partsByArticleId).load(article.articleId);
  if (!row) throw new Error(`Article ${article.articleId} is gone`);
  return row;
}

async function loadPage(
  loader: typeof publishedArticles,
  scope: ArticleListScope,
  order: ArticleOrder,
  args: PageArgs,
  context: Context,
): Promise<Connection<Article>> {
  const page = await context.loaders.get(loader).load({ scope, variant: order, request: pageRequest(args) });
  return toConnection(
    page,
    (row) => articleCursor(scope, order, row),
    (row) => Article.from(row),
  );
}

@Resolver(() => Article)
export class ArticleResolver {
  readonly #links: Links;

  constructor(links: Links) {
    this.#links = links;
  }

  @Query(() => Article, {
    nullable: true,
    description: 'The article with this slug; null when there is none for you.',
  })
  async article(
    @Arg('slug', () => String, { description: 'From an article’s `slug` or address.' }) slug: string,
    @Ctx() context: Context,
  ): Promise<Article | null> {
    return toVisible(await context.loaders.get(articleBySlug).load(slug), context);
  }

  @Query(() => ArticleConnection, { nullable: true, description: 'Published articles.' })
  articles(
    @Arg('orderBy', () => ArticleOrderEnum, {
      nullable: true,
      defaultValue: 'NEWEST',
      description: 'Their order.',
    })
    orderBy: ArticleOrder | null,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: Context,
  ): Promise<Connection<Article>> {
    return loadPage(publishedArticles, { journalistId: null }, orderBy ?? 'NEWEST', args, context);
  }

  @FieldResolver(() => String, { description: 'The text as sanitised HTML; e-mail addresses are masked.' })
  async bodyHtml(@Root() article: Article, @Ctx() context: Context): Promise<string> {
    return (await loadText(article, context)).bodyHtml;
  }

  @FieldResolver(() => String, { description: 'The text without markup; e-mail addresses are masked.' })
  async bodyText(@Root() article: Article, @Ctx() context: Context): Promise<string> {
    return (await loadText(article, context)).bodyText;
  }

  @FieldResolver(() => [Signature], {
    description: 'Who signed the text, in order; empty for most articles.',
  })
  async signatures(@Root() article: Article, @Ctx() context: Context): Promise<readonly Signature[]> {
    return (await loadParts(article, context)).signatures.map((signature) => Signature.from(signature));
  }

  @FieldResolver(() => UrlScalar, { description: 'Its page.' })
  permalink(@Root() article: Article): string {
    return this.#links.article(article.slug);
  }

  @FieldResolver(() => Journalist, { description: 'Whose column it stands in.' })
  author(@Root() { journalist }: Article): Journalist {
    return Journalist.from(journalist);
  }

  @FieldResolver(() => [Tag], {
    nullable: true,
    description: 'Its subjects, in the order its author gave them.',
  })
  async tags(@Root() article: Article, @Ctx() context: Context): Promise<Tag[]> {
    return (await loadParts(article, context)).tags.map((tag) => Tag.from(tag));
  }

  @ViewerDependent()
  @FieldResolver(() => Boolean, { description: 'Whether you may edit, publish and unpublish it.' })
  viewerCanEdit(@Root() article: Article, @Ctx() context: Context): boolean {
    return canEditArticle(article.facts, context.viewer);
  }

  @ViewerDependent()
  @FieldResolver(() => String, {
    nullable: true,
    description: 'The source of its text; null to who may not edit it.',
  })
  async viewerBodyMarkdown(@Root() article: Article, @Ctx() context: Context): Promise<string | null> {
    if (!canEditArticle(article.facts, context.viewer)) return null;
    return (await loadText(article, context)).bodyMarkdown;
  }

  @ViewerDependent()
  @FieldResolver(() => [String], {
    nullable: true,
    description: 'The e-mail addresses masked in the text, in order; null to the signed-out.',
  })
  async viewerContactAddresses(
    @Root() article: Article,
    @Ctx() context: Context,
  ): Promise<readonly string[] | null> {
    if (!context.viewer) return null;
    return (await loadText(article, context)).contactAddresses;
  }
}

/** What articles add to journalists. */
@Resolver(() => Journalist)
export class JournalistArticleResolver {
  @FieldResolver(() => Int, { description: 'How many articles they have published.' })
  articleCount(@Root() journalist: Journalist, @Ctx() context: Context): Promise<number> {
    return context.loaders.get(articleCountByJournalistId).load(journalist.journalistId);
  }

  @FieldResolver(() => ArticleConnection, { nullable: true, description: 'What they have published.' })
  articles(
    @Root() { journalistId }: Journalist,
    @Arg('orderBy', () => ArticleOrderEnum, {
      nullable: true,
      defaultValue: 'NEWEST',
      description: 'Their order.',
    })
    orderBy: ArticleOrder | null,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: Context,
  ): Promise<Connection<Article>> {
    return loadPage(articlesByJournalistId, { journalistId }, orderBy ?? 'NEWEST', args, context);
  }
}

/** Finds an article by global id. */
export const findArticleNode = nodeFinder(1, ([id = ''], context) => loadArticle(context, id));

/** Finds a tag by global id. */
export const findTagNode = nodeFinder(1, async ([id = ''], context) => {
  const row = await context.loaders.get(tagById).load(id);
  return row ? Tag.from(row) : null;
});
