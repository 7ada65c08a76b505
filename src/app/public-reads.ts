import type { FastifyRequest } from 'fastify';
import { sitemapLists } from '../features/articles/reading/sitemap.queries.ts';
import { clientKey } from '../platform/auth/client-key.ts';
import type { FeedsOptions } from '../carriers/feeds/public-answer.ts';
import type { SitemapOptions } from '../carriers/sitemap/sitemap-routes.ts';
import type { Queryable } from '../platform/db/database.ts';
import type { Ground } from './ground.ts';
import type { Identity } from './identity.ts';
import type { PublicReader } from '../platform/operations/public-reader.ts';

/** What other sites and search engines read without GraphQL. */
export interface PublicReads {
  readonly feeds: FeedsOptions;
  readonly sitemap: SitemapOptions<Queryable>;
}

export function publicReadsOf(
  { config, db, place, warn, options }: Ground,
  identity: Identity,
  reader: PublicReader<FastifyRequest>,
): PublicReads {
  const siteUrl = () => place.site;
  const { pageOrigins, publicCacheSeconds, maxAnswerStallMs: maxStallMs } = config;
  return {
    feeds: { reader, siteUrl, pageOrigins, publicCacheSeconds },
    sitemap: {
      lists: sitemapLists,
      enter: async (request, points) => {
        const context = identity.anonymous(request);
        await context.limits.requireSolvent();
        await context.limits.spend(points);
        return db.of(clientKey(context));
      },
      siteUrl,
      pageOrigins,
      publicCacheSeconds,
      maxStallMs,
      onFault: (error) => warn(error, 'a sitemap could not be read to the end'),
      partSize: options.sitemapPartSize,
    },
  };
}
