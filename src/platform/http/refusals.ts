import type { Socket } from 'node:net';
import {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type HTTPMethods,
} from 'fastify';
import type { GraphQLFormattedError } from 'graphql';
import {
  RequestError,
  type RequestErrorCode,
  requestErrorCodes,
  ShuttingDownError,
} from '../errors/errors.ts';
import { presentError } from '../graphql/present-error.ts';
import { plainStatus } from './answer-status.ts';
import { comeBackLater, isEventSource } from './event-source.ts';
import { endAfterLastWords } from './last-words.ts';
import { isAllowedOrigin, isPreflight, mayRead } from './origins.ts';
import { plainHeaders } from './security-headers.ts';

/** The common shape of all refusals, of GraphQL requests and of others. */
export interface RefusalBody {
  readonly errors: readonly GraphQLFormattedError[];
}

/**
 * The body of a refusal that is not a GraphQL response.
 * @param details further `extensions`
 */
export function refusalBody(
  code: RequestErrorCode,
  message: string = requestErrorCodes[code],
  details: Readonly<Record<string, unknown>> = {},
): RefusalBody {
  return { errors: [{ message, extensions: { ...details, code } }] };
}

/** A complete HTTP response with a refusal, where Fastify has no reply. */
export function plainRefusal(
  hstsSeconds: number,
  status: string,
  ...refused: Parameters<typeof refusalBody>
): string {
  const [, , details] = refused;
  const body = JSON.stringify(refusalBody(...refused));
  const headers = {
    Connection: 'close',
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    ...(details?.retryAfterSeconds === undefined
      ? {}
      : { 'Retry-After': String(Number(details.retryAfterSeconds)) }),
    ...plainHeaders(hstsSeconds),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status}\r\n${lines.join('')}\r\n${body}`;
}

/** Advice to developers, where the framework's own message has none. */
const advice: Readonly<Record<number, string>> = {
  413: 'The body is larger than this service takes.',
  415: 'Send the operation as JSON in UTF-8, not compressed: content-type application/json.',
};

/**
 * Answers requests that failed before they became GraphQL requests, such as too large or malformed ones, in the same
 * shape.
 */
export function sendError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof RequestError) {
    const { code, message, details } = error;
    const seconds = details.retryAfterSeconds;
    if (seconds !== undefined) void reply.header('retry-after', String(Number(seconds)));
    return reply.code(plainStatus(code)).send(refusalBody(code, message, details));
  }
  const status = error.statusCode ?? 500;
  if (status < 500)
    return reply.code(status).send(refusalBody('BAD_REQUEST', advice[status] ?? error.message));
  const presented = presentError(error, (errorId, err) => request.log.error({ errorId, err }, 'fault'));
  return reply.code(status).send({ errors: [presented] } satisfies RefusalBody);
}

const methods: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST'];

/** Methods for which there is a route at an address. Those that cannot be decoded have been refused before. */
function methodsAt(app: FastifyInstance, address: string): readonly string[] {
  const [url = ''] = address.split('?', 1);
  // `findRoute` looks an address up. `hasRoute` would read it as a pattern, and compile the expressions in it.
  return methods.filter((method) => (app.findRoute({ url, method }) as object | null) !== null);
}

/** 404, or 405 with `Allow` if another method would be accepted; OPTIONS is answered with the methods. */
function sendNotFound(app: FastifyInstance, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const at = methodsAt(app, request.url);
  // A route that has this method has found nothing, such as no file of that name.
  const allowed = at.includes(request.method) ? [] : at;
  if (allowed.length === 0)
    return reply.code(404).send(refusalBody('NOT_FOUND', 'There is nothing at this address.'));
  const allow = [...allowed, 'OPTIONS'].join(', ');
  void reply.header('allow', allow);
  if (request.method === 'OPTIONS') return reply.code(204).send();
  return reply
    .code(405)
    .send(refusalBody('BAD_REQUEST', `This address takes ${allow}, not ${request.method}.`));
}

/** The message for a WebSocket or an event stream beyond MAX_SOCKETS_PER_ADDRESS. */
export const tooManyConnections = 'This address has as many live connections open as it may.';

/** Seconds after which a client may try to open another live connection; connections stay open for long. */
export const liveRetrySeconds = 10;

/** The message for a page of an origin that is not allowed. */
export function originRefusal(origin: string | undefined): string {
  // The header comes from the client: it is repeated only if it looks like an origin.
  if (origin === undefined)
    return 'A page of another site may not have this opened for it, such as as an image or a frame.';
  const named = /^[\w.:/[\]-]{1,200}$/.test(origin) ? origin : 'This origin';
  return `${named} may not use this service from a page: ALLOWED_ORIGINS does not list it.`;
}

/**
 * Gives the reason in a preflight's response, and in the log, why a browser will not let a page use the service:
 * otherwise its developers see only a missing header.
 */
export function refuseForeignPreflights(app: FastifyInstance, pageOrigins: readonly string[]): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (!isPreflight(request) || isAllowedOrigin(request.headers, pageOrigins)) return done();
    const message = originRefusal(request.headers.origin);
    request.log.warn(message);
    void reply.code(403).send(refusalBody('ORIGIN_NOT_ALLOWED', message));
  });
}

/**
 * Refuses what browsers fetch for pages of other sites, before it is charged to their visitors: see `mayRead`.
 * @param app the scope of the addresses that anybody may read
 */
export function refuseForeignReads(app: FastifyInstance, pageOrigins: readonly string[]): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (mayRead(request.headers, pageOrigins)) return done();
    const message = originRefusal(request.headers.origin);
    request.log.warn(message);
    void reply.code(403).send(refusalBody('ORIGIN_NOT_ALLOWED', message));
  });
}

/** Refuses unknown addresses and methods before their bodies are read. */
export function refuseUnknown(app: FastifyInstance): void {
  app.setNotFoundHandler((request, reply) => sendNotFound(app, request, reply));
  app.addHook('onRequest', (request, reply, done) => {
    if (request.is404) void sendNotFound(app, request, reply);
    else done();
  });
}

/** Refuses requests that arrive on open connections once the service closes. */
export function refuseWhileClosing(app: FastifyInstance): void {
  const { message } = new ShuttingDownError();
  let closing = false;
  app.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  app.addHook('onRequest', (request, reply, done) => {
    if (!closing) return done();
    if (isEventSource(request)) return void comeBackLater(reply);
    void reply.code(503).header('retry-after', '1').send(refusalBody('UNAVAILABLE', message));
  });
}

const unreadable: Readonly<Record<string, readonly [status: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'The address and headers are longer than 16 KiB: send the operation by POST.',
  ],
  HPE_INVALID_METHOD: [
    '400 Bad Request',
    'This is no HTTP request, or the body before it is longer than its content-length.',
  ],
  HPE_INVALID_EOF_STATE: ['400 Bad Request', 'The body is shorter than its content-length.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request did not arrive in time.'],
};

/** Answers input that is not HTTP. */
export const refuseUnreadable =
  (hstsSeconds: number) =>
  (error: NodeJS.ErrnoException, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return;
    const [status, message] = unreadable[error.code ?? ''] ?? ['400 Bad Request', 'This is no HTTP request.'];
    socket.end(plainRefusal(hstsSeconds, status, 'BAD_REQUEST', message));
    // The server lets clients keep their side open.
    endAfterLastWords(socket);
  };
