import { randomBytes } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { handleProtocols } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ConnectionLimit } from './connection-limit.ts';
import type { LiveGateway } from './drain.ts';
import type { Metrics } from './metrics.ts';
import { mayOpenStream } from './origins.ts';
import {
  originRefusal,
  liveRetrySeconds,
  plainRefusal,
  type refusalBody,
  shuttingDown,
  tooManyConnections,
} from './refusals.ts';
import { type LiveSocket, SocketProtocol, type SocketProtocolOptions } from './socket-protocol.ts';
import { closeCodes, closeGraceMs, closeReason, countedCloseCode } from './close-socket.ts';

export interface WebSocketOptions extends SocketProtocolOptions {
  readonly server: Server;
  readonly connections: ConnectionLimit;
  readonly path: string;
  readonly addressOf: (request: IncomingMessage) => string;
  readonly allowedOrigins: readonly string[];
  /** As the setting `HSTS_SECONDS`. */
  readonly hstsSeconds: number;
  readonly limits: SocketProtocolOptions['limits'] & { readonly socketPingMs: number };
  /** Told why an upgrade was refused, where its sender can do something about it. */
  readonly onRefused: (message: string) => void;
  readonly metrics: Metrics;
}

/** The largest message that a client may send, in bytes. */
const maxPayload = 64 * 1024;

/** How many bytes may wait for a client that goes on sending. */
const maxUnread = 1024 * 1024;

/** Sockets are pinged in so many turns, not all at once. */
const pingTurns = 8;

const ignore = (): void => undefined;

/** GraphQL subscriptions over WebSocket, by the graphql-transport-ws protocol. */
export class WebSocketGateway implements LiveGateway {
  readonly #options: WebSocketOptions;
  readonly #wss: WebSocketServer;
  readonly #protocol: SocketProtocol;
  readonly #sockets = new Set<LiveSocket>();
  readonly #heartbeat: NodeJS.Timeout;
  #turn = 0;
  #draining = false;

  constructor(options: WebSocketOptions) {
    this.#options = options;
    this.#protocol = new SocketProtocol(options);
    this.#wss = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload,
      perMessageDeflate: false,
      // As many as a client has sent would otherwise be dealt with before anything else is.
      allowSynchronousEvents: false,
      handleProtocols: (protocols) => handleProtocols(protocols),
    });
    this.#heartbeat = setInterval(() => this.#ping(), options.limits.socketPingMs / pingTurns);
    options.server.on('upgrade', this.#upgrade);
  }

  get size(): number {
    return this.#sockets.size;
  }

  stopTaking(): (() => void)[] {
    this.#draining = true;
    return [...this.#sockets].map(
      ({ socket }) =>
        () =>
          socket.close(closeCodes.serviceRestart, 'Service restart'),
    );
  }

  async gone(): Promise<void> {
    const left = [...this.#sockets].map(({ socket }) => socket);
    const deadline = setTimeout(() => left.forEach((socket) => socket.terminate()), closeGraceMs);
    await Promise.all(left.map((socket) => new Promise((resolve) => socket.once('close', resolve))));
    clearTimeout(deadline);
  }

  /** Ends what did not go by itself. */
  close(): void {
    this.#options.server.off('upgrade', this.#upgrade);
    clearInterval(this.#heartbeat);
    for (const { socket } of this.#sockets) socket.terminate();
    this.#wss.close();
  }

  readonly #upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void =>
    void this.#take(request, stream, head);

  async #take(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    const { path, allowedOrigins, addressOf, service } = this.#options;
    const refuse = (status: string, ...body: Parameters<typeof refusalBody>) => {
      stream.once('finish', () => stream.destroy());
      stream.end(plainRefusal(this.#options.hstsSeconds, status, ...body));
    };
    stream.on('error', () => stream.destroy());
    const address = addressOf(request);
    const refusal = this.#options.connections.refusal(request) ?? (await service.arrive(address));
    if (refusal) return refuse('429 Too Many Requests', refusal.code, refusal.message, refusal.details);
    // Gone while it waited for its turn: nobody would say that it leaves.
    if (stream.destroyed) return;
    if (request.headers.upgrade?.toLowerCase() !== 'websocket')
      return refuse(
        '400 Bad Request',
        'BAD_REQUEST',
        'There is no upgrade but to WebSocket: ask without one.',
      );
    if (request.url?.split('?')[0] !== path)
      return refuse('404 Not Found', 'NOT_FOUND', `WebSockets are opened at ${path}.`);
    if (this.#draining) return refuse('503 Service Unavailable', 'UNAVAILABLE', shuttingDown);
    if (!mayOpenStream(request.headers, allowedOrigins)) {
      const message = originRefusal(request.headers.origin);
      this.#options.onRefused(message);
      return refuse('403 Forbidden', 'ORIGIN_NOT_ALLOWED', message);
    }
    const leave = service.enter(address);
    if (!leave)
      return refuse('429 Too Many Requests', 'RATE_LIMITED', tooManyConnections, {
        retryAfterSeconds: liveRetrySeconds,
      });
    stream.once('close', leave);
    this.#wss.handleUpgrade(request, stream, head, (socket) =>
      this.#open(socket, stream, { address, outflow: service.outflow(request.socket, address) }),
    );
  }

  #open(
    socket: WebSocket,
    stream: Duplex,
    { address, outflow }: Pick<LiveSocket, 'address' | 'outflow'>,
  ): void {
    const { metrics } = this.#options;
    const live: LiveSocket = {
      socket,
      stream,
      outflow,
      address,
      turn: this.#sockets.size % pingTurns,
      alive: true,
      pings: [],
      greeted: false,
      authenticated: null,
      opening: new Set(),
      ending: new Set(),
      operations: new Set(),
      leave: ignore,
    };
    this.#sockets.add(live);
    const { receive, closed } = this.#protocol.open(live);
    // A frame that breaks the protocol, or a message that is too large: ws closes with the code for it.
    socket.on('error', ignore);
    // The words of a ping are known to those who read: one that sends pongs by itself is not alive.
    socket.on('pong', (words) => {
      if (live.pings.some((ping) => ping.equals(words))) live.alive = true;
    });
    socket.on('message', (data: Buffer) => {
      // Told to go, and taking its time: what it asks now would be opened for nobody.
      if (socket.readyState !== socket.OPEN) return;
      // Answers pile up in memory for a client that asks and does not read.
      if (socket.bufferedAmount > maxUnread) return socket.terminate();
      receive(data.toString());
    });
    socket.once('close', (code: number, reason: Buffer) => {
      this.#sockets.delete(live);
      metrics.socketCloses.inc({ code: countedCloseCode(closeReason(socket, code)) });
      closed(code, reason.toString());
    });
  }

  /** Takes away those of one turn who have not answered the last ping, and pings the others. */
  #ping(): void {
    this.#turn = (this.#turn + 1) % pingTurns;
    for (const live of this.#sockets) {
      if (live.turn !== this.#turn) continue;
      if (!live.alive) live.socket.terminate();
      else {
        live.alive = false;
        const words = randomBytes(8);
        live.pings = [words, ...live.pings.slice(0, 1)];
        live.socket.ping(words);
      }
    }
  }
}
