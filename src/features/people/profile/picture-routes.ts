import { errorCodes, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import { RequestError, type Result } from '../../../platform/errors/errors.ts';
import { countedAddress } from '../../../platform/http/client-address.ts';
import { ownPicturePath, picturesPath } from '../../../platform/http/paths.ts';
import { bodyOf, receiveBytes } from '../../../platform/http/received-bytes.ts';

/** Most bytes of a picture that is sent. */
const maxBytes = 5_000_000;

/** Most pictures of one address that are being received or made at a time. */
const maxOfAddress = 3;

/** Longest time for sending a picture and making it, in milliseconds. */
const maxMs = 60_000;

/**
 * Stored pictures never change. They are still kept for a day only: a picture that its owner has removed is not to be shown for
 * longer.
 */
const cacheControl = 'public, max-age=86400, immutable';

export interface PictureRoutes {
  /** The viewer of a request, counted. @throws RequestError UNAUTHENTICATED, RATE_LIMITED */
  readonly enter: (request: FastifyRequest) => Promise<Viewer>;
  /** Gives the viewer's account a picture. @returns its address */
  readonly set: (
    viewer: Viewer,
    sent: { readonly bytes: Buffer; readonly address: string },
  ) => Promise<Result<string>>;
  /** Undefined: there is no such picture. */
  readonly read: (name: string) => Promise<Buffer | undefined>;
}

/** One request that sends a picture. */
interface Entered {
  readonly viewer: Viewer;
  readonly address: string;
  isMaking: boolean;
  isClosed: boolean;
}

const isBusy = (): RequestError =>
  new RequestError(
    'RATE_LIMITED',
    'Pictures of this account or address are being received already: try again.',
    {
      retryAfterSeconds: 10,
    },
  );

/**
 * Pictures of accounts: one's own is sent as it is, and all are served.
 *
 * A picture that is being received takes no place of another client's: its bytes are accounted for as they arrive, by address, like
 * those of all bodies, so that a slow sender holds little. What is whole waits for its turn to be made (picture.service.ts).
 */
export function pictureRoutes({ enter, set, read }: PictureRoutes) {
  const entered = new WeakMap<FastifyRequest, Entered>();
  const accounts = new Set<string>();
  const ofAddress = new Map<string, number>();

  /** Before any byte of the body is read. */
  async function begin(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { socket } = request.raw;
    if (Number(request.headers['content-length'] ?? 0) > maxBytes)
      throw new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE();
    const address = countedAddress(request.ip);
    const isFull = (): boolean => (ofAddress.get(address) ?? 0) >= maxOfAddress;
    // Refused before the account has used one of its attempts.
    if (isFull()) throw isBusy();
    const viewer = await enter(request);
    if (accounts.has(viewer.accountId) || isFull()) throw isBusy();
    // Its end was announced while nobody listened.
    if (socket.destroyed) throw new RequestError('UNAVAILABLE', 'The connection has ended.');
    accounts.add(viewer.accountId);
    ofAddress.set(address, (ofAddress.get(address) ?? 0) + 1);
    const state: Entered = { viewer, address, isMaking: false, isClosed: false };
    entered.set(request, state);
    const end = setTimeout(() => socket.destroy(), maxMs);
    // A response that waits behind another one on its connection is never told of the connection's end.
    const close = () => {
      clearTimeout(end);
      socket.off('close', close);
      reply.raw.off('close', close);
      state.isClosed = true;
      leave(state);
    };
    socket.once('close', close);
    reply.raw.once('close', close);
  }

  /** A client that goes leaves its place only when its picture is no longer being made. */
  function leave({ viewer, address, isMaking, isClosed }: Entered): void {
    if (!isClosed || isMaking) return;
    accounts.delete(viewer.accountId);
    const others = (ofAddress.get(address) ?? 0) - 1;
    if (others > 0) ofAddress.set(address, others);
    else ofAddress.delete(address);
  }

  async function make(state: Entered, bytes: Buffer): Promise<Result<string>> {
    const { viewer, address } = state;
    state.isMaking = true;
    try {
      return await set(viewer, { bytes, address });
    } finally {
      state.isMaking = false;
      leave(state);
    }
  }

  /** @throws RequestError UNAUTHENTICATED: the request has not begun, as one of an unknown type */
  function stateOf(request: FastifyRequest): Entered {
    const state = entered.get(request);
    if (!state) throw new RequestError('UNAUTHENTICATED');
    return state;
  }

  // Encapsulated, because a picture is received as it is.
  return (app: FastifyInstance): Promise<void> => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', receiveBytes);
    const options = { bodyLimit: maxBytes, config: { countsAsItArrives: true }, onRequest: begin };
    app.post(ownPicturePath, options, async (request, reply) => {
      const result = await make(stateOf(request), bodyOf(request).join());
      void reply.header('cache-control', 'no-store');
      return result.ok
        ? reply.send({ avatarUrl: result.value, userErrors: [] })
        : reply.code(422).send({ avatarUrl: null, userErrors: result.userErrors });
    });
    app.get<{ Params: { name: string } }>(`${picturesPath}:name`, async (request, reply) => {
      const bytes = await read(request.params.name);
      if (!bytes) return reply.callNotFound();
      return reply
        .headers({
          'cache-control': cacheControl,
          'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
          'x-content-type-options': 'nosniff',
        })
        .type('image/webp')
        .send(bytes);
    });
    return Promise.resolve();
  };
}
