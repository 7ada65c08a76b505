import type { FastifyInstance } from 'fastify';
import { type EmbedOptions, embedRoutes } from '../carriers/embed/embed-routes.ts';
import { explorerQuery } from '../carriers/explorer/explorer-query.ts';
import { createExplorer, type Explorer } from '../carriers/explorer/explorer.ts';
import { schemaRoute } from '../carriers/graphql/schema-route.ts';
import type { DemoPictures } from '../carriers/site/demo-pictures.ts';
import type { ReaderPage } from '../carriers/site/page.ts';
import { feedsRoutes } from '../carriers/feeds/feeds.ts';
import { sitemapRoutes } from '../carriers/sitemap/sitemap-routes.ts';
import { prefersHtml } from '../platform/http/browsers.ts';
import {
  graphqlPath,
  livePath,
  metricsPath,
  pageRoutes,
  readyPath,
  schemaPath,
  streamPath,
  subgraphPath,
} from '../platform/http/paths.ts';
import type { Routes } from '../platform/http/requests.ts';
import type { Answers } from './answers.ts';
import type { PublicReads } from './public-reads.ts';

/** What has addresses. */
export interface Addressed extends Pick<
  Answers,
  'graphql' | 'streams' | 'hasExplorer' | 'schemaText' | 'subgraphSdl'
> {
  readonly featureRoutes: readonly Routes[];
  readonly publicReads: PublicReads;
  /** The service's public URL; known once it listens. */
  readonly siteUrl: () => string;
  /** The reader's page; undefined: there is none. */
  readonly page: ReaderPage | undefined;
  /** The element for pages of other sites; undefined: it was not built. */
  readonly embed: EmbedOptions | undefined;
  /** Undefined: there are no demo data. */
  readonly demoPictures: DemoPictures | undefined;
}

/** The answer to programs at the front page's address. */
const addresses = {
  name: 'Standfirst',
  graphql: graphqlPath,
  schema: schemaPath,
  stream: streamPath,
  live: livePath,
  ready: readyPath,
  metrics: metricsPath,
} as const;

/** Registers the addresses of all carriers and features. Two addresses are shared by several carriers: `/graphql` and `/`. */
export async function registerRoutes(app: FastifyInstance, addressed: Addressed): Promise<void> {
  const { graphql, streams, page, schemaText, subgraphSdl, publicReads } = addressed;
  const explorer = await openExplorer(app, addressed);
  app.route({
    url: graphqlPath,
    method: ['GET', 'POST'],
    handler: (request, reply) =>
      explorer && prefersHtml(request) ? explorer.sendExplorer(reply) : graphql.handle(request, reply),
  });
  app.get(pageRoutes.front, (request, reply) => {
    void reply.header('vary', 'accept');
    if (page && prefersHtml(request)) return page.sendFront(request, reply);
    if (explorer && prefersHtml(request)) return reply.redirect(graphqlPath, 303);
    return reply.send(addresses);
  });
  if (schemaText) app.get(schemaPath, schemaRoute(schemaText));
  if (subgraphSdl !== undefined)
    app.get(
      subgraphPath,
      schemaRoute(() => subgraphSdl),
    );
  await app.register(streams.routes);
  // Each in a context of its own, so that its parsers of bodies are for its addresses alone.
  for (const routes of addressed.featureRoutes) await app.register(routes);
  await app.register(feedsRoutes(publicReads.feeds));
  await app.register(sitemapRoutes(publicReads.sitemap));
  if (addressed.embed) await app.register(embedRoutes(addressed.embed));
  addressed.demoPictures?.serve(app);
  await page?.serve(app);
}

async function openExplorer(
  app: FastifyInstance,
  { hasExplorer, siteUrl }: Addressed,
): Promise<Explorer | undefined> {
  if (!hasExplorer) return undefined;
  const explorer = createExplorer({ path: graphqlPath, defaultQuery: explorerQuery, siteUrl });
  await app.register(explorer.assets);
  return explorer;
}
