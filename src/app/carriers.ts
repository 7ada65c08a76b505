import { EmbedFiles } from '../carriers/embed/embed-files.ts';
import { DemoPictures } from '../carriers/site/demo-pictures.ts';
import { ReaderPage } from '../carriers/site/page.ts';
import { WebSocketGateway } from '../carriers/websocket/websocket.ts';
import { clientAddress } from '../platform/http/client-address.ts';
import { ConnectionLimit } from '../platform/http/connection-limit.ts';
import { graphqlPath } from '../platform/http/paths.ts';
import type { Routes } from '../platform/http/requests.ts';
import { createHttpServer } from '../platform/http/server.ts';
import type { Answers } from './answers.ts';
import type { Ground } from './ground.ts';
import type { Identity } from './identity.ts';
import { publicReadsOf } from './public-reads.ts';
import { registerRoutes } from './routes.ts';

/** News among the workers of a node: addresses that may open no connection for a while. */
const barredTopic = 'barred';

/** Least interval between log lines about refused connections, in milliseconds. */
const warningIntervalMs = 60_000;

/** The HTTP server with the addresses of all carriers and features, and the WebSockets on it. */
export type Carriers = Awaited<ReturnType<typeof openCarriers>>;

/**
 * @param featureRoutes addresses of the features
 * @param leaving aborts when the service shuts down
 */
export async function openCarriers(
  ground: Ground,
  identity: Identity,
  answers: Answers,
  { featureRoutes, leaving }: { readonly featureRoutes: readonly Routes[]; readonly leaving: AbortSignal },
) {
  const { config, logger, metrics, options, readiness, place } = ground;
  const { webRoot, demoPictures } = options;
  const siteUrl = () => place.site;
  const { reader } = answers;
  const page =
    webRoot === undefined || !config.readerPage
      ? undefined
      : await ReaderPage.open({ webRoot, reader, siteUrl, embedSites: config.embedSites });
  const embed = webRoot === undefined ? undefined : await EmbedFiles.find(webRoot);
  const pictures = demoPictures === undefined ? undefined : await DemoPictures.read(demoPictures);
  const connections = limitedConnections(ground);
  const http = await createHttpServer({
    gate: answers.gate,
    rates: ground.rates,
    holdings: ground.holdings,
    bodies: ground.bodies,
    logger,
    metrics,
    allowedOrigins: config.allowedOrigins,
    pageOrigins: config.pageOrigins,
    trustProxy: config.trustProxy,
    maxRequestBytes: config.maxRequestBytes,
    connections,
    leaving,
    hstsSeconds: config.hstsSeconds,
    checkReady: async () => (leaving.aborted ? 'the service is shutting down' : readiness.check()),
    routes: (app) =>
      registerRoutes(app, {
        ...answers,
        featureRoutes,
        publicReads: publicReadsOf(ground, identity, reader),
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

function limitedConnections({ config, logger, metrics, turns, options: { peers } }: Ground): ConnectionLimit {
  const { maxConnectionsPerAddress, trustProxy } = config;
  let lastWarning = -Infinity;
  const connections = new ConnectionLimit({
    maxConnectionsPerAddress,
    trustProxy,
    onAccepted: () => turns.connected(),
    onRefused: () => {
      metrics.refusedConnections.inc();
      if (performance.now() - lastWarning < warningIntervalMs) return;
      lastWarning = performance.now();
      logger.warn(
        { maxConnectionsPerAddress },
        'connections of an address are refused: too many (MAX_CONNECTIONS_PER_ADDRESS), bodies in tiny chunks, or pipelined requests',
      );
    },
    onBarred: (address) => peers?.tell(barredTopic, address),
  });
  peers?.listen(barredTopic, (address) => connections.addBarred(String(address)));
  return connections;
}
