import type { FastifyRequest } from 'fastify';
import { RequestError } from '../../errors/errors.ts';
import { responseType } from '../../http/answer-status.ts';
import { quality } from '../../http/browsers.ts';
import { streamType } from '../../http/event-source.ts';

/** The media type of responses to clients that ask for no other. */
export const plainType = 'application/json';

/** Headers that no foreign page's link or form can send; a GET needs one of them. */
const preflighted = ['apollo-require-preflight', 'x-apollo-operation-name'] as const;

/** The media type of a response to a query or mutation; undefined if the client accepts none. */
export function answerType(accept: string | undefined): string | undefined {
  if (accept === undefined) return plainType;
  const weight = (type: string) =>
    Math.max(...[type, 'application/*', '*/*'].map((range) => quality(accept, range)));
  const ofStreams = quality(accept, streamType);
  if (ofStreams > Math.max(weight(plainType), quality(accept, responseType))) return streamType;
  if (accept.includes(responseType) && quality(accept, responseType) > 0) return responseType;
  return weight(plainType) > 0 ? plainType : undefined;
}

/**
 * A GET that accepts a stream of events is checked by `requireOrigin` instead: no link or form sends such an `Accept`.
 * @throws RequestError BAD_REQUEST for a GET that a foreign page's link or form could have sent
 */
export function requireSameSite({ method, headers }: FastifyRequest): void {
  if (method !== 'GET') return;
  const isJson = /^application\/(json|graphql-response\+json)\b/i.test(headers['content-type'] ?? '');
  if (isJson || preflighted.some((name) => headers[name] !== undefined)) return;
  throw new RequestError(
    'BAD_REQUEST',
    'A GET needs a header that no foreign page can send: apollo-require-preflight, x-apollo-operation-name, or content-type: application/json.',
  );
}
