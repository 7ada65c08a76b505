import type { FastifyInstance } from 'fastify';
import { type EmbedOptions, embedRoutes } from './embed/embed-routes.ts';
import { explorerQuery } from './explorer/explorer-query.ts';
import { createExplorer, type Explorer } from './explorer/explorer.ts';
import { schemaRoute } from './graphql/schema-route.ts';
import type { DemoPictures } from './site/demo-pictures.ts';
import type { ReaderPage } from './site/page.ts';
import { feedsRoutes } from './feeds/feeds.ts';
import type { FeedsOptions } from './feeds/public-answer.ts';
import { type SitemapOptions, sitemapRoutes } from './sitemap/sitemap-routes.ts';
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
import type { EventStreamGateway } from './event-stream/event-stream.ts';
import type { GraphqlRoute } from './graphql/graphql-route.ts';

/** What has addresses. */
export interface Addressed {
  readonly graphql: GraphqlRoute;
  readonly streams: EventStreamGateway;
  readonly feeds: FeedsOptions;
  readonly sitemap: SitemapOptions;
  /** The features' own. */
  readonly routes: readonly Routes[];
  readonly hasExplorer: boolean;
  /** The service's public URL; known once it listens. */
  readonly siteUrl: () => string;
  /** The text of the schema; undefined: it is not public. */
  readonly schemaText: (() => string) | undefined;
  /** The schema for gateways; undefined: the service is no subgraph, or its schema is not public. */
  readonly subgraphSdl: string | undefined;
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
  const { graphql, streams, page, schemaText, subgraphSdl } = addressed;
  const explorer = await openExplorer(app, addressed);
  app.route({
    url: graphqlPath,
    method: ['GET', 'POST'],
    handler: (request, reply) =>
      explorer && prefersHtml(request) ? explorer.sendExplorer(reply) : graphql.handle(request, reply),
  });
  app.get(pageRoutes.front, (request, reply) => {
    void reply.header('vary', 'accept');
    if (page && prefersHtml(request)) return page.show(pageRoutes.front, request, reply);
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
  for (const routes of addressed.routes) await app.register(routes);
  await app.register(feedsRoutes(addressed.feeds));
  await app.register(sitemapRoutes(addressed.sitemap));
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
