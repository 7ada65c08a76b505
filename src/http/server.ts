import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { randomUUID } from 'node:crypto';
import type { Authenticated, Authenticator } from '../auth/authenticate.ts';
import type { RequestErrorCode } from '../errors.ts';
import type { Context } from '../graphql/context.ts';
import { createExplorer, wantsExplorer } from './explorer.ts';
import { isUnavailable, presentError } from '../graphql/present-error.ts';
import type { Metrics } from './metrics.ts';

export interface HttpOptions {
  readonly apollo: ApolloServer<Context>;
  readonly authenticator: Authenticator;
  /** Makes the context of one request. */
  readonly createContext: (request: { authenticated: Authenticated | null; address: string }) => Context;
  readonly logger: FastifyBaseLogger;
  readonly metrics: Metrics;
  readonly allowedOrigins: readonly string[];
  readonly trustProxy: boolean;
  readonly maxRequestBytes: number;
  /** Whether the service can do its work: throws, or says why not. */
  readonly checkReady: () => Promise<string | undefined>;
  readonly explorerQuery: string;
}

/** Where GraphQL is served: POST, GET, WebSocket, and the explorer for browsers. */
export const graphqlPath = '/graphql';

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
    bodyLimit: options.maxRequestBytes,
    // A request that does not arrive gives its connection back.
    requestTimeout: 30_000,
    genReqId: (request) => requestId(request.headers),
    // One line a request, written below when it is answered.
    logController: new LogController({ requestIdLogLabel: 'requestId', disableRequestLogging: true }),
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: true },
  });

  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const seconds = reply.elapsedTime / 1000;
    const route = request.routeOptions.url ?? 'none';
    metrics.countHttp(route, request.method, reply.statusCode, seconds);
    // The path alone: a query string can hold what nobody should read in a log.
    const [path] = request.url.split('?');
    const entry = {
      method: request.method,
      path,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    };
    if (route.startsWith('/health') || route === '/metrics') request.log.debug(entry, 'request');
    else request.log.info(entry, 'request');
    done();
  });

  await app.register(helmet, {
    // The explorer sets its own policy; answers in JSON need none.
    contentSecurityPolicy: { directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    crossOriginResourcePolicy: { policy: 'cross-origin' },
  });
  if (options.allowedOrigins.length > 0) {
    await app.register(cors, {
      origin: options.allowedOrigins.includes('*') ? '*' : [...options.allowedOrigins],
      methods: ['GET', 'POST'],
      allowedHeaders: [
        'content-type',
        'authorization',
        'apollo-require-preflight',
        'x-apollo-operation-name',
      ],
      exposedHeaders: ['x-request-id', 'retry-after'],
      maxAge: 86_400,
    });
  }
  app.setErrorHandler(sendError);
  await graphqlRoutes(app, options);
  healthRoutes(app, options);
  return app;
}

async function graphqlRoutes(app: FastifyInstance, options: HttpOptions): Promise<void> {
  const { apollo, authenticator, createContext } = options;
  const explorer = await createExplorer({ path: graphqlPath, defaultQuery: options.explorerQuery });
  await app.register(explorer.assets);
  const execute = fastifyApolloHandler(apollo, {
    context: async (request: FastifyRequest) => {
      const authenticated = await authenticator
        .authenticate(request.headers.authorization)
        .catch(toHttpError);
      return createContext({ authenticated, address: request.ip });
    },
  });
  app.route({
    url: graphqlPath,
    method: ['GET', 'POST'],
    handler(request, reply) {
      if (wantsExplorer(request)) return explorer.sendExplorer(reply);
      // Whose answer it is depends on who asks.
      reply.header('cache-control', 'no-store');
      return execute.call(app, request, reply);
    },
  });
}

/** Answers what never became a GraphQL request in the shape of one: too large, malformed, or failed on the way. */
function sendError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const status = error.statusCode ?? 500;
  const presented: GraphQLFormattedError =
    status < 500
      ? { message: error.message, extensions: { code: 'BAD_REQUEST' satisfies RequestErrorCode } }
      : presentError(error, (errorId, err) => request.log.error({ errorId, err }, 'fault'));
  return reply.code(status).send({ errors: [presented] });
}

/** Apollo takes the status from the error; the original still decides what is shown. */
function toHttpError(error: unknown): never {
  const { code, message } = error as { code?: unknown; message?: string };
  const status = code === 'UNAUTHENTICATED' ? 401 : isUnavailable(error) ? 503 : 500;
  throw new GraphQLError(message ?? '', {
    originalError: error instanceof Error ? error : undefined,
    extensions: { http: { status } },
  });
}

function healthRoutes(app: FastifyInstance, { metrics, checkReady }: HttpOptions): void {
  app.get('/health/live', () => ({ status: 'live' }));
  app.get('/health/ready', async (_request, reply) => {
    const reason = await checkReady().catch(() => 'the database does not answer');
    return reason === undefined ? { status: 'ready' } : reply.code(503).send({ status: 'not ready', reason });
  });
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
}
