import type { FastifyReply, FastifyRequest } from 'fastify';

/** Between which times, in milliseconds, a client comes back: at random, so that those who were cut off together don't. */
const minRetryMs = 1000;
const maxRetryMs = 5000;

/** What every stream of events is sent with: nobody between keeps it, or holds it back to send more at once. */
export const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
} as const;

/**
 * The line that tells a client when to come back.
 * @param afterMs no sooner than this
 */
export function retryLine(afterMs = 0): string {
  const jitter = minRetryMs + Math.random() * (maxRetryMs - minRetryMs);
  return `retry: ${Math.round(afterMs + jitter)}\n\n`;
}

const namesStreams = (accept: string | undefined): boolean => /\btext\/event-stream\b/i.test(accept ?? '');

/** Whether this is a browser's `EventSource`, or what behaves like one: it takes any status but 200 for final. */
export function isEventSource({ method, headers }: Pick<FastifyRequest, 'method' | 'headers'>): boolean {
  return method === 'GET' && namesStreams(headers.accept);
}

/** Whether this is a client of the protocol, which wants to be told in the stream what is wrong with its operation. */
export function isProtocolClient({ method, headers }: Pick<FastifyRequest, 'method' | 'headers'>): boolean {
  return method === 'POST' && namesStreams(headers.accept);
}

/**
 * Tells an `EventSource` to try again: by a stream that has ended already, since it would never come back from a 503.
 * @param afterMs no sooner than this
 */
export function comeBackLater(reply: FastifyReply, afterMs = 0): FastifyReply {
  return reply
    .code(200)
    .headers({ ...streamHeaders, connection: 'close' })
    .send(retryLine(afterMs));
}
