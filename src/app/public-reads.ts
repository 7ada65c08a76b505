import type { FastifyRequest } from 'fastify';
import { sitemapLists } from '../features/articles/reading/sitemap.queries.ts';
import { clientKey } from '../platform/auth/client-key.ts';
import type { FeedsOptions } from '../carriers/feeds/public-answer.ts';
import type { SitemapOptions } from '../carriers/sitemap/sitemap-routes.ts';
import type { Config } from '../platform/config/config.ts';
import type { Database, Queryable } from '../platform/db/database.ts';
import type { Context } from '../platform/graphql/context.ts';
import type { PublicReader } from '../platform/operations/public-reader.ts';

export interface PublicReadsParts {
  readonly config: Config;
  readonly db: Database;
  readonly reader: PublicReader<FastifyRequest>;
  /** The site's public URL, without a slash at its end; known once the service listens. */
  readonly siteUrl: () => string;
  /** The context of a client that is signed out. */
  readonly anonymousContext: (request: FastifyRequest) => Context;
  readonly warn: (error: unknown, message: string) => void;
  /** The most addresses of one sitemap; absent: as many as there may be. */
  readonly sitemapPartSize?: number | undefined;
}

/** What other sites and search engines read without GraphQL. */
export interface PublicReads {
  readonly feeds: FeedsOptions;
  readonly sitemap: SitemapOptions<Queryable>;
}

export function publicReadsOf(parts: PublicReadsParts): PublicReads {
  const { config, db, reader, siteUrl, anonymousContext, warn, sitemapPartSize: partSize } = parts;
  const { pageOrigins, publicCacheSeconds, maxAnswerStallMs: maxStallMs } = config;
  return {
    feeds: { reader, siteUrl, pageOrigins, publicCacheSeconds },
    sitemap: {
      lists: sitemapLists,
      enter: async (request, points) => {
        const context = anonymousContext(request);
        await context.limits.requireSolvent();
        await context.limits.spend(points);
        return db.of(clientKey(context));
      },
      siteUrl,
      pageOrigins,
      publicCacheSeconds,
      maxStallMs,
      onFault: (error) => warn(error, 'a sitemap could not be read to the end'),
      partSize,
    },
  };
}
