import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequestError } from '../errors/errors.ts';
import { countedAddress } from './client-address.ts';
import { ClientPlaces, type ClientPlacesOptions } from '../fairness/client-places.ts';

/** Longest time that one answer may take, in milliseconds, however it is read. */
const maxAnswerMs = 600_000;

export interface AnswerPlacesOptions extends ClientPlacesOptions {
  /** The reason of a refusal, for people: a sentence. */
  readonly busy: string;
}

/** Places for answers that are made as fast as their clients read them: an answer that loses its place is cut off. */
export class AnswerPlaces {
  readonly #places: ClientPlaces;
  readonly #busy: string;

  constructor({ busy, ...places }: AnswerPlacesOptions) {
    this.#places = new ClientPlaces(places);
    this.#busy = busy;
  }

  /**
   * Takes a place until the client has its answer, or has gone.
   * @param left called then
   * @throws RequestError RATE_LIMITED, UNAVAILABLE: the client has gone already
   */
  take(request: FastifyRequest, reply: FastifyReply, left?: () => void): void {
    const { socket } = request.raw;
    // Its end was announced while nobody listened.
    if (socket.destroyed || reply.raw.destroyed)
      throw new RequestError('UNAVAILABLE', 'The connection has ended.');
    const giveBack = this.#places.take(countedAddress(request.ip), () => {
      leave();
      socket.destroy();
    });
    if (!giveBack) throw new RequestError('RATE_LIMITED', this.#busy, { retryAfterSeconds: 10 });
    // A response that waits behind another one on its connection is never told of the connection's end.
    const leave = (): void => {
      socket.off('close', leave);
      reply.raw.off('close', leave);
      giveBack();
      left?.();
    };
    socket.once('close', leave);
    reply.raw.once('close', leave);
  }
}

export interface StreamedAnswerOptions {
  /** Time after which a client that reads nothing is disconnected, in milliseconds. */
  readonly maxStallMs: number;
  readonly onFault: (error: unknown) => void;
}

/** Answers with a text that is made as fast as its client takes it. An answer that breaks off ends without its last piece. */
export function sendPieces(
  request: FastifyRequest,
  reply: FastifyReply,
  pieces: AsyncIterable<string>,
  { maxStallMs, onFault }: StreamedAnswerOptions,
): FastifyReply {
  // The client may have gone meanwhile: then nothing tells of its end any more.
  if (reply.raw.destroyed || request.raw.destroyed || request.raw.socket.destroyed) return reply.hijack();
  const cut = (): void => void reply.raw.destroy();
  const end = setTimeout(cut, maxAnswerMs);
  const body = Readable.from(takenPieces(pieces, maxStallMs, cut), {
    objectMode: false,
    highWaterMark: 65_536,
  });
  const { socket } = request.raw;
  const close = (): void => {
    socket.off('close', close);
    reply.raw.off('close', close);
    clearTimeout(end);
    body.destroy();
  };
  socket.once('close', close);
  reply.raw.once('close', close);
  body.once('error', onFault);
  return reply.send(body);
}

/**
 * The pieces of a text, as fast as they are taken.
 * @param cut called once no further piece was taken for `ms` milliseconds
 */
async function* takenPieces(
  pieces: AsyncIterable<string>,
  ms: number,
  cut: () => void,
): AsyncGenerator<string> {
  for await (const piece of pieces) {
    const timer = setTimeout(cut, ms);
    try {
      yield piece;
    } finally {
      clearTimeout(timer);
    }
  }
}
