import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RequestError } from '../../platform/errors/errors.ts';
import { publicControl } from '../../platform/http/cache-control.ts';
import {
  type FeedForm,
  feedForms,
  type FeedRoute,
  feedRoutes,
  fillRoute,
  pageRoutes,
  triedFeedNames,
} from '../../platform/http/paths.ts';
import type { OwnOperation } from '../../platform/operations/public-reader.ts';
import { isolated } from '../../platform/text/direction.ts';
import { siteName } from '../../platform/text/site-name.ts';
import { isSlug } from '../../platform/text/slug.ts';
import { tagNameToFind } from '../../platform/text/tag-name.ts';
import { atomOf } from './atom.ts';
import { type Feed, feedOfArticles, feedOfComments } from './feed.ts';
import {
  commentsFeedOperation,
  journalistFeedOperation,
  siteFeedOperation,
  tagFeedOperation,
} from './feed-operations.ts';
import { jsonFeedOf } from './json-feed.ts';
import { dataOf, type FeedsOptions, sendPublic } from './public-answer.ts';
import { rssOf } from './rss.ts';

/** Reads what a feed is made of, for the client that requests it. @throws RequestError */
type Read = <Data, Variables extends { readonly texts: boolean }>(
  operation: OwnOperation<Data, Variables>,
  variables: Omit<Variables, 'texts'>,
) => Promise<Data>;

/** A feed, and the path of its address without its ending. */
interface Found {
  readonly feed: Feed;
  readonly path: string;
}

/** Makes the feed of one route, whose parameters are unchecked input; undefined: there is none. */
type FeedMaker = (
  params: Readonly<Record<string, string>>,
  read: Read,
  siteUrl: string,
) => Promise<Found | undefined>;

const ofSite: FeedMaker = async (_params, read, siteUrl) => {
  const { articles } = await read(siteFeedOperation, {});
  const page = siteUrl + pageRoutes.front;
  const feed = feedOfArticles(articles, { title: siteName, page, author: { name: siteName, page } });
  return { feed, path: feedRoutes.site };
};

const ofJournalist: FeedMaker = async ({ slug: wanted }, read) => {
  if (!isSlug(wanted)) return undefined;
  const { journalist } = await read(journalistFeedOperation, { slug: wanted });
  if (!journalist) return undefined;
  const { slug, name, permalink: page, articles } = journalist;
  const feed = feedOfArticles(articles, {
    title: `${isolated(name)} – ${siteName}`,
    page,
    author: { name, page },
  });
  return { feed, path: fillRoute(feedRoutes.journalist, { slug }) };
};

const ofTag: FeedMaker = async ({ name: given = '' }, read, siteUrl) => {
  const wanted = tagNameToFind(given);
  if (wanted === undefined) return undefined;
  const { tag } = await read(tagFeedOperation, { name: wanted });
  if (!tag) return undefined;
  const { name, articles } = tag;
  const page = siteUrl + fillRoute(pageRoutes.tag, { name });
  const feed = feedOfArticles(articles, {
    title: `${isolated(`#${name}`)} – ${siteName}`,
    page,
    author: undefined,
  });
  return { feed, path: fillRoute(feedRoutes.tag, { name }) };
};

const ofComments: FeedMaker = async ({ slug }, read) => {
  if (!isSlug(slug)) return undefined;
  const { article } = await read(commentsFeedOperation, { slug });
  if (!article) return undefined;
  return { feed: feedOfComments(article), path: fillRoute(feedRoutes.comments, { slug: article.slug }) };
};

const makers: readonly (readonly [route: FeedRoute, make: FeedMaker])[] = [
  [feedRoutes.site, ofSite],
  [feedRoutes.journalist, ofJournalist],
  [feedRoutes.tag, ofTag],
  [feedRoutes.comments, ofComments],
];

const writers = { atom: atomOf, rss: rssOf, json: jsonFeedOf } as const;

const formNames = Object.keys(feedForms) as FeedForm[];

/** Registers the addresses of all feeds in all forms, and those where readers of feeds look for them. */
export function serveFeeds(app: FastifyInstance, options: FeedsOptions): void {
  for (const [route, make] of makers) {
    for (const form of formNames)
      app.get<{ Params: Record<string, string> }>(`${route}.${form}`, (request, reply) =>
        sendFeed(make, form, options, request, reply),
      );
    redirectTried(app, route, options);
  }
}

/** The longest name in an address that leads to a feed, in characters. */
const maxName = 200;

/** Sends readers of feeds to the one address of a feed, without a look at whether there is one. */
function redirectTried(app: FastifyInstance, route: FeedRoute, { publicCacheSeconds }: FeedsOptions): void {
  const folder = route.slice(0, route.lastIndexOf('/') + 1);
  for (const [name, form] of Object.entries(triedFeedNames))
    app.get<{ Params: { slug: string; name: string } }>(folder + name, ({ params }, reply) => {
      if (Object.values(params).some((value) => value.length > maxName))
        throw new RequestError('NOT_FOUND', 'There is no such feed.');
      void reply.header('cache-control', publicControl(publicCacheSeconds));
      return reply.redirect(`${fillRoute(route, params)}.${form}`, 301);
    });
}

async function sendFeed(
  make: FeedMaker,
  form: FeedForm,
  options: FeedsOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const siteUrl = options.siteUrl();
  const found = await make(request.params as Record<string, string>, readFor(request, options), siteUrl);
  if (!found) throw new RequestError('NOT_FOUND', 'There is no such feed.');
  const { feed, path } = found;
  const addresses = {
    atom: `${siteUrl}${path}.atom`,
    rss: `${siteUrl}${path}.rss`,
    json: `${siteUrl}${path}.json`,
  };
  const text = writers[form](feed, addresses);
  const { lastModified } = feed;
  return sendPublic(
    request,
    reply,
    { text, type: feedForms[form], lastModified },
    options.publicCacheSeconds,
  );
}

/** Reads with the texts, and without them where they are more together than one answer may have. */
const readFor =
  (request: FastifyRequest, { reader }: FeedsOptions): Read =>
  async (operation, variables) => {
    const read = (texts: boolean) =>
      dataOf(
        reader,
        operation,
        { ...variables, texts } as Parameters<NonNullable<typeof operation.types>>[0],
        request,
      );
    try {
      return await read(true);
    } catch (error) {
      if (!(error instanceof RequestError) || error.code !== 'QUERY_TOO_COSTLY') throw error;
      return read(false);
    }
  };
