import type { FastifyReply, FastifyRequest } from 'fastify';
import { accepted } from './accepted.ts';
import { streamPath } from './paths.ts';

/**
 * Earliest and latest time of reconnection, in milliseconds: random, so that clients that were cut off together don't
 * reconnect together.
 */
const minRetryMs = 1000;
const maxRetryMs = 5000;

/** The media type of event streams. */
export const streamType = 'text/event-stream';

/** Headers of every event stream: no intermediary may store the stream, or buffer it. */
export const streamHeaders = {
  'content-type': `${streamType}; charset=utf-8`,
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

const namesStreams = (request: Pick<FastifyRequest, 'headers'>): boolean =>
  accepted(request, 'accept')?.has(streamType) === true;

/**
 * Whether the client is a browser's `EventSource`, or behaves like one: it never reconnects after any status but 200. At
 * other addresses than theirs, programs want to know the status.
 */
export function isEventSource(request: Pick<FastifyRequest, 'method' | 'headers' | 'routeOptions'>): boolean {
  return request.method === 'GET' && request.routeOptions.url === streamPath && namesStreams(request);
}

/**
 * Whether the client speaks the GraphQL over SSE protocol, so that it expects errors of its operation in the stream.
 */
export function isProtocolClient(request: Pick<FastifyRequest, 'method' | 'headers'>): boolean {
  return request.method === 'POST' && namesStreams(request);
}

/** The text before and after a result that is the only one of its stream. */
export const onlyResult = {
  before: 'event: next\ndata: ',
  // Without data, the browser's EventSource would not dispatch the event.
  after: '\n\nevent: complete\ndata: \n\n',
} as const;

/**
 * The end of a stream; with errors, because of them. Errors have no id, so that a client that reconnects continues from
 * the last event.
 * @param errors as presented to the client
 */
export function lastWords(errors?: readonly object[]): string {
  const { before, after } = onlyResult;
  return errors ? before + JSON.stringify({ errors }) + after : after.trimStart();
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
