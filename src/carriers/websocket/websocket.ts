import { randomBytes } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { handleProtocols } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { RequestError, type RequestErrorCode } from '../../platform/errors/errors.ts';
import type { ConnectionLimit } from '../../platform/http/connection-limit.ts';
import type { Metrics } from '../../platform/metrics/metrics.ts';
import { withoutByteOrderMark } from '../../platform/operations/json.ts';
import { plainRefusal } from '../../platform/http/refusals.ts';
import type { LiveConnection } from '../live/connection-set.ts';
import { closeCodes, closeReason, countedCloseCode } from './close-socket.ts';
import { type LiveSocket, SocketProtocol, type SocketProtocolOptions } from './socket-protocol.ts';

export interface WebSocketOptions extends SocketProtocolOptions {
  readonly server: Server;
  readonly connections: ConnectionLimit;
  readonly path: string;
  readonly addressOf: (request: IncomingMessage) => string;
  /** As the setting `HSTS_SECONDS`. */
  readonly hstsSeconds: number;
  readonly metrics: Metrics;
}

/** The largest message that a client may send, in bytes. */
export const maxMessageBytes = 64 * 1024;

/** The most frames of one message. Each takes time, even an empty one. */
export const maxMessageFrames = 64;

/**
 * The most pieces, as the network delivers them, of a frame that is not whole yet. Each is an object that takes a hundred bytes, even
 * for one of the client's; the largest message in the smallest segments of a slow network (536 bytes) is 123.
 */
export const maxFramePieces = 512;

/** Bytes that may wait for a client that keeps sending. */
const maxUnread = 1024 * 1024;

/** The statuses of refused upgrades. */
const statuses: Partial<Record<RequestErrorCode, string>> = {
  RATE_LIMITED: '429 Too Many Requests',
  BAD_REQUEST: '400 Bad Request',
  NOT_FOUND: '404 Not Found',
  UNAVAILABLE: '503 Service Unavailable',
  ORIGIN_NOT_ALLOWED: '403 Forbidden',
};

const ignore = (): void => undefined;

/** GraphQL subscriptions over WebSocket, by the graphql-transport-ws protocol. */
export class WebSocketGateway {
  readonly #options: WebSocketOptions;
  readonly #wss: WebSocketServer;
  readonly #protocol: SocketProtocol;

  constructor(options: WebSocketOptions) {
    this.#options = options;
    this.#protocol = new SocketProtocol(options);
    this.#wss = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: maxMessageBytes,
      maxFragments: maxMessageFrames,
      maxBufferedChunks: maxFramePieces,
      perMessageDeflate: false,
      // Otherwise all received messages of a client would be processed before anything else.
      allowSynchronousEvents: false,
      handleProtocols: (protocols) => handleProtocols(protocols),
    });
    options.server.on('upgrade', this.#upgrade);
  }

  /** Stops taking upgrades. */
  close(): void {
    this.#options.server.off('upgrade', this.#upgrade);
    this.#wss.close();
  }

  readonly #upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void =>
    void this.#take(request, stream, head);

  async #take(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    const { addressOf, service } = this.#options;
    stream.on('error', () => stream.destroy());
    const address = addressOf(request);
    try {
      const leave = await this.#admit(request, stream, address);
      if (!leave) return;
      stream.once('close', leave);
      this.#wss.handleUpgrade(request, stream, head, (socket) =>
        this.#open(socket, stream, { address, outflow: service.outflow(request.socket, address) }),
      );
    } catch (error) {
      this.#refuse(stream, error instanceof RequestError ? error : new RequestError('INTERNAL_SERVER_ERROR'));
      if (!(error instanceof RequestError)) service.report(error);
    }
  }

  /**
   * @returns a function that ends the count of the connection; undefined if the client has gone
   * @throws RequestError
   */
  async #admit(request: IncomingMessage, stream: Duplex, address: string): Promise<(() => void) | undefined> {
    const { path, service, connections } = this.#options;
    const refusal = connections.refusal(request) ?? (await service.arrive(address));
    if (refusal) throw refusal;
    // The client went while the request waited for its turn, so that the close event is over.
    if (stream.destroyed) return undefined;
    if (request.headers.upgrade?.toLowerCase() !== 'websocket')
      throw new RequestError('BAD_REQUEST', 'There is no upgrade but to WebSocket: ask without one.');
    if (request.url?.split('?')[0] !== path)
      throw new RequestError('NOT_FOUND', `WebSockets are opened at ${path}.`);
    return service.enter(request.headers, address);
  }

  #refuse(stream: Duplex, { code, message, details }: RequestError): void {
    const status = statuses[code] ?? '500 Internal Server Error';
    stream.once('finish', () => stream.destroy());
    stream.end(plainRefusal(this.#options.hstsSeconds, status, code, message, details));
  }

  #open(
    socket: WebSocket,
    stream: Duplex,
    { address, outflow }: Pick<LiveSocket, 'address' | 'outflow'>,
  ): void {
    const { metrics, service } = this.#options;
    const live: LiveSocket = {
      socket,
      stream,
      outflow,
      address,
      alive: true,
      pings: [],
      greeted: false,
      authenticated: null,
      opening: new Set(),
      ending: new Set(),
      operations: new Set(),
      leave: ignore,
    };
    const connection: LiveConnection = {
      kind: 'websocket',
      beat: () => beat(live),
      sendAway: () => socket.close(closeCodes.serviceRestart, 'Service restart'),
      cut: () => socket.terminate(),
    };
    service.connections.add(connection);
    const { receive, closed } = this.#protocol.open(live);
    // For a frame that breaks the protocol, or a message that is too large, ws closes with the code for it.
    socket.on('error', ignore);
    // The data of a ping is known only to clients that read: a client that sends unsolicited pongs is not alive.
    socket.on('pong', (words) => {
      if (live.pings.some((ping) => ping.equals(words))) live.alive = true;
    });
    socket.on('message', (data: Buffer) => {
      // The client was told to close and has not closed yet: operations that it requests now would be opened for
      // nobody.
      if (socket.readyState !== socket.OPEN) return;
      // Responses accumulate in memory for a client that sends and does not read.
      if (socket.bufferedAmount > maxUnread) return socket.terminate();
      receive(withoutByteOrderMark(data.toString()));
    });
    socket.once('close', (code: number, reason: Buffer) => {
      service.connections.remove(connection);
      metrics.socketCloses.inc({ code: countedCloseCode(closeReason(socket, code)) });
      closed(code, reason.toString());
    });
  }
}

/** Ends a socket that has not answered the last ping, and pings it otherwise. */
function beat(live: LiveSocket): void {
  if (!live.alive) return live.socket.terminate();
  live.alive = false;
  const words = randomBytes(8);
  live.pings = [words, ...live.pings.slice(0, 1)];
  live.socket.ping(words);
}
