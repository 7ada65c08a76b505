import type { IncomingMessage } from 'node:http';
import { errorCodes, type FastifyInstance, type FastifyRequest } from 'fastify';
import { RequestError } from '../errors/errors.ts';
import { refuseForNow } from './arrivals.ts';
import { countedAddress } from './client-address.ts';
import type { Holdings } from './holdings.ts';

/*
 * The bodies of requests, at every route. Bytes are accounted for before they are received: all that are announced, or a
 * step at a time as they arrive. They are copied into blocks, which are never larger than the bytes accounted for: a client
 * decides in how many pieces its body arrives, and each piece takes memory of its own.
 */

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether a body counts as it arrives, although its length is announced: a slow sender of a large one holds little. */
    countsAsItArrives?: boolean;
  }
}

/** Bytes that are accounted for at first for a body that counts as it arrives, and those that are added at a time. */
const [bytesAtFirst, bytesAtOnce] = [64 * 1024, 256 * 1024];

/** Sizes of the first block of a body and of later ones, in bytes; a larger piece gets a block of its own size. */
const [firstBlock, largestBlock] = [1024, 16 * 1024];

/** Methods of which the framework reads no body. */
const bodiless: readonly string[] = ['GET', 'HEAD'];

const tooManyBodies = (): RequestError =>
  new RequestError('RATE_LIMITED', 'Too many requests of this address are being received.', {
    retryAfterSeconds: 1,
  });

/** The announced length of a body; undefined for a body in chunks. */
const announcedBytes = ({ headers }: FastifyRequest): number | undefined =>
  headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : undefined;

/** The bytes of one body that are accounted for. */
class Room {
  bytes = 0;
  readonly #request: FastifyRequest;
  readonly #bodies: Holdings;
  readonly #most: number;
  readonly #releases: (() => void)[] = [];

  constructor(request: FastifyRequest, bodies: Holdings) {
    this.#request = request;
    this.#bodies = bodies;
    this.#most = Math.min(announcedBytes(request) ?? Infinity, request.routeOptions.bodyLimit);
  }

  /** @returns false if the client, or all clients together, hold too many */
  grow(step: number): boolean {
    const { ip, raw } = this.#request;
    const bytes = Math.min(step, this.#most - this.bytes);
    const release = this.#bodies.hold(countedAddress(ip), bytes, raw.socket);
    if (!release) return false;
    this.#releases.push(release);
    this.bytes += bytes;
    return true;
  }

  release(): void {
    for (const release of this.#releases) release();
  }
}

/** A body in the blocks that it was received in. */
class ReceivedBody {
  readonly #blocks: readonly Buffer[];
  readonly bytes: number;

  constructor(blocks: readonly Buffer[], bytes: number) {
    this.#blocks = blocks;
    this.bytes = bytes;
  }

  /** Takes time for a large body, and many may be complete at once: each is joined in the turn of its request. */
  join(): Buffer {
    return Buffer.concat(this.#blocks, this.bytes);
  }
}

const rooms = new WeakMap<FastifyRequest, Room>();

/** Accounts for bodies before they are received, because many slow senders would fill the memory. */
export function holdBodies(app: FastifyInstance, { bodies }: { readonly bodies: Holdings }): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (bodiless.includes(request.method)) return done();
    const room = new Room(request, bodies);
    rooms.set(request, room);
    reply.raw.once('close', () => room.release());
    const announced = announcedBytes(request);
    const isCountedLater = announced === undefined || request.routeOptions.config.countsAsItArrives === true;
    if (announced === 0 || room.grow(isCountedLater ? bytesAtFirst : Infinity)) return done();
    refuseForNow(request, reply, tooManyBodies());
  });
}

/**
 * Receives a body as it is sent, up to the `bodyLimit` of its route. A content type has no other parser.
 * @throws RequestError, FastifyError; the connection is closed with the response
 */
export function receiveBytes(request: FastifyRequest, payload: IncomingMessage): Promise<ReceivedBody> {
  const { bodyLimit } = request.routeOptions;
  return new Promise((resolve, reject) => {
    const room = rooms.get(request);
    if (!room) throw new Error('A body is received that is not accounted for');
    if ((announcedBytes(request) ?? 0) > bodyLimit) throw new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE();
    const blocks: Buffer[] = [];
    let bytes = 0;
    /** What is free of the last block. */
    let free = Buffer.alloc(0);
    const stop = (error: Error): void => {
      payload.off('data', take).off('end', finish);
      reject(error);
    };
    const take = (piece: Buffer): void => {
      const end = bytes + piece.length;
      if (end > bodyLimit) return stop(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE());
      while (end > room.bytes) if (!room.grow(bytesAtOnce)) return stop(tooManyBodies());
      while (bytes < end) {
        const rest = piece.subarray(piece.length - (end - bytes));
        if (free.length === 0) {
          const size = Math.max(rest.length, Math.min(bytes, largestBlock), firstBlock);
          free = Buffer.allocUnsafeSlow(Math.min(size, room.bytes - bytes));
          blocks.push(free);
        }
        const copied = rest.copy(free);
        free = free.subarray(copied);
        bytes += copied;
      }
    };
    const finish = (): void => resolve(new ReceivedBody(blocks, bytes));
    payload.on('data', take).once('end', finish);
    // The client has gone, so that the error is never sent.
    payload.on('error', () => stop(new RequestError('BAD_REQUEST', 'The body was cut off.')));
  });
}

/** The body of a request as it was received; empty if there is none. */
export const bodyOf = ({ body }: FastifyRequest): ReceivedBody =>
  body instanceof ReceivedBody ? body : new ReceivedBody([], 0);
