import { feedRoutes, fillRoute } from '../../platform/http/paths.ts';
import { isSlug } from '../../platform/text/slug.ts';
import { feedAlternates, oembedAlternate } from '../../platform/page/page-alternates.ts';
import { mayHaveExtras } from '../../features/funding/campaign.page.ts';
import { articleContent, type ArticleMore, branchContent } from './page-content.ts';
import { excerpt } from '../../platform/page/page-head.ts';
import { articleJsonLd } from '../../features/articles/article-head.page.ts';
import { articleOperation, branchOperation, campaignOperation, type PageArticle } from './page-operations.ts';
import { servedOnly, texts } from '../../platform/page/page-texts.ts';
import { notFoundView, type PageView, unreadView, type ViewMaker } from '../../platform/page/served.ts';

/** Whether a text can be a comment's id: two keys in base64url. */
const isId = (text = ''): text is string => /^[\w-]{1,200}$/.test(text);

/** Whether a value can be a cursor: base64url. The parameter of a query may be there several times. */
const isCursor = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w-]{1,512}$/.test(value);

function articleView(article: PageArticle, siteUrl: string, more: ArticleMore = {}): PageView {
  const { slug, title, standfirst, bodyText, author, tags, permalink } = article;
  return {
    status: 200,
    head: {
      title,
      description: excerpt(standfirst ?? bodyText),
      canonical: article.canonicalUrl ?? permalink,
      type: 'article',
      image: author.photoUrl,
      properties: [
        ['article:published_time', article.publishedAt],
        ['article:author', author.permalink],
        ...(tags ?? []).map(({ name }) => ['article:tag', name] as const),
      ],
      alternates: [
        ...feedAlternates(servedOnly.commentsFeed(title), siteUrl + fillRoute(feedRoutes.comments, { slug })),
        oembedAlternate(title, siteUrl, permalink),
      ],
      jsonLd: articleJsonLd(article),
    },
    content: articleContent(article, more),
  };
}

/**
 * An article, by `after` of the query with later comments than the first ones: for search engines its canonical page is
 * the article's all the same.
 */
export const articlePage: ViewMaker = async ({ slug }, { read, siteUrl }, { after }) => {
  if (!isSlug(slug)) return notFoundView;
  if (after !== undefined && !isCursor(after)) return notFoundView;
  // Without the variable, so that the article's own page has one answer in memory.
  const data = await read(articleOperation, after === undefined ? { slug } : { slug, after });
  if (data === undefined) return unreadView;
  if (!data?.article) return notFoundView;
  const { campaign } = data.article;
  if (!campaign || !mayHaveExtras(campaign)) return articleView(data.article, siteUrl, { after });
  const found = await read(campaignOperation, { slug });
  const view = articleView(data.article, siteUrl, { after, extras: found?.article?.campaign ?? undefined });
  // Without what could not be read the page is whole, but is not to be stored.
  return found ? view : { ...view, unread: true };
};

/** One branch of a thread: for search engines its canonical page is the article's, which has the comment too. */
export const branchPage: ViewMaker = async ({ slug, commentId }, { read, siteUrl }) => {
  if (!isSlug(slug) || !isId(commentId)) return notFoundView;
  const data = await read(branchOperation, { slug, commentId });
  if (!data) return unreadView;
  if (!data.article || data.comment?.article.slug !== slug) return notFoundView;
  const view = articleView(data.article, siteUrl);
  const title = texts.branchTitle(data.article.title);
  const { permalink, status } = data.comment;
  return {
    ...view,
    head: {
      ...view.head,
      title,
      // Of a tombstone there is nothing to be shown elsewhere.
      alternates: status === 'PUBLISHED' ? [oembedAlternate(title, siteUrl, permalink)] : [],
    },
    content: branchContent(data.article, data.comment),
  };
};
