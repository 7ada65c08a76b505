import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Viewer } from '../../auth/viewer.ts';
import { RequestError, type Result } from '../../errors/errors.ts';
import { ownPicturePath, picturesPath } from '../../http/paths.ts';

/** Most bytes of a picture that is sent. */
const maxBytes = 5_000_000;

/** Most pictures that are being received or made at a time: each holds its bytes. */
const maxAtOnce = 4;

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
  readonly set: (viewer: Viewer, bytes: Buffer) => Promise<Result<string>>;
  /** Undefined: there is no such picture. */
  readonly read: (name: string) => Promise<Buffer | undefined>;
}

/** One request that sends a picture. */
interface Entered {
  readonly viewer: Viewer;
  isMaking: boolean;
  isClosed: boolean;
}

const isBusy = (): RequestError =>
  new RequestError('RATE_LIMITED', 'Pictures are being received already: try again.', {
    retryAfterSeconds: 10,
  });

/** Pictures of accounts: one's own is sent as it is, and all are served. */
export function pictureRoutes({ enter, set, read }: PictureRoutes) {
  const entered = new WeakMap<FastifyRequest, Entered>();
  const underWay = new Set<string>();

  /** Before any byte of the body is read. */
  async function begin(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { socket } = request.raw;
    // Refused before the account has used one of its attempts.
    if (underWay.size >= maxAtOnce) throw isBusy();
    const viewer = await enter(request);
    if (underWay.has(viewer.accountId) || underWay.size >= maxAtOnce) throw isBusy();
    // Its end was announced while nobody listened.
    if (socket.destroyed) throw new RequestError('UNAVAILABLE', 'The connection has ended.');
    underWay.add(viewer.accountId);
    const state: Entered = { viewer, isMaking: false, isClosed: false };
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
  function leave({ viewer, isMaking, isClosed }: Entered): void {
    if (isClosed && !isMaking) underWay.delete(viewer.accountId);
  }

  async function make(state: Entered, bytes: Buffer): Promise<Result<string>> {
    state.isMaking = true;
    try {
      return await set(state.viewer, bytes);
    } finally {
      state.isMaking = false;
      leave(state);
    }
  }

  // Encapsulated, because a picture is received as it is.
  return (app: FastifyInstance): Promise<void> => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: maxBytes }, (_request, body, done) =>
      done(null, body),
    );
    app.post(ownPicturePath, { onRequest: begin, bodyLimit: maxBytes }, async (request, reply) => {
      const state = entered.get(request);
      if (!state) throw new RequestError('UNAUTHENTICATED');
      const result = await make(state, Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));
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
