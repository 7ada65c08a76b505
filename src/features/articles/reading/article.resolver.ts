import { Arg, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import { RequestError } from '../../../platform/errors/errors.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import type { Links } from '../../../platform/http/links.ts';
import { nodeFinder } from '../../../platform/graphql/node.ts';
import { Bounded, TextOf } from '../../../platform/graphql/price.ts';
import { UrlScalar } from '../../../platform/graphql/scalars.ts';
import { ViewerDependent } from '../../../platform/graphql/viewer-field.ts';
import { articleBySlug, partsByArticleId, textByArticleId } from '../article/article.loader.ts';
import { canEditArticle } from '../article/article.policy.ts';
import { maxBodyLength, maxSignatures, maxTags } from '../article/article.texts.ts';
import type { ArticleParts, ArticleTextRow } from '../article/article.queries.ts';
import { findArticleByUrl, loadArticle, toVisible } from '../article/article.show.ts';
import { Article, Signature } from '../article/article.type.ts';
import { Tag } from '../tags/tag.type.ts';
import { MaxLengths } from '../../../platform/graphql/max-length.ts';
import { longestSlug } from '../../../platform/text/slug.ts';

async function loadText(article: Article, context: Context): Promise<ArticleTextRow> {
  const row = await context.loaders.get(textByArticleId).load(article.articleId);
  if (!row) throw new Error(`Article ${article.articleId} has no text`);
  return row;
}

async function loadParts({ articleId }: Article, { loaders }: Context): Promise<ArticleParts> {
  const row = await loaders.get(partsByArticleId).load(articleId);
  if (!row) throw new Error(`Article ${articleId} is gone`);
  return row;
}

/** What an article shows of one of its short lists; at once if the list was read with the article. */
function showPart<Name extends keyof ArticleParts, Shown>(
  article: Article,
  name: Name,
  context: Context,
  show: (part: ArticleParts[Name][number]) => Shown,
): Shown[] | Promise<Shown[]> {
  const shown = (part: ArticleParts[Name]): Shown[] => part.map(show);
  const { [name]: read }: Partial<ArticleParts> = article.row;
  return read ? shown(read) : loadParts(article, context).then((parts) => shown(parts[name]));
}

/** The most addresses whose articles are asked for at once. */
const maxUrls = 100;

@Resolver(() => Article)
export class ArticleResolver {
  /** Texts of one operation: a field that is asked for by many names makes its text once. */
  readonly #shown = new WeakMap<Context, WeakMap<ArticleTextRow, string>>();

  constructor(private readonly links: Links) {}

  @MaxLengths({ slug: longestSlug })
  @Query(() => Article, {
    nullable: true,
    description: 'The article with this slug; null if there is none or the viewer may not see it.',
  })
  async article(
    @Arg('slug', () => String, { description: 'The article’s `slug`, as in its `permalink`.' })
    slug: string,
    @Ctx() context: Context,
  ): Promise<Article | null> {
    return toVisible(await context.loaders.get(articleBySlug).load(slug), context);
  }

  @Query(() => Article, {
    nullable: true,
    description:
      'The article with this `permalink` or `canonicalUrl`; null if there is none or the viewer may not see it. A trailing slash and the fragment are ignored, in a permalink also the query string.',
  })
  articleByUrl(
    @Arg('url', () => UrlScalar, { description: 'An absolute address.' }) url: URL,
    @Ctx() context: Context,
  ): Promise<Article | null> {
    return findArticleByUrl(context, this.links, url);
  }

  @Query(() => [Article], {
    nullable: 'items',
    description:
      'The articles with these addresses, in the order of `urls`; null in the place of an address for which `articleByUrl` is null.',
    complexity: ({ args, childComplexity }) =>
      1 + (Array.isArray(args.urls) ? args.urls.length : 1) * (1 + childComplexity),
  })
  articlesByUrl(
    @Arg('urls', () => [UrlScalar], { description: 'At most 100 absolute addresses.' }) urls: URL[],
    @Ctx() context: Context,
  ): Promise<(Article | null)[]> {
    if (urls.length > maxUrls)
      throw new RequestError(
        'BAD_USER_INPUT',
        `\`urls\` takes at most ${maxUrls} addresses, not ${urls.length}.`,
      );
    return Promise.all(urls.map((url) => this.articleByUrl(url, context)));
  }

  @TextOf(maxBodyLength)
  @FieldResolver(() => String, {
    description: 'The text as sanitised HTML, with `dir` on each block; e-mail addresses are masked.',
  })
  async bodyHtml(@Root() article: Article, @Ctx() context: Context): Promise<string> {
    const row = await loadText(article, context);
    const known = this.#shown.get(context) ?? new WeakMap<ArticleTextRow, string>();
    this.#shown.set(context, known);
    const html = known.get(row) ?? this.links.picturesIn(row.bodyHtml);
    known.set(row, html);
    return html;
  }

  @TextOf(maxBodyLength)
  @FieldResolver(() => String, { description: 'The text without markup; e-mail addresses are masked.' })
  async bodyText(@Root() article: Article, @Ctx() context: Context): Promise<string> {
    return (await loadText(article, context)).bodyText;
  }

  @Bounded(maxSignatures)
  @FieldResolver(() => [Signature], {
    description: 'The signatures under the text, in order; empty for most articles.',
  })
  signatures(@Root() article: Article, @Ctx() context: Context): Signature[] | Promise<Signature[]> {
    return showPart(article, 'signatures', context, (signature) => Signature.from(signature));
  }

  @FieldResolver(() => UrlScalar, { description: 'The address of the article’s page.' })
  permalink(@Root() article: Article): string {
    return this.links.article(article.slug);
  }

  @Bounded(maxTags)
  @FieldResolver(() => [Tag], {
    nullable: true,
    description: 'The article’s tags, in the order that its author gave them.',
  })
  tags(@Root() article: Article, @Ctx() context: Context): Tag[] | Promise<Tag[]> {
    return showPart(article, 'tags', context, (tag) => Tag.from(tag));
  }

  @ViewerDependent()
  @FieldResolver(() => Boolean, {
    description: 'Whether the viewer may edit, publish and unpublish the article.',
  })
  viewerCanEdit(@Root() article: Article, @Ctx() context: Context): boolean {
    return canEditArticle(article.facts, context.viewer);
  }

  @TextOf(maxBodyLength)
  @ViewerDependent()
  @FieldResolver(() => String, {
    nullable: true,
    description: 'The Markdown source of the text; null if the viewer may not edit the article.',
  })
  async viewerBodyMarkdown(@Root() article: Article, @Ctx() context: Context): Promise<string | null> {
    if (!canEditArticle(article.facts, context.viewer)) return null;
    return (await loadText(article, context)).bodyMarkdown;
  }

  @FieldResolver(() => Int, {
    description: 'The number of e-mail addresses that are masked in the text: of `viewerContactAddresses`.',
  })
  async contactAddressCount(@Root() article: Article, @Ctx() context: Context): Promise<number> {
    return (await loadText(article, context)).contactAddresses.length;
  }

  @ViewerDependent()
  @FieldResolver(() => [String], {
    nullable: true,
    description:
      'The e-mail addresses that are masked in the text, in order; null when signed out, and while the viewer’s own address has to be confirmed (`Viewer.mustConfirmEmail`).',
  })
  async viewerContactAddresses(
    @Root() article: Article,
    @Ctx() context: Context,
  ): Promise<readonly string[] | null> {
    if (!context.viewer || context.viewer.unconfirmed) return null;
    return (await loadText(article, context)).contactAddresses;
  }
}

/** Finds an article by global id. */
export const findArticleNode = nodeFinder(1, ([id = ''], context) => loadArticle(context, id));
