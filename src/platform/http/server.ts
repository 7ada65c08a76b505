import compress from '@fastify/compress';
import cors from '@fastify/cors';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { randomUUID } from 'node:crypto';
import { maxHeaderSize } from 'node:http';
import { loggedPath } from '../log/logger.ts';
import { countArrivals, countPreflights, holdAnswers } from './arrivals.ts';
import { type ConnectionLimit, strikesToBar } from './connection-limit.ts';
import type { RateLimits } from '../auth/rate-limits.ts';
import type { Gate } from '../operations/gate.ts';
import type { Holdings } from './holdings.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { deviceHeader, livePath, metricsPath, readyPath } from './paths.ts';
import { mayBeKept } from './cache-control.ts';
import { holdBodies } from './received-bytes.ts';
import { receiveJson } from './received-operation.ts';
import {
  refuseForeignPreflights,
  refuseUnknown,
  refuseUnreadable,
  refuseWhileClosing,
  sendError,
} from './refusals.ts';
import { createTurnServer } from './request-turns.ts';
import { plainHeaders, securityHeaders } from './security-headers.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the address of a page is all that its use takes: it is not logged. */
    hasSecretPath?: boolean;
  }
}

/** Number of requests that a body in tiny chunks counts for: reading the first of them takes as long. */
const tinyChunksPrice = 100;

/** Routes that programs of the operator ask all the time: their requests are in the log of details alone. */
const quietRoutes: readonly string[] = [livePath, readyPath, metricsPath];

export interface HttpOptions {
  readonly gate: Gate;
  readonly rates: RateLimits;
  readonly holdings: Holdings;
  /** Accounts for request bodies, apart from responses, so that no response waits for requests of others. */
  readonly bodies: Holdings;
  readonly logger: FastifyBaseLogger;
  readonly metrics: Metrics;
  readonly allowedOrigins: readonly string[];
  /** The allowed origins and that of `PUBLIC_URL`. */
  readonly pageOrigins: readonly string[];
  readonly trustProxy: boolean;
  readonly maxRequestBytes: number;
  readonly connections: ConnectionLimit;
  /** Is aborted when the service begins to stop: clients are to go to other nodes. */
  readonly leaving: AbortSignal;
  /** Time for which browsers use TLS only, in seconds; 0: the header is not sent. */
  readonly hstsSeconds: number;
  /** Whether the service can do its work: throws, or returns the reason why not. */
  readonly checkReady: () => Promise<string | undefined>;
  /** Registers the carriers' addresses. */
  readonly routes: (app: FastifyInstance) => Promise<void>;
  /** Answers browsers at unknown addresses; undefined: they are answered like programs. */
  readonly unknownPage: UnknownPage | undefined;
}

/** The page for browsers at an unknown address. */
export interface UnknownPage {
  /** Whether a request comes from a person in a browser, and not from a program. */
  isFor(request: FastifyRequest): boolean;
  send(request: FastifyRequest, reply: FastifyReply): void;
}

// `getHeader` looks at Fastify's headers and at those of Node's response, where streams that are written piece by piece have theirs.
const isStream = (reply: FastifyReply): boolean =>
  String(reply.getHeader('content-type')).startsWith('text/event-stream');

/**
 * A proxy's request id, if it is well-formed; any other text could forge lines of the log, and a machine token in the
 * wrong header would be in every line.
 */
function requestId(headers: Record<string, string | string[] | undefined>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^(?!.*sf_)[\w.-]{8,64}$/.test(given) ? given : randomUUID();
}

/** The HTTP server with its routes, not yet listening. */
export async function createHttpServer(options: HttpOptions): Promise<FastifyInstance> {
  const { metrics } = options;
  const app = Fastify({
    loggerInstance: options.logger,
    trustProxy: options.trustProxy,
    serverFactory: (listener) => {
      const server = createTurnServer(listener, {
        ...options,
        onTinyChunks: (address) => {
          options.connections.strike(address, strikesToBar);
          void options.rates.take('requests', address, tinyChunksPrice);
        },
        onPipelined: (address) => options.connections.strike(address, 1),
      });
      options.connections.watch(server);
      return server;
    },
    bodyLimit: options.maxRequestBytes,
    genReqId: (request) => requestId(request.headers),
    // The one log line of a request is written below when it is answered.
    logController: new LogController({ requestIdLogLabel: 'requestId', disableRequestLogging: true }),
    forceCloseConnections: 'idle',
    // Refused below, in the common shape of refusals.
    return503OnClosing: false,
    // Called for an address that can't be parsed, for example.
    frameworkErrors: (error, request, reply) => {
      // No hook has run for this response.
      void reply.headers(plainHeaders(options.hstsSeconds));
      if (options.unknownPage?.isFor(request) === true) options.unknownPage.send(request, reply);
      else void sendError(error, request, reply);
    },
    clientErrorHandler: refuseUnreadable(options.hstsSeconds),
    // A path parameter may be as long as the address: each route limits its own.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: maxHeaderSize },
  });

  const constant = securityHeaders(options.hstsSeconds);
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(constant);
    reply.header('x-request-id', request.id);
    done();
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    // A response that caches may store is the same for all clients: later ones would receive the id of the first one's
    // request.
    if (mayBeKept(reply)) reply.removeHeader('x-request-id');
    done(null, payload);
  });
  app.addHook('onResponse', (request, reply, done) => {
    const seconds = reply.elapsedTime / 1000;
    const route = request.routeOptions.url ?? 'none';
    // The duration of a stream does not measure response times.
    if (!isStream(reply)) metrics.countHttp(route, request.method, reply.statusCode, seconds);
    const entry = {
      method: request.method,
      path: request.routeOptions.config.hasSecretPath === true ? route : loggedPath(request.url),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    };
    if (quietRoutes.includes(route)) request.log.debug(entry, 'request');
    else request.log.info(entry, 'request');
    done();
  });

  holdAnswers(app, options);
  // Request bodies are not decompressed: a decompressed one could exceed the size limit.
  await app.register(compress, { globalDecompression: false });
  countPreflights(app, options);
  refuseForeignPreflights(app, options.pageOrigins);
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
        deviceHeader,
      ],
      exposedHeaders: [
        'etag',
        'ratelimit',
        'ratelimit-policy',
        'retry-after',
        'www-authenticate',
        'x-request-id',
      ],
      // A preflight without its headers is answered with the methods.
      strictPreflight: false,
      maxAge: 86_400,
    });
  }
  // After CORS, so that a page can read why it was refused; before everything that answers.
  countArrivals(app, options);
  app.setErrorHandler(sendError);
  refuseWhileClosing(app);
  answerUnknown(app, options);
  refuseUnknown(app);
  holdBodies(app, options);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', receiveJson);
  await options.routes(app);
  healthRoutes(app, options);
  return app;
}

/** Answers browsers at unknown addresses before the hooks that refuse programs. */
function answerUnknown(app: FastifyInstance, { unknownPage }: HttpOptions): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (!request.is404 || unknownPage?.isFor(request) !== true) return done();
    unknownPage.send(request, reply);
  });
}

function healthRoutes(app: FastifyInstance, { metrics, checkReady }: HttpOptions): void {
  app.get(livePath, () => ({ status: 'live' }));
  app.get(readyPath, async (_request, reply) => {
    const reason = await checkReady().catch(() => 'the database does not answer');
    return reason === undefined ? { status: 'ready' } : reply.code(503).send({ status: 'not ready', reason });
  });
  app.get(metricsPath, async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
}
