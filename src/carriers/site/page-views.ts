import { fillRoute, type PageRoute, pageRoutes } from '../../http/paths.ts';
import { slugPattern } from '../../text/slug.ts';
import { tagNameToFind } from '../../text/tag-name.ts';
import type { Html } from './html.ts';
import { mayHaveExtras, raisingNow } from './page-campaign.ts';
import {
  articleContent,
  type ArticleMore,
  branchContent,
  campaignsContent,
  listContent,
  noContent,
} from './page-content.ts';
import { excerpt, type PageHead } from './page-head.ts';
import { articleJsonLd, journalistJsonLd, siteJsonLd, siteName } from './page-json-ld.ts';
import {
  articleOperation,
  branchOperation,
  campaignOperation,
  campaignsOperation,
  frontOperation,
  journalistOperation,
  type ListedArticle,
  type PageArticle,
  type PageOperation,
  type PageVariables,
  tagOperation,
} from './page-operations.ts';
import { servedOnly, texts } from './page-texts.ts';

/** The data source of a view. */
export interface PageSource {
  /**
   * Runs an operation on behalf of the client that requests the page; undefined: it could not be read; null: its
   * variables were refused.
   */
  readonly read: <Data, Variables extends PageVariables>(
    operation: PageOperation<Data, Variables>,
    variables: Variables,
  ) => Promise<Data | null | undefined>;
  /** The site's public URL, without a slash at its end. */
  readonly siteUrl: string;
}

/** The status and content of a page's response. */
export interface PageView {
  readonly status: 200 | 404;
  readonly head: PageHead;
  readonly content?: Html;
  /** Whether the page's data could not be read, so that the response must not be stored. */
  readonly unread?: boolean;
}

/** Makes the view of one route; the parameters of its path and of its query are unchecked input. */
export type ViewMaker = (
  params: Readonly<Record<string, string>>,
  source: PageSource,
  query: Readonly<Record<string, unknown>>,
) => Promise<PageView>;

/** The view of an address without content, or without public content. */
export const notFoundView: PageView = {
  status: 404,
  head: { title: texts.notFoundTitle, noindex: true },
  content: noContent(texts.notFoundTitle, texts.notFound),
};

const unreadView: PageView = { status: 200, head: {}, unread: true };

/** The maximum length of any slug. */
const maxSlugLength = 200;

/** Texts that can't be a slug are never queried, so that a huge one costs nothing. */
const isSlug = (text = ''): text is string => text.length <= maxSlugLength && slugPattern.test(text);

/** Whether a text can be a comment's id: two keys in base64url. */
const isId = (text = ''): text is string => /^[\w-]{1,200}$/.test(text);

/** Whether a value can be a cursor: base64url. The parameter of a query may be there several times. */
const isCursor = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w-]{1,512}$/.test(value);

/** A page that only its own script fills. */
const scripted = (head: PageHead): ViewMaker => {
  const view: PageView = {
    status: 200,
    head,
    content: noContent(head.title ?? siteName, servedOnly.needsScripts),
  };
  return () => Promise.resolve(view);
};

/** The front page, whose address also answers programs. */
export const frontView: ViewMaker = async (_params, { read, siteUrl }) => {
  const data = await read(frontOperation, {});
  if (!data) return unreadView;
  const url = `${siteUrl}/`;
  return {
    status: 200,
    head: { canonical: url, type: 'website', jsonLd: siteJsonLd(url) },
    content: listContent(siteName, data.articles?.nodes ?? [], raisingNow(data.campaigns)),
  };
};

function articleView(article: PageArticle, more: ArticleMore = {}): PageView {
  const { title, standfirst, bodyText, author, tags } = article;
  return {
    status: 200,
    head: {
      title,
      description: excerpt(standfirst ?? bodyText),
      canonical: article.canonicalUrl ?? article.permalink,
      type: 'article',
      image: author.photoUrl,
      properties: [
        ['article:published_time', article.publishedAt],
        ['article:author', author.permalink],
        ...(tags ?? []).map(({ name }) => ['article:tag', name] as const),
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
const article: ViewMaker = async ({ slug }, { read }, { after }) => {
  if (!isSlug(slug)) return notFoundView;
  if (after !== undefined && !isCursor(after)) return notFoundView;
  // Without the variable, so that the article's own page has one answer in memory.
  const data = await read(articleOperation, after === undefined ? { slug } : { slug, after });
  if (data === undefined) return unreadView;
  if (!data?.article) return notFoundView;
  const { campaign } = data.article;
  if (!campaign || !mayHaveExtras(campaign)) return articleView(data.article, { after });
  const found = await read(campaignOperation, { slug });
  const view = articleView(data.article, { after, extras: found?.article?.campaign ?? undefined });
  // Without what could not be read the page is whole, but is not to be stored.
  return found ? view : { ...view, unread: true };
};

/** One branch of a thread: for search engines its canonical page is the article's, which has the comment too. */
const branch: ViewMaker = async ({ slug, commentId }, { read }) => {
  if (!isSlug(slug) || !isId(commentId)) return notFoundView;
  const data = await read(branchOperation, { slug, commentId });
  if (!data) return unreadView;
  if (!data.article || data.comment?.article.slug !== slug) return notFoundView;
  const view = articleView(data.article);
  return {
    ...view,
    head: { ...view.head, title: texts.branchTitle(data.article.title) },
    content: branchContent(data.article, data.comment),
  };
};

const listedIn = (articles: { readonly nodes: readonly ListedArticle[] } | null) => articles?.nodes ?? [];

const journalist: ViewMaker = async ({ slug }, { read }) => {
  if (!isSlug(slug)) return notFoundView;
  const data = await read(journalistOperation, { slug });
  if (!data) return unreadView;
  if (!data.journalist) return notFoundView;
  const { name, permalink, photoUrl, bioText, articles } = data.journalist;
  return {
    status: 200,
    head: {
      title: name,
      description: excerpt(bioText),
      canonical: permalink,
      type: 'profile',
      image: photoUrl,
      jsonLd: journalistJsonLd(data.journalist),
    },
    content: listContent(name, listedIn(articles)),
  };
};

const campaigns: ViewMaker = async (_params, { read, siteUrl }) => {
  const data = await read(campaignsOperation, {});
  if (!data?.campaigns) return unreadView;
  return {
    status: 200,
    head: { title: texts.raisingMoney, canonical: siteUrl + pageRoutes.campaigns, type: 'website' },
    content: campaignsContent(data.campaigns),
  };
};

const tag: ViewMaker = async ({ name: given = '' }, { read, siteUrl }) => {
  const wanted = tagNameToFind(given);
  if (wanted === undefined) return notFoundView;
  const data = await read(tagOperation, { name: wanted });
  if (!data) return unreadView;
  if (!data.tag) return notFoundView;
  const { name, articles } = data.tag;
  return {
    status: 200,
    head: {
      title: `#${name}`,
      canonical: siteUrl + fillRoute(pageRoutes.tag, { name }),
      type: 'website',
    },
    content: listContent(`#${name}`, listedIn(articles)),
  };
};

/** Of interest only to the reader. */
const own = scripted({ noindex: true });

/** The view of every address but the front page's, which also answers programs. */
export const pageViews: Readonly<Record<Exclude<PageRoute, typeof pageRoutes.front>, ViewMaker>> = {
  [pageRoutes.article]: article,
  [pageRoutes.branch]: branch,
  // Drafts are edited here; for everybody but their writers they do not exist.
  [pageRoutes.edit]: own,
  [pageRoutes.campaign]: own,
  [pageRoutes.campaigns]: campaigns,
  [pageRoutes.journalist]: journalist,
  // What somebody has written is a profile: the person decides who reads it, and search engines are not to store it.
  [pageRoutes.person]: own,
  [pageRoutes.tag]: tag,
  [pageRoutes.search]: scripted({ title: 'Search', noindex: true }),
  [pageRoutes.signIn]: own,
  [pageRoutes.finishSignIn]: own,
  [pageRoutes.signUp]: own,
  [pageRoutes.confirmSignUp]: own,
  [pageRoutes.confirmEmail]: own,
  [pageRoutes.mailedEndorsement]: own,
  [pageRoutes.forgotPassword]: own,
  [pageRoutes.resetPassword]: own,
  [pageRoutes.account]: own,
  [pageRoutes.write]: own,
  [pageRoutes.myComments]: own,
  [pageRoutes.myArticles]: own,
  [pageRoutes.myPledges]: own,
  [pageRoutes.notifications]: own,
  // Without a mail server, for the administrator; for everybody else it does not exist.
  [pageRoutes.mails]: own,
};
