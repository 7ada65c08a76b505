import type { FastifyInstance } from 'fastify';
import type { EventStreamGateway } from '../carriers/event-stream/event-stream.ts';
import { type EmbedOptions, embedRoutes } from '../carriers/embed/embed-routes.ts';
import { explorerQuery } from '../carriers/explorer/explorer-query.ts';
import { createExplorer, type Explorer } from '../carriers/explorer/explorer.ts';
import { type PaymentRoutes, paymentRoutes } from '../features/funding/provider/payment-routes.ts';
import type { GraphqlRoute } from '../carriers/graphql/graphql-route.ts';
import { type OwnDataOptions, ownDataRoute } from '../features/people/erasure/own-data-route.ts';
import { type PictureRoutes, pictureRoutes } from '../features/people/profile/picture-routes.ts';
import { schemaRoute } from '../carriers/graphql/schema-route.ts';
import type { DemoPictures } from '../carriers/site/demo-pictures.ts';
import type { ReaderPage } from '../carriers/site/page.ts';
import { type SignInRoutes, signInRoutes } from '../features/people/login/sign-in-routes.ts';
import {
  type UnsubscribeRoute,
  unsubscribeRoute,
} from '../features/notifications/mails/unsubscribe-route.ts';
import { feedsRoutes } from '../carriers/feeds/feeds.ts';
import { sitemapRoutes } from '../carriers/sitemap/sitemap-routes.ts';
import { prefersHtml } from '../platform/http/browsers.ts';
import {
  graphqlPath,
  livePath,
  metricsPath,
  ownDataPath,
  pageRoutes,
  readyPath,
  schemaPath,
  streamPath,
  subgraphPath,
} from '../platform/http/paths.ts';
import type { PublicReads } from './public-reads.ts';

export interface Carriers {
  readonly graphql: GraphqlRoute;
  readonly eventStreams: EventStreamGateway;
  /** Undefined: the service takes no money. */
  readonly payments: PaymentRoutes | undefined;
  readonly ownData: OwnDataOptions;
  readonly unsubscribe: UnsubscribeRoute;
  /** Undefined: no other site's login is accepted. */
  readonly signIns: SignInRoutes | undefined;
  /** Undefined: accounts send no pictures. */
  readonly pictures: PictureRoutes | undefined;
  readonly publicReads: PublicReads;
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

/** Registers the addresses of all carriers. Two addresses are shared by several carriers: `/graphql` and `/`. */
export async function registerRoutes(app: FastifyInstance, carriers: Carriers): Promise<void> {
  const { graphql, eventStreams, page } = carriers;
  const explorer = await openExplorer(app, carriers);
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
  const { schemaText, subgraphSdl } = carriers;
  if (schemaText) app.get(schemaPath, schemaRoute(schemaText));
  if (subgraphSdl !== undefined)
    app.get(
      subgraphPath,
      schemaRoute(() => subgraphSdl),
    );
  app.get(ownDataPath, { exposeHeadRoute: false }, ownDataRoute(carriers.ownData));
  if (carriers.pictures) await app.register(pictureRoutes(carriers.pictures));
  await app.register(eventStreams.routes);
  if (carriers.payments) await app.register(paymentRoutes(carriers.payments));
  await app.register(unsubscribeRoute(carriers.unsubscribe));
  if (carriers.signIns) await app.register(signInRoutes(carriers.signIns));
  await app.register(feedsRoutes(carriers.publicReads.feeds));
  await app.register(sitemapRoutes(carriers.publicReads.sitemap));
  if (carriers.embed) await app.register(embedRoutes(carriers.embed));
  carriers.demoPictures?.serve(app);
  await page?.serve(app);
}

async function openExplorer(
  app: FastifyInstance,
  { hasExplorer, siteUrl }: Carriers,
): Promise<Explorer | undefined> {
  if (!hasExplorer) return undefined;
  const explorer = createExplorer({ path: graphqlPath, defaultQuery: explorerQuery, siteUrl });
  await app.register(explorer.assets);
  return explorer;
}
