import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { PolicyState, RateLimits } from '../auth/rate-limits.ts';
import { RequestError } from '../errors.ts';
import type { Gate } from '../operations/gate.ts';
import { countedAddress } from './client-address.ts';
import { comeBackLater, isEventSource } from './event-source.ts';
import { answersOf, type Holdings } from './holdings.ts';
import { graphqlPath, streamPath } from './paths.ts';
import { rateLimitFields } from './rate-limit-fields.ts';
import { refusalBody } from './refusals.ts';

/** Requests that cost next to nothing: probes of the operator, and the page's files, which caches keep. */
const uncounted = /^\/(health\/|assets\/|favicon\.svg$)/;

/** What is answered whatever its neighbours leave unread: probes, and the figures that say what they do. */
const unheld = /^\/(health\/|metrics$)/;

const pathOf = ({ url }: FastifyRequest): string => url.split('?')[0] ?? '';

function refuseForNow(request: FastifyRequest, reply: FastifyReply, error: RequestError): void {
  const seconds = Number(error.details.retryAfterSeconds);
  if (isEventSource(request)) return void comeBackLater(reply, seconds * 1000);
  void reply
    .code(429)
    .headers({ 'retry-after': String(seconds), 'cache-control': 'no-store' })
    .send(refusalBody(error.code, error.message, error.details));
}

const arrivals = new WeakMap<FastifyRequest, PolicyState>();

/** The state of the policy `requests` that a request left behind when it arrived; undefined where nothing is counted. */
export const arrivalOf = (request: FastifyRequest): PolicyState | undefined => arrivals.get(request);

/** Counts each request by its address, before anything of it is read. */
export function countArrivals(
  app: FastifyInstance,
  { gate, rates }: { readonly gate: Gate; readonly rates: RateLimits },
): void {
  app.addHook('onRequest', async (request, reply) => {
    if (uncounted.test(pathOf(request))) return;
    const { state, refusal } = await gate.arrive(countedAddress(request.ip));
    if (state) arrivals.set(request, state);
    if (refusal) {
      void reply.headers(rateLimitFields(rates, state ? [state] : []));
      return refuseForNow(request, reply, refusal);
    }
    // Gone while it waited for its turn: nothing is done for it, and nothing would end what is begun.
    if (request.raw.socket.destroyed) reply.hijack();
  });
}

const changes = new WeakSet<FastifyRequest>();

/** The request has changed something, and has to be told so. Its operation began only where an answer had room. */
export const answerInAnyCase = (request: FastifyRequest): void => void changes.add(request);

/** Takes answers into account until their clients have read them, before they are compressed and sent. */
export function holdAnswers(app: FastifyInstance, { holdings }: { readonly holdings: Holdings }): void {
  app.addHook<string>('onSend', (request, reply, payload, done) => {
    // Files are streams, or stand in memory once for all.
    if (typeof payload !== 'string' || payload === '' || unheld.test(pathOf(request))) return done();
    const client = answersOf(countedAddress(request.ip));
    const release = holdings.hold(client, payload.length, request.raw.socket, changes.has(request));
    if (release) {
      reply.raw.once('close', release);
      return done(null, payload);
    }
    void reply
      .code(429)
      .type('application/json; charset=utf-8')
      .headers({ 'retry-after': '1', 'cache-control': 'no-store' });
    reply.removeHeader('etag');
    done(
      null,
      JSON.stringify(
        refusalBody('RATE_LIMITED', 'Answers have not been read yet: read them, then ask again.', {
          retryAfterSeconds: 1,
        }),
      ),
    );
  });
}

/** Takes the bodies of operations into account before they are received: many slow senders would fill the memory. */
export function holdBodies(
  app: FastifyInstance,
  { bodies, maxRequestBytes }: { readonly bodies: Holdings; readonly maxRequestBytes: number },
): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { method, headers, raw } = request;
    const path = pathOf(request);
    if (method !== 'POST' || (path !== graphqlPath && path !== streamPath)) return done();
    const announced = Number(headers['content-length'] ?? maxRequestBytes);
    const bytes = Math.min(Number.isFinite(announced) ? announced : maxRequestBytes, maxRequestBytes);
    const release = bodies.hold(countedAddress(request.ip), bytes, raw.socket);
    if (!release)
      return refuseForNow(
        request,
        reply,
        new RequestError('RATE_LIMITED', 'Too many requests of this address are being received.', {
          retryAfterSeconds: 1,
        }),
      );
    reply.raw.once('close', release);
    done();
  });
}
