import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLFormattedError } from 'graphql';
import type { Authenticated } from '../auth/authenticate.ts';
import type { Viewer } from '../auth/viewer.ts';
import { RequestError, type RequestErrorCode } from '../errors.ts';
import type { LiveOperation } from '../live/operations.ts';
import { countedAddress } from './client-address.ts';
import { closeGraceMs } from './close-socket.ts';
import type { LiveGateway } from './drain.ts';
import { comeBackLater, isEventSource, isProtocolClient, streamHeaders } from './event-source.ts';
import type { LiveService } from './live-service.ts';
import { toGraphqlError } from './operation-life.ts';
import { mayOpenStream } from './origins.ts';
import { streamPath } from './paths.ts';
import { liveRetrySeconds, originRefusal, shuttingDown, tooManyConnections } from './refusals.ts';
import { lastWords, SseSink } from './sse-sink.ts';
import { streamStatus } from './answer-status.ts';
import { isLargeBody, receivedOperation } from './received-operation.ts';

export interface EventStreamOptions {
  readonly service: LiveService;
  readonly allowedOrigins: readonly string[];
  readonly limits: { readonly socketPingMs: number };
  /** Told why a page was refused, where its developers can do something about it. */
  readonly onRefused: (message: string) => void;
}

/** One stream, from its request on. */
interface LiveStream {
  readonly reply: FastifyReply;
  readonly sink: SseSink;
  readonly address: string;
  /** In which turn it gets its heartbeat. */
  readonly turn: number;
  viewer: Viewer | null;
  credentialError?: RequestError;
  operation: LiveOperation | undefined;
  /** Ends what goes with the connection. */
  readonly leave: (() => void)[];
}

/** Streams get their heartbeats in so many turns, not all at once. */
const beatTurns = 8;

/** Why a stream does not begin; undefined: it has begun. */
type Refused = readonly GraphQLFormattedError[] | undefined;

/** Where a browser goes on by itself; undefined: nowhere yet. */
function lastEventId({ headers }: FastifyRequest): string | undefined {
  const id = headers['last-event-id'];
  return typeof id === 'string' && id !== '' ? id : undefined;
}

/**
 * GraphQL subscriptions as Server-Sent Events, one for each request, by the "distinct connections mode" of GraphQL over SSE;
 * each event's id is its cursor.
 */
export class EventStreamGateway implements LiveGateway {
  readonly #options: EventStreamOptions;
  readonly #streams = new Set<LiveStream>();
  readonly #heartbeat: NodeJS.Timeout;
  #turn = 0;
  #draining = false;

  constructor(options: EventStreamOptions) {
    this.#options = options;
    this.#heartbeat = setInterval(() => this.#beat(), options.limits.socketPingMs / beatTurns);
  }

  get size(): number {
    return this.#streams.size;
  }

  readonly routes: FastifyPluginCallback = (app, _options, done) => {
    app.route({
      url: streamPath,
      method: ['GET', 'POST'],
      exposeHeadRoute: false,
      handler: (request, reply) => this.#handle(request, reply),
    });
    done();
  };

  stopTaking(): (() => void)[] {
    this.#draining = true;
    return [...this.#streams].map(
      ({ reply }) =>
        () =>
          void reply.raw.destroy(),
    );
  }

  async gone(): Promise<void> {
    const left = [...this.#streams].map(({ reply }) => reply.raw);
    const deadline = setTimeout(() => left.forEach((response) => response.destroy()), closeGraceMs);
    await Promise.all(left.map((response) => new Promise((resolve) => response.once('close', resolve))));
    clearTimeout(deadline);
  }

  /** Ends what did not go by itself. */
  close(): void {
    clearInterval(this.#heartbeat);
    for (const { reply } of this.#streams) reply.raw.destroy();
  }

  async #handle(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    try {
      const refused = await this.#serve(request, reply);
      if (refused) await this.#refuse(request, reply, refused);
    } catch (error) {
      await this.#refuse(request, reply, [this.#options.service.present(toGraphqlError(error as Error))]);
    }
  }

  async #serve(request: FastifyRequest, reply: FastifyReply): Promise<Refused> {
    const { allowedOrigins, onRefused, service } = this.#options;
    const { headers } = request;
    if (reply.raw.socket === null) {
      // It waits behind another answer on its connection: nothing would be written, and nobody told when it is gone.
      request.raw.socket.destroy();
      reply.hijack();
      return undefined;
    }
    void reply.header('cache-control', 'no-store');
    if (!mayOpenStream(headers, allowedOrigins)) {
      const message = originRefusal(headers.origin);
      onRefused(message);
      throw new RequestError('ORIGIN_NOT_ALLOWED', message);
    }
    if (this.#draining) throw new RequestError('UNAVAILABLE', shuttingDown);
    const address = countedAddress(request.ip);
    const leave = service.enter(address);
    if (!leave)
      throw new RequestError('RATE_LIMITED', tooManyConnections, { retryAfterSeconds: liveRetrySeconds });
    return this.#open(this.#enlist(reply, address, leave), request);
  }

  #enlist(reply: FastifyReply, address: string, leave: () => void): LiveStream {
    const { service } = this.#options;
    const outflow = service.outflow(reply.request.raw.socket, address);
    const sink = new SseSink(reply, outflow, (error) => service.present(toGraphqlError(error)));
    const turn = this.#streams.size % beatTurns;
    const stream: LiveStream = {
      reply,
      sink,
      address,
      turn,
      viewer: null,
      operation: undefined,
      leave: [leave],
    };
    this.#streams.add(stream);
    reply.raw.once('close', () => {
      this.#streams.delete(stream);
      stream.operation?.close();
      for (const end of stream.leave) end();
    });
    return stream;
  }

  async #open(stream: LiveStream, request: FastifyRequest): Promise<Refused> {
    const { service } = this.#options;
    let received: unknown;
    if (isLargeBody(request)) await service.turn(stream.address);
    try {
      received = receivedOperation(request);
    } catch (error) {
      if (error instanceof RequestError) return service.refuse(stream, error);
      throw error;
    }
    const authenticated = await this.#authenticate(stream, request);
    if (authenticated && this.#streams.has(stream)) {
      stream.viewer = authenticated.viewer;
      const leave = service.attend(authenticated, {
        onChange: (changed) => {
          stream.viewer = changed.viewer;
          this.#applyRights(stream);
        },
        // Whoever comes back is told that the token proves nothing.
        onEnd: () => stream.reply.raw.destroy(),
      });
      if (!leave)
        throw new RequestError('RATE_LIMITED', 'This account has as many live connections open as it may.', {
          retryAfterSeconds: liveRetrySeconds,
        });
      stream.leave.push(leave);
    }
    const accepted = await service.accept(stream, received);
    if (accepted.errors) return accepted.errors;
    return this.#subscribe(stream, { selection: accepted.selection, after: lastEventId(request) });
  }

  async #subscribe(
    stream: LiveStream,
    asked: Pick<Parameters<LiveService['open']>[0], 'selection' | 'after'>,
  ): Promise<Refused> {
    const { sink, viewer, address } = stream;
    try {
      const opened = await this.#options.service.open({ ...asked, viewer, address, sink });
      if (!('close' in opened)) return opened.errors?.map((error) => this.#options.service.present(error));
      if (!this.#streams.has(stream)) {
        // Gone, or cut, meanwhile: there is nobody left to answer.
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
      this.#options.service.report(error);
      sink.giveUp();
    }
    return undefined;
  }

  /** A credential that proves nothing is refused by the gate. */
  async #authenticate(stream: LiveStream, { headers }: FastifyRequest): Promise<Authenticated | null> {
    try {
      return await this.#options.service.authenticate(headers.authorization);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      stream.credentialError = error;
      return null;
    }
  }

  #beat(): void {
    this.#turn = (this.#turn + 1) % beatTurns;
    for (const { turn, sink } of this.#streams) if (turn === this.#turn) sink.beat();
  }

  #applyRights({ operation, viewer, sink }: LiveStream): void {
    if (operation) this.#options.service.applyRights(operation, viewer, () => sink.giveUp());
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
    // The article was taken back: a browser stops asking for it.
    if (code === 'NOT_FOUND' && lastEventId(request) !== undefined) return reply.code(204).send();
    const status = streamStatus(code);
    const passes = status === 429 || status >= 500;
    if (passes && isEventSource(request)) return comeBackLater(reply, (retryAfterSeconds ?? 0) * 1000);
    if ((status === 400 || status === 404) && isProtocolClient(request))
      return reply.code(200).headers(streamHeaders).send(lastWords(shown));
    if (status === 401) void reply.header('www-authenticate', 'Bearer error="invalid_token"');
    if (passes) void reply.header('retry-after', String(retryAfterSeconds ?? 1));
    return reply.code(status).send({ errors: shown });
  }
}
