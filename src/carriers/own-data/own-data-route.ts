import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Viewer } from '../../auth/viewer.ts';
import { RequestError } from '../../errors/errors.ts';

/** Longest time that one answer may take, in milliseconds: whoever reads slower is disconnected. */
const maxAnswerMs = 600_000;

export interface OwnDataOptions {
  /** The viewer of a request, counted. @throws RequestError UNAUTHENTICATED, RATE_LIMITED */
  readonly enter: (request: FastifyRequest) => Promise<Viewer>;
  /** All that the service holds of an account, as JSON, in pieces. */
  readonly documentOf: (viewer: Viewer) => AsyncIterable<string>;
  readonly onFault: (error: unknown) => void;
}

/**
 * Answers with all that the service holds of the account that asks, as a file to keep. It is read as fast as the client
 * takes it; an answer that breaks off ends without the last `}`.
 */
export function ownDataRoute({ enter, documentOf, onFault }: OwnDataOptions) {
  const underWay = new Set<string>();
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const viewer = await enter(request);
    const { accountId } = viewer;
    if (underWay.has(accountId))
      throw new RequestError('RATE_LIMITED', 'The data of this account is being read already.', {
        retryAfterSeconds: 60,
      });
    underWay.add(accountId);
    const timer = setTimeout(() => void reply.raw.destroy(), maxAnswerMs);
    reply.raw.once('close', () => {
      clearTimeout(timer);
      underWay.delete(accountId);
    });
    const body = Readable.from(documentOf(viewer), { objectMode: false, highWaterMark: 65_536 });
    body.once('error', onFault);
    return reply
      .headers({
        'cache-control': 'no-store',
        'content-disposition': 'attachment; filename="standfirst-data.json"',
        'x-content-type-options': 'nosniff',
      })
      .type('application/json; charset=utf-8')
      .send(body);
  };
}
