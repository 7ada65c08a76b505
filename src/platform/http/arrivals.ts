import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { PolicyState, RateLimits } from '../auth/rate-limits.ts';
import type { RequestError } from '../errors/errors.ts';
import type { Gate } from '../operations/gate.ts';
import { countedAddress } from './client-address.ts';
import type { ConnectionLimit } from './connection-limit.ts';
import { comeBackLater, isEventSource } from './event-source.ts';
import { answersOf, type Holdings } from './holdings.ts';
import { graphqlPath, isProbe, metricsPath } from './paths.ts';
import { isPreflight } from './origins.ts';
import { rateLimitFields } from './rate-limit-fields.ts';
import { largeText, streamBytes, streamText } from './text-pieces.ts';
import { refusalBody } from './refusals.ts';

/** Whether a response is exempt from the limit of unread bytes: probes, and the metrics that show such a load. */
const isUnheld = (request: FastifyRequest): boolean =>
  isProbe(request) || request.url.split('?', 1)[0] === metricsPath;

/** Refuses a request of a client that may come back in some seconds. */
export function refuseForNow(request: FastifyRequest, reply: FastifyReply, error: RequestError): void {
  const seconds = Number(error.details.retryAfterSeconds);
  if (isEventSource(request)) return void comeBackLater(reply, seconds * 1000);
  void reply
    .code(429)
    .headers({ 'retry-after': String(seconds), 'cache-control': 'no-store' })
    .send(refusalBody(error.code, error.message, error.details));
}

const arrivals = new WeakMap<FastifyRequest, PolicyState>();

/** The state of the policy `requests` after the request was counted at its arrival; undefined if nothing is counted. */
export const arrivalOf = (request: FastifyRequest): PolicyState | undefined => arrivals.get(request);

interface Counting {
  readonly gate: Gate;
  readonly rates: RateLimits;
  readonly connections: ConnectionLimit;
}

/** Counts each request by its address, before any of it is read. */
export function countArrivals(app: FastifyInstance, counting: Counting): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!isPreflight(request)) await countArrival(request, reply, counting);
  });
}

/** Counts preflight requests. They are answered before other requests are counted. */
export function countPreflights(app: FastifyInstance, counting: Counting): void {
  app.addHook('onRequest', async (request, reply) => {
    if (isPreflight(request)) await countArrival(request, reply, counting);
  });
}

async function countArrival(
  request: FastifyRequest,
  reply: FastifyReply,
  { gate, rates, connections }: Counting,
): Promise<void> {
  const surplus = connections.refusal(request.raw);
  if (surplus) {
    void reply.header('connection', 'close');
    if (!isProbe(request)) return refuseForNow(request, reply, surplus);
  }
  if (isProbe(request)) return;
  const { state, refusal } = await gate.arrive(countedAddress(request.ip));
  if (state) arrivals.set(request, state);
  if (refusal) {
    void reply.headers(rateLimitFields(rates, state ? [state] : []));
    return refuseForNow(request, reply, refusal);
  }
}

const changes = new WeakSet<FastifyRequest>();

/**
 * Marks a request that has changed something, whose response must be sent. Its operation only began because a response
 * had room.
 */
export const holdInAnyCase = (request: FastifyRequest): void => void changes.add(request);

const unread = 'Answers have not been read yet: read them, then ask again.';
const unreadChange =
  'This was done, but its answer is not sent: answers to this address have not been read for too long.';

/** Accounts for responses until their clients have read them, before they are compressed and sent. */
export function holdAnswers(app: FastifyInstance, { holdings }: { readonly holdings: Holdings }): void {
  app.addHook<string | Buffer>('onSend', (request, reply, payload, done) => {
    const isAnswer = Buffer.isBuffer(payload) && request.routeOptions.url === graphqlPath;
    // Files are streams, or are in memory once for all clients.
    if ((typeof payload !== 'string' && !isAnswer) || payload.length === 0 || isUnheld(request))
      return done();
    const client = answersOf(countedAddress(request.ip));
    const inAnyCase = changes.has(request);
    const bytes = Buffer.byteLength(payload);
    const release = holdings.hold(client, bytes, request.raw.socket, { inAnyCase });
    if (release) {
      reply.raw.once('close', release);
      if (payload.length <= largeText) return done(null, payload);
      void reply.header('content-length', bytes);
      const pieces = typeof payload === 'string' ? streamText(payload) : streamBytes(payload);
      return done(null, pieces as unknown as string);
    }
    void reply
      .code(429)
      .type('application/json; charset=utf-8')
      .headers({ 'retry-after': '1', 'cache-control': 'no-store' });
    reply.removeHeader('etag');
    done(
      null,
      JSON.stringify(
        refusalBody('RATE_LIMITED', inAnyCase ? unreadChange : unread, { retryAfterSeconds: 1 }),
      ),
    );
  });
}
