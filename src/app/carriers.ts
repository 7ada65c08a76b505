import { EmbedFiles } from '../carriers/embed/embed-files.ts';
import { DemoPictures } from '../carriers/site/demo-pictures.ts';
import { ReaderPage } from '../carriers/site/page.ts';
import { WebSocketGateway } from '../carriers/websocket/websocket.ts';
import { sitemapLists } from '../features/articles/reading/sitemap.queries.ts';
import { servedOf } from '../platform/feature/gather.ts';
import { clientAddress } from '../platform/http/client-address.ts';
import { limitedConnections } from '../platform/http/connection-limit.ts';
import { graphqlPath } from '../platform/http/paths.ts';
import type { Routes } from '../platform/http/requests.ts';
import { createHttpServer } from '../platform/http/server.ts';
import { composePages } from '../platform/page/compose-pages.ts';
import type { Answers } from './answers.ts';
import type { Ground } from './ground.ts';
import type { Identity } from './identity.ts';
import { registerRoutes } from '../carriers/routes.ts';

/** The HTTP server with the addresses of all carriers and features, and the WebSockets on it. */
export type Carriers = Awaited<ReturnType<typeof openCarriers>>;

/**
 * @param routes addresses of the features
 * @param leaving aborts when the service shuts down
 */
export async function openCarriers(
  ground: Ground,
  identity: Identity,
  answers: Answers,
  { routes, leaving }: { readonly routes: readonly Routes[]; readonly leaving: AbortSignal },
) {
  const { config, logger, metrics, options, readiness, place } = ground;
  const { webRoot, demoPictures } = options;
  const siteUrl = () => place.site;
  const { reader } = answers;
  const pages = composePages(servedOf(ground.features), answers.gate.schema);
  const page =
    webRoot === undefined || !config.readerPage
      ? undefined
      : await ReaderPage.open({ webRoot, pages, reader, siteUrl, embedSites: config.embedSites });
  const embed = webRoot === undefined ? undefined : await EmbedFiles.find(webRoot);
  const pictures = demoPictures === undefined ? undefined : await DemoPictures.read(demoPictures);
  const connections = limitedConnections({
    ...config,
    peers: options.peers,
    onAccepted: () => ground.turns.connected(),
    onRefused: () => metrics.refusedConnections.inc(),
    warn: (about, message) => logger.warn(about, message),
  });
  const http = await createHttpServer({
    ...config,
    gate: answers.gate,
    rates: ground.rates,
    holdings: ground.holdings,
    bodies: ground.bodies,
    logger,
    metrics,
    connections,
    leaving,
    checkReady: async () => (leaving.aborted ? 'the service is shutting down' : readiness.check()),
    routes: (app) =>
      registerRoutes(app, {
        ...answers,
        routes,
        feeds: { reader, siteUrl, ...config },
        sitemap: {
          lists: sitemapLists,
          db: ground.db,
          requests: identity.requests,
          siteUrl,
          settings: config,
          partSize: options.sitemapPartSize,
          onFault: (error) => ground.warn(error, 'a sitemap could not be read to the end'),
        },
        siteUrl,
        page,
        embed: embed && { files: embed, sites: config.embedSites, siteUrl },
        demoPictures: pictures,
      }),
    unknownPage: page,
  });
  http.addHook('onClose', () => answers.executor.stop());
  const sockets = new WebSocketGateway({
    server: http.server,
    connections,
    path: graphqlPath,
    service: answers.live,
    addressOf: (request) => clientAddress(request, config.trustProxy),
    limits: config,
    hstsSeconds: config.hstsSeconds,
    metrics,
  });
  return { http, sockets, hasPage: page !== undefined };
}
