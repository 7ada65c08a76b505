import { errorCodes, type FastifyReply, type FastifyRequest } from 'fastify';
import { type Viewer, withRightsLeft } from '../../../platform/auth/viewer.ts';
import { RequestError, type Result } from '../../../platform/errors/errors.ts';
import { countedAddress } from '../../../platform/http/client-address.ts';
import { ownPicturePath, picturesPath } from '../../../platform/http/paths.ts';
import { bodyOf, receiveBytes } from '../../../platform/http/received-bytes.ts';
import type { Parts } from '../../../platform/feature/feature.ts';
import type { Routes } from '../../../platform/http/requests.ts';
import type { PictureService } from './picture.service.ts';
import { type PictureStore, PictureStoreError } from './picture-store.ts';

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

export interface PictureRoutesOptions extends Pick<Parts, 'requests' | 'links' | 'warn'> {
  readonly service: PictureService;
  readonly store: PictureStore;
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
export function pictureRoutes({ service, store, requests, links, warn }: PictureRoutesOptions): Routes {
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
    const { viewer, limits } = await requests.person(request);
    await limits.usePicture();
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
      const result = await withRightsLeft(viewer, (present) =>
        orUnavailable(() => service.set(present, store, { bytes, address })),
      );
      return result.ok ? { ok: true, value: links.picture(result.value) ?? '' } : result;
    } finally {
      state.isMaking = false;
      leave(state);
    }
  }

  /** @throws RequestError UNAVAILABLE: the store of pictures, which is another service, does not do its work */
  async function orUnavailable<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PictureStoreError)) throw error;
      warn(error, 'the store of pictures fails');
      throw new RequestError('UNAVAILABLE', 'Pictures are not available at the moment: try again.');
    }
  }

  /** @throws RequestError UNAUTHENTICATED: the request has not begun, as one of an unknown type */
  function stateOf(request: FastifyRequest): Entered {
    const state = entered.get(request);
    if (!state) throw new RequestError('UNAUTHENTICATED');
    return state;
  }

  return (app) => {
    // A picture is received as it is.
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
      const bytes = await orUnavailable(() => store.read(request.params.name));
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
