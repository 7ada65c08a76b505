import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import { RequestError } from '../../../platform/errors/errors.ts';
import {
  AnswerPlaces,
  sendPieces,
  type StreamedAnswerOptions,
} from '../../../platform/http/streamed-answer.ts';

export interface OwnDataOptions extends StreamedAnswerOptions {
  /** The viewer of a request, counted. @throws RequestError UNAUTHENTICATED, RATE_LIMITED */
  readonly enter: (request: FastifyRequest) => Promise<Viewer>;
  /** All that the service holds of an account, as JSON, in pieces. */
  readonly documentOf: (viewer: Viewer) => AsyncIterable<string>;
}

const busy = 'Data of accounts are being read already: try again.';

/**
 * Answers with all that the service holds of the account that asks, as a file to keep, one at a time. An answer that breaks off ends
 * without the last `}`.
 */
export function ownDataRoute({ enter, documentOf, ...options }: OwnDataOptions) {
  // Each holds a page of rows.
  const places = new AnswerPlaces({ most: 16, mostOfAddress: 2, busy });
  const accounts = new Set<string>();
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const viewer = await enter(request);
    const { accountId } = viewer;
    if (accounts.has(accountId)) throw new RequestError('RATE_LIMITED', busy, { retryAfterSeconds: 10 });
    places.take(request, reply, () => accounts.delete(accountId));
    accounts.add(accountId);
    void reply
      .headers({
        'cache-control': 'no-store',
        'content-disposition': 'attachment; filename="standfirst-data.json"',
        'x-content-type-options': 'nosniff',
      })
      .type('application/json; charset=utf-8');
    return sendPieces(request, reply, documentOf(viewer), options);
  };
}
