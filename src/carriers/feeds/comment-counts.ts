import type { FastifyInstance } from 'fastify';
import { RequestError } from '../../platform/errors/errors.ts';
import { commentCountsPath } from '../../platform/http/paths.ts';
import { commentCountsOperation } from './comment-count-operation.ts';
import { dataOf, type FeedsOptions, sendPublic } from './public-answer.ts';

/** The most addresses in one request, as of `articlesByUrl`. */
const maxUrls = 100;

/**
 * Registers the numbers of comments at many addresses, for lists of articles on other sites: `?url=…&url=…`. It is a
 * simple request to browsers, so that no preflight goes before it.
 */
export function serveCommentCounts(app: FastifyInstance, options: FeedsOptions): void {
  app.get<{ Querystring: Record<string, unknown> }>(commentCountsPath, async (request, reply) => {
    const urls = [request.query.url ?? []].flat().map(String);
    if (urls.length === 0 || urls.length > maxUrls)
      throw new RequestError(
        'BAD_REQUEST',
        `\`url\` is given once to ${maxUrls} times, not ${urls.length} times.`,
      );
    // What is no address has no article, and the others are asked for.
    const addresses = urls.filter((url) => URL.canParse(url));
    const { articlesByUrl } = await dataOf(
      options.reader,
      commentCountsOperation,
      { urls: addresses },
      request,
    );
    const articles = new Map(addresses.map((url, index) => [url, articlesByUrl[index]]));
    const counts = urls.map((url) => {
      const article = articles.get(url);
      return { url, permalink: article?.permalink ?? null, commentCount: article?.commentCount ?? null };
    });
    const text = `${JSON.stringify({ counts })}\n`;
    return sendPublic(request, reply, { text, type: 'application/json' }, options.publicCacheSeconds);
  });
}
