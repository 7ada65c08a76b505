import type { FastifyRequest } from 'fastify';
import { RequestError } from '../../platform/errors/errors.ts';
import { responseType } from '../../platform/http/answer-status.ts';
import { accepted } from '../../platform/http/accepted.ts';
import { streamType } from '../../platform/http/event-source.ts';

/** The media type of responses to clients that ask for no other. */
export const plainType = 'application/json';

/** Headers that no foreign page's link or form can send; a GET needs one of them. */
const preflighted = ['apollo-require-preflight', 'x-apollo-operation-name'] as const;

/** The media type of a response to a query or mutation; undefined if the client accepts none. */
export function answerType(request: Pick<FastifyRequest, 'headers'>): string | undefined {
  const weights = accepted(request, 'accept');
  if (!weights) return plainType;
  const weight = (type: string): number => weights.get(type) ?? 0;
  const ofPlain = Math.max(...[plainType, 'application/*', '*/*'].map(weight));
  if (weight(streamType) > Math.max(ofPlain, weight(responseType))) return streamType;
  if (weight(responseType) > 0) return responseType;
  return ofPlain > 0 ? plainType : undefined;
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
