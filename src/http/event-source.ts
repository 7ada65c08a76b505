import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Earliest and latest time of reconnection, in milliseconds: random, so that clients that were cut off together don't
 * reconnect together.
 */
const minRetryMs = 1000;
const maxRetryMs = 5000;

/** Headers of every event stream: no intermediary may store the stream, or buffer it. */
export const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
} as const;

/**
 * The line that tells a client when to reconnect.
 * @param afterMs no sooner than this
 */
export function retryLine(afterMs = 0): string {
  const jitter = minRetryMs + Math.random() * (maxRetryMs - minRetryMs);
  return `retry: ${Math.round(afterMs + jitter)}\n\n`;
}

const namesStreams = (accept: string | undefined): boolean => /\btext\/event-stream\b/i.test(accept ?? '');

/**
 * Whether the client is a browser's `EventSource`, or behaves like one: it never reconnects after any status but 200.
 */
export function isEventSource({ method, headers }: Pick<FastifyRequest, 'method' | 'headers'>): boolean {
  return method === 'GET' && namesStreams(headers.accept);
}

/**
 * Whether the client speaks the GraphQL over SSE protocol, so that it expects errors of its operation in the stream.
 */
export function isProtocolClient({ method, headers }: Pick<FastifyRequest, 'method' | 'headers'>): boolean {
  return method === 'POST' && namesStreams(headers.accept);
}

/**
 * Tells an `EventSource` to try again, by a stream that has ended already, since it would never reconnect after a 503.
 * @param afterMs no sooner than this
 */
export function comeBackLater(reply: FastifyReply, afterMs = 0): FastifyReply {
  return reply
    .code(200)
    .headers({ ...streamHeaders, connection: 'close' })
    .send(retryLine(afterMs));
}
