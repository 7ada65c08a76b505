import { fillRoute, type PageRoute, pageRoutes } from '../../http/paths.ts';
import { slugPattern } from '../../text/slug.ts';
import { tagNameToFind } from '../../text/tag-name.ts';
import type { Html } from './html.ts';
import { articleContent, listContent } from './page-content.ts';
import { excerpt, type PageHead } from './page-head.ts';
import { articleJsonLd, journalistJsonLd, siteJsonLd, siteName } from './page-json-ld.ts';
import {
  articleOperation,
  branchOperation,
  frontOperation,
  journalistOperation,
  type ListedArticle,
  type PageArticle,
  type PageOperation,
  type PageVariables,
  tagOperation,
} from './page-operations.ts';

/** What a view may ask for. */
export interface PageSource {
  /** Runs an operation on behalf of whoever asks for the page; undefined: it could not be read. */
  readonly read: <Data, Variables extends PageVariables>(
    operation: PageOperation<Data, Variables>,
    variables: Variables,
  ) => Promise<Data | undefined>;
  /** Where readers reach the site, without a slash at its end. */
  readonly siteUrl: string;
}

/** What the page is sent with. */
export interface PageView {
  readonly status: 200 | 404;
  readonly head: PageHead;
  readonly content?: Html;
  /** What it should have held could not be read: nobody keeps it. */
  readonly unread?: boolean;
}

/** Makes what one route is sent with; its parameters are whatever the client wrote. */
export type ViewMaker = (params: Readonly<Record<string, string>>, source: PageSource) => Promise<PageView>;

/** For an address at which there is nothing, or nothing for everybody. */
export const notFoundView: PageView = { status: 404, head: { title: 'Not found', noindex: true } };

const unreadView: PageView = { status: 200, head: {}, unread: true };

/** As long as any slug can be. */
const maxSlugLength = 200;

/** What can't be a slug is looked for nowhere, so that a huge one costs nothing. */
const isSlug = (text = ''): text is string => text.length <= maxSlugLength && slugPattern.test(text);

/** What can be a comment's id: two keys in base64url. */
const isId = (text = ''): text is string => /^[\w-]{1,200}$/.test(text);

/** A page that only its own script fills. */
const scripted = (head: PageHead): ViewMaker => {
  const view: PageView = { status: 200, head };
  return () => Promise.resolve(view);
};

/** The front page, at an address that programs ask for, too. */
export const frontView: ViewMaker = async (_params, { read, siteUrl }) => {
  const data = await read(frontOperation, {});
  if (!data) return unreadView;
  const url = `${siteUrl}/`;
  return {
    status: 200,
    head: { canonical: url, type: 'website', jsonLd: siteJsonLd(url) },
    content: listContent(siteName, data.articles?.nodes ?? []),
  };
};

function articleView(article: PageArticle): PageView {
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
    content: articleContent(article),
  };
}

const article: ViewMaker = async ({ slug }, { read }) => {
  if (!isSlug(slug)) return notFoundView;
  const data = await read(articleOperation, { slug });
  if (!data) return unreadView;
  return data.article ? articleView(data.article) : notFoundView;
};

/** One branch of a thread: to search engines the article's own page, where the comment stands too. */
const branch: ViewMaker = async ({ slug, commentId }, { read }) => {
  if (!isSlug(slug) || !isId(commentId)) return notFoundView;
  const data = await read(branchOperation, { slug, commentId });
  if (!data) return unreadView;
  if (!data.article || data.comment?.article.slug !== slug) return notFoundView;
  const view = articleView(data.article);
  return { ...view, head: { ...view.head, title: `A thread under “${data.article.title}”` } };
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

/** Of nobody's interest but the reader's own. */
const own = scripted({ noindex: true });

/** The view of every address but the front page, which programs are answered at as well. */
export const pageViews: Readonly<Record<Exclude<PageRoute, typeof pageRoutes.front>, ViewMaker>> = {
  [pageRoutes.article]: article,
  [pageRoutes.branch]: branch,
  // Drafts are edited here; for everybody but their writers they do not exist.
  [pageRoutes.edit]: own,
  [pageRoutes.journalist]: journalist,
  [pageRoutes.tag]: tag,
  [pageRoutes.search]: scripted({ title: 'Search', noindex: true }),
  [pageRoutes.signIn]: own,
  [pageRoutes.signUp]: own,
  [pageRoutes.write]: own,
  [pageRoutes.myComments]: own,
  [pageRoutes.myArticles]: own,
};
