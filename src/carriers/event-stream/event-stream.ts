import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLFormattedError } from 'graphql';
import type { Authenticated } from '../../platform/auth/authenticate.ts';
import type { Viewer } from '../../platform/auth/viewer.ts';
import { RequestError, type RequestErrorCode } from '../../platform/errors/errors.ts';
import { plainStatus, refusedStatus } from '../../platform/http/answer-status.ts';
import { countedAddress } from '../../platform/http/client-address.ts';
import {
  comeBackLater,
  isEventSource,
  isProtocolClient,
  lastWords,
  streamHeaders,
  streamType,
} from '../../platform/http/event-source.ts';
import { streamPath } from '../../platform/http/paths.ts';
import { isLargeBody, receivedOperation } from '../../platform/http/received-operation.ts';
import { liveRetrySeconds } from '../../platform/http/refusals.ts';
import type { LiveOperation } from '../../platform/live/operations.ts';
import type { Selection } from '../../platform/live/selection.ts';
import type { LiveConnection } from '../live/connection-set.ts';
import type { LiveService } from '../live/live-service.ts';
import { toGraphqlError } from '../live/operation-life.ts';
import { SseSink } from './sse-sink.ts';

/** One stream, from the arrival of its request. */
interface LiveStream {
  readonly reply: FastifyReply;
  readonly sink: SseSink;
  readonly address: string;
  readonly connection: LiveConnection;
  viewer: Viewer | null;
  credentialError?: RequestError;
  operation: LiveOperation | undefined;
  /** Functions that release what belongs to the connection. */
  readonly leave: (() => void)[];
}

/** The errors with which a stream is refused; undefined: it has begun. */
type Refused = readonly GraphQLFormattedError[] | undefined;

/** A subscription that the gate has admitted at another address, and its client. */
export interface AdmittedSubscription {
  /** Null: signed out. */
  readonly authenticated: Authenticated | null;
  readonly selection: Selection;
}

/** The cursor from which a reconnecting browser continues; undefined: none yet. */
function lastEventId({ headers }: FastifyRequest): string | undefined {
  const id = headers['last-event-id'];
  return typeof id === 'string' && id !== '' ? id : undefined;
}

/**
 * GraphQL subscriptions as Server-Sent Events, one for each request, by the "distinct connections mode" of GraphQL over
 * SSE; each event's id is its cursor.
 */
export class EventStreamGateway {
  constructor(private readonly service: LiveService) {}

  readonly routes: FastifyPluginCallback = (app, _options, done) => {
    app.route({
      url: streamPath,
      method: ['GET', 'POST'],
      exposeHeadRoute: false,
      handler: (request, reply) => this.#handle(request, reply),
    });
    done();
  };

  /**
   * Refuses pages of other sites.
   * @throws RequestError ORIGIN_NOT_ALLOWED
   */
  requireOrigin({ headers }: FastifyRequest): void {
    this.service.requireOrigin(headers);
  }

  /** Opens the stream of a subscription that was admitted at another address. */
  async open(
    request: FastifyRequest,
    reply: FastifyReply,
    { authenticated, selection }: AdmittedSubscription,
  ): Promise<Refused> {
    return this.#begin(request, reply, async (stream) => {
      this.#attend(stream, authenticated);
      return this.#subscribe(stream, { selection, after: lastEventId(request) });
    });
  }

  async #handle(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const refused = await this.#begin(request, reply, (stream) => this.#receive(stream, request));
    if (refused) await this.#refuse(request, reply, refused);
  }

  async #begin(
    request: FastifyRequest,
    reply: FastifyReply,
    proceed: (stream: LiveStream) => Promise<Refused>,
  ): Promise<Refused> {
    try {
      if (reply.raw.socket === null) {
        // A pipelined request behind another response on its connection: nothing would be written, and no event would
        // tell that the client has gone.
        request.raw.socket.destroy();
        reply.hijack();
        return undefined;
      }
      void reply.header('cache-control', 'no-store');
      const address = countedAddress(request.ip);
      const leave = this.service.enter(request.headers, address);
      return await proceed(this.#enlist(reply, address, leave));
    } catch (error) {
      return [this.service.present(toGraphqlError(error as Error))];
    }
  }

  #enlist(reply: FastifyReply, address: string, leave: () => void): LiveStream {
    const service = this.service;
    const outflow = service.outflow(reply.request.raw.socket, address);
    const sink = new SseSink(reply, outflow, (error) => service.present(toGraphqlError(error)));
    const cut = (): void => void reply.raw.destroy();
    const connection: LiveConnection = { kind: 'event stream', beat: () => sink.beat(), sendAway: cut, cut };
    const stream: LiveStream = {
      reply,
      sink,
      address,
      connection,
      viewer: null,
      operation: undefined,
      leave: [leave],
    };
    service.connections.add(connection);
    reply.raw.once('close', () => {
      service.connections.remove(connection);
      stream.operation?.close();
      for (const end of stream.leave) end();
    });
    return stream;
  }

  async #receive(stream: LiveStream, request: FastifyRequest): Promise<Refused> {
    const service = this.service;
    let received: unknown;
    if (isLargeBody(request)) await service.turn(stream.address);
    try {
      received = receivedOperation(request);
    } catch (error) {
      if (error instanceof RequestError) return service.refuse(stream, error);
      throw error;
    }
    this.#attend(stream, await this.#authenticate(stream, request));
    const accepted = await service.accept(stream, received);
    if (accepted.errors) return accepted.errors;
    return this.#subscribe(stream, { selection: accepted.selection, after: lastEventId(request) });
  }

  /** @throws RequestError RATE_LIMITED */
  #attend(stream: LiveStream, authenticated: Authenticated | null): void {
    if (!authenticated || !this.service.connections.has(stream.connection)) return;
    stream.viewer = authenticated.viewer;
    const leave = this.service.attend(authenticated, {
      onChange: (changed) => {
        stream.viewer = changed.viewer;
        this.#applyRights(stream);
      },
      // A client that reconnects is then told that its token is invalid.
      onEnd: () => stream.reply.raw.destroy(),
    });
    if (!leave)
      throw new RequestError('RATE_LIMITED', 'This account has as many live connections open as it may.', {
        retryAfterSeconds: liveRetrySeconds,
      });
    stream.leave.push(leave);
  }

  async #subscribe(
    stream: LiveStream,
    asked: Pick<Parameters<LiveService['open']>[0], 'selection' | 'after'>,
  ): Promise<Refused> {
    const service = this.service;
    const { sink, viewer, address } = stream;
    try {
      const opened = await service.open({ ...asked, viewer, address, sink });
      if (!('close' in opened)) return opened.errors?.map((error) => service.present(error));
      if (!service.connections.has(stream.connection)) {
        // The connection was closed or cut meanwhile, so no response is sent.
        opened.close();
        stream.reply.hijack();
      } else if (sink.failed && !sink.begun)
        throw new RequestError('UNAVAILABLE', 'An event could not be read: try again.');
      else {
        stream.operation = opened;
        sink.begin();
        if (stream.viewer !== viewer) this.#applyRights(stream);
      }
    } catch (error) {
      if (!sink.begun) throw error;
      service.report(error);
      sink.giveUp();
    }
    return undefined;
  }

  /** An invalid credential is refused by the gate. */
  async #authenticate(stream: LiveStream, { headers }: FastifyRequest): Promise<Authenticated | null> {
    try {
      return await this.service.authenticate(headers.authorization);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      stream.credentialError = error;
      return null;
    }
  }

  #applyRights({ operation, viewer, sink }: LiveStream): void {
    if (operation) this.service.applyRights(operation, viewer, () => sink.giveUp());
  }

  #refuse(
    request: FastifyRequest,
    reply: FastifyReply,
    shown: readonly GraphQLFormattedError[],
  ): FastifyReply {
    const { code, retryAfterSeconds } = (shown[0]?.extensions ?? {}) as {
      code: RequestErrorCode;
      retryAfterSeconds?: number;
    };
    // The article was withdrawn: 204 makes a browser stop reconnecting.
    if (code === 'NOT_FOUND' && lastEventId(request) !== undefined) return reply.code(204).send();
    const isProtocol = isProtocolClient(request);
    const status = isProtocol ? refusedStatus(shown, streamType) : plainStatus(code);
    const passes = status === 429 || status >= 500;
    if (passes && isEventSource(request)) return comeBackLater(reply, (retryAfterSeconds ?? 0) * 1000);
    if (isProtocol && status === 200) return reply.headers(streamHeaders).send(lastWords(shown));
    if (status === 401) void reply.header('www-authenticate', 'Bearer error="invalid_token"');
    if (passes) void reply.header('retry-after', String(retryAfterSeconds ?? 1));
    return reply.code(status).send({ errors: shown });
  }
}
