import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Viewer } from '../../auth/viewer.ts';
import { RequestError } from '../../errors/errors.ts';
import { countedAddress } from '../../http/client-address.ts';
import { takenPieces } from '../../http/taken-pieces.ts';

/** Most answers under way at a time, of the process and of one address: each holds a page of rows. */
const [maxAtOnce, maxAtOncePerAddress] = [16, 2];

/** Longest time that one answer may take, in milliseconds, however it is read. */
const maxAnswerMs = 600_000;

export interface OwnDataOptions {
  /** The viewer of a request, counted. @throws RequestError UNAUTHENTICATED, RATE_LIMITED */
  readonly enter: (request: FastifyRequest) => Promise<Viewer>;
  /** All that the service holds of an account, as JSON, in pieces. */
  readonly documentOf: (viewer: Viewer) => AsyncIterable<string>;
  /** Time after which a client that reads nothing is disconnected, in milliseconds. */
  readonly maxStallMs: number;
  readonly onFault: (error: unknown) => void;
}

/**
 * Answers with all that the service holds of the account that asks, as a file to keep. It is read as fast as the client
 * takes it; an answer that breaks off ends without the last `}`.
 */
export function ownDataRoute({ enter, documentOf, maxStallMs, onFault }: OwnDataOptions) {
  /** Addresses of the answers under way, by account. */
  const underWay = new Map<string, string>();
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const viewer = await enter(request);
    // The client may have gone meanwhile: then nothing tells of its end any more.
    if (reply.raw.destroyed || request.raw.destroyed || request.raw.socket.destroyed) return reply.hijack();
    const { accountId } = viewer;
    const address = countedAddress(request.ip);
    const isBusy =
      underWay.has(accountId) ||
      underWay.size >= maxAtOnce ||
      [...underWay.values()].filter((other) => other === address).length >= maxAtOncePerAddress;
    if (isBusy)
      throw new RequestError('RATE_LIMITED', 'Data of accounts are being read already: try again.', {
        retryAfterSeconds: 10,
      });
    underWay.set(accountId, address);
    const cut = (): void => void reply.raw.destroy();
    const end = setTimeout(cut, maxAnswerMs);
    const body = Readable.from(takenPieces(documentOf(viewer), maxStallMs, cut), {
      objectMode: false,
      highWaterMark: 65_536,
    });
    reply.raw.once('close', () => {
      clearTimeout(end);
      underWay.delete(accountId);
      body.destroy();
    });
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
