import compress from '@fastify/compress';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  LogController,
} from 'fastify';
import { randomUUID } from 'node:crypto';
import { maxHeaderSize } from 'node:http';
import { loggedPath } from '../logger.ts';
import { prefersHtml } from './browsers.ts';
import { countedAddress } from './client-address.ts';
import { countArrivals, holdAnswers, holdBodies } from './arrivals.ts';
import type { ConnectionLimit } from './connection-limit.ts';
import { createExplorer, type Explorer, wantsExplorer } from './explorer.ts';
import type { EventStreamGateway } from './event-stream.ts';
import type { RateLimits } from '../auth/rate-limits.ts';
import type { Gate } from '../operations/gate.ts';
import type { GraphqlRoute } from './graphql-route.ts';
import type { Holdings } from './holdings.ts';
import type { Metrics } from './metrics.ts';
import type { Page } from './page.ts';
import { graphqlPath, isProbe, metricsPath, streamPath } from './paths.ts';
import { mayBeKept } from './public-answers.ts';
import { receiveJson } from './received-operation.ts';
import {
  refuseForeignPreflights,
  refuseUnknown,
  refuseUnreadable,
  refuseWhileClosing,
  sendError,
} from './refusals.ts';
import { createTurnServer } from './request-turns.ts';
import { helmetOptions, permissionsPolicy, plainHeaders } from './security-headers.ts';
import { endSilentConnections } from './silent-connections.ts';

/** As many requests does a body in tiny chunks count for: to read the first of them takes as long. */
const tinyChunksPrice = 100;

export interface HttpOptions {
  readonly graphql: GraphqlRoute;
  readonly gate: Gate;
  readonly rates: RateLimits;
  readonly holdings: Holdings;
  /** What requests announce, apart from answers: nobody's answer waits for what others send. */
  readonly bodies: Holdings;
  readonly eventStreams: EventStreamGateway;
  readonly logger: FastifyBaseLogger;
  readonly metrics: Metrics;
  readonly allowedOrigins: readonly string[];
  readonly trustProxy: boolean;
  readonly maxRequestBytes: number;
  readonly connections: ConnectionLimit;
  /** For how long browsers come by TLS only; 0: they are told nothing. */
  readonly hstsSeconds: number;
  /** Whether the service can do its work: throws, or says why not. */
  readonly checkReady: () => Promise<string | undefined>;
  /** What stands in the explorer at first; undefined: there is no explorer, since nothing could be tried in it. */
  readonly explorerQuery: string | undefined;
  /** The readers' page; undefined: there is none. */
  readonly page: Page | undefined;
}

const isStream = ({ raw }: FastifyReply): boolean =>
  String(raw.getHeader('content-type')).startsWith('text/event-stream');

/** A request id that a proxy set, if it is one; anything else could forge lines of the log. */
function requestId(headers: Record<string, string | string[] | undefined>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.-]{8,64}$/.test(given) ? given : randomUUID();
}

/** The HTTP server with its routes, not yet listening. */
export async function createHttpServer(options: HttpOptions): Promise<FastifyInstance> {
  const { metrics } = options;
  const app = Fastify({
    loggerInstance: options.logger,
    trustProxy: options.trustProxy,
    serverFactory: (listener) => {
      const server = createTurnServer(listener, options);
      options.connections.watch(server);
      return server;
    },
    bodyLimit: options.maxRequestBytes,
    genReqId: (request) => requestId(request.headers),
    // One line a request, written below when it is answered.
    logController: new LogController({ requestIdLogLabel: 'requestId', disableRequestLogging: true }),
    forceCloseConnections: 'idle',
    // Refused below, in the shape that all refusals have.
    return503OnClosing: false,
    // An address that can't be read, for one.
    frameworkErrors: (error, request, reply) => {
      // No hook has seen it.
      void reply.headers(plainHeaders(options.hstsSeconds));
      if (options.page?.isFor(request) === true) options.page.sendUnknown(request, reply);
      else void sendError(error, request, reply);
    },
    clientErrorHandler: refuseUnreadable(options.hstsSeconds),
    // A part of an address may be as long as the address: whoever has the route says what is too long for it.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: maxHeaderSize },
  });

  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    reply.header('permissions-policy', permissionsPolicy);
    done();
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    // What caches may keep is the same for everybody: the next one would be told the id of whoever asked first.
    if (mayBeKept(reply)) reply.removeHeader('x-request-id');
    done(null, payload);
  });
  app.addHook('onResponse', (request, reply, done) => {
    const seconds = reply.elapsedTime / 1000;
    const route = request.routeOptions.url ?? 'none';
    // How long a stream was open says nothing of how long answers take.
    if (!isStream(reply)) metrics.countHttp(route, request.method, reply.statusCode, seconds);
    const entry = {
      method: request.method,
      path: loggedPath(request.url),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    };
    if (isProbe(route) || route === metricsPath) request.log.debug(entry, 'request');
    else request.log.info(entry, 'request');
    done();
  });

  await app.register(helmet, helmetOptions(options.hstsSeconds));
  holdAnswers(app, options);
  // The bodies of requests come plain: one that unpacks to more than it is would pass the limit.
  await app.register(compress, { globalDecompression: false });
  refuseForeignPreflights(app, options.allowedOrigins);
  if (options.allowedOrigins.length > 0) {
    await app.register(cors, {
      origin: options.allowedOrigins.includes('*') ? '*' : [...options.allowedOrigins],
      methods: ['GET', 'POST'],
      allowedHeaders: [
        'content-type',
        'authorization',
        'apollo-require-preflight',
        'x-apollo-operation-name',
        'apollographql-client-name',
        'apollographql-client-version',
        'if-none-match',
        'last-event-id',
        'x-request-id',
      ],
      exposedHeaders: [
        'etag',
        'ratelimit',
        'ratelimit-policy',
        'retry-after',
        'www-authenticate',
        'x-request-id',
      ],
      // One without its headers is told the methods.
      strictPreflight: false,
      maxAge: 86_400,
    });
  }
  app.setErrorHandler(sendError);
  refuseWhileClosing(app);
  endSilentConnections(app);
  options.page?.answerUnknown(app);
  refuseUnknown(app);
  countArrivals(app, options);
  holdBodies(app, options);
  receiveJson(app, {
    maxBytes: options.maxRequestBytes,
    onTinyChunks: ({ ip }) => void options.rates.take('requests', countedAddress(ip), tinyChunksPrice),
  });
  await graphqlRoutes(app, options);
  await app.register(options.eventStreams.routes);
  await options.page?.serve(app);
  healthRoutes(app, options);
  return app;
}

/** The page for developers, where there is one. */
async function openExplorer(
  app: FastifyInstance,
  { explorerQuery }: HttpOptions,
): Promise<Explorer | undefined> {
  if (explorerQuery === undefined) return undefined;
  const explorer = createExplorer({ path: graphqlPath, defaultQuery: explorerQuery });
  await app.register(explorer.assets);
  return explorer;
}

async function graphqlRoutes(app: FastifyInstance, options: HttpOptions): Promise<void> {
  const { graphql, page } = options;
  const explorer = await openExplorer(app, options);
  app.route({
    url: graphqlPath,
    method: ['GET', 'POST'],
    handler: (request, reply) =>
      explorer && wantsExplorer(request) ? explorer.sendExplorer(reply) : graphql.handle(request, reply),
  });
  app.get('/', (request, reply) => {
    void reply.header('vary', 'Accept');
    if (page && prefersHtml(request)) return page.sendFront(request, reply);
    if (explorer && wantsExplorer(request)) return reply.redirect(graphqlPath, 303);
    return reply.send(addresses);
  });
}

/** What `GET /` tells programs. */
const addresses = {
  name: 'Standfirst',
  graphql: graphqlPath,
  stream: streamPath,
  live: '/health/live',
  ready: '/health/ready',
  metrics: metricsPath,
} as const;

function healthRoutes(app: FastifyInstance, { metrics, checkReady }: HttpOptions): void {
  app.get('/health/live', () => ({ status: 'live' }));
  app.get('/health/ready', async (_request, reply) => {
    const reason = await checkReady().catch(() => 'the database does not answer');
    return reason === undefined ? { status: 'ready' } : reply.code(503).send({ status: 'not ready', reason });
  });
  app.get(metricsPath, async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
}
