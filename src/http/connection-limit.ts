import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { RequestError } from '../errors/errors.ts';
import { countedAddress } from './client-address.ts';
import { Tally } from './tally.ts';

export interface ConnectionLimitOptions {
  readonly maxConnectionsPerAddress: number;
  /** Behind a proxy all connections are the proxy's, and the proxy counts. */
  readonly trustProxy: boolean;
  /** Called for each connection within the limit. */
  readonly onAccepted: () => void;
  /** Called for each connection beyond it. */
  readonly onRefused: () => void;
}

/** Time in which a client can be told why its connection is one too many, in milliseconds. */
const lastWordsMs = 1000;

/**
 * Bounds the connections of each address, whether requests arrive on them or not. A connection beyond the limit is closed
 * with the answer to its first request, or after a second.
 */
export class ConnectionLimit {
  readonly #options: ConnectionLimitOptions;
  readonly #open = new Tally();
  readonly #surplus = new WeakSet<Socket>();

  constructor(options: ConnectionLimitOptions) {
    this.#options = options;
  }

  watch(server: Server): void {
    server.on('connection', (socket: Socket) => this.#enter(socket));
  }

  /** The refusal of a request on a connection beyond the limit. */
  refusal({ socket }: Pick<IncomingMessage, 'socket'>): RequestError | undefined {
    if (!this.#surplus.has(socket)) return undefined;
    return new RequestError('RATE_LIMITED', 'This address has as many connections open as it may.', {
      retryAfterSeconds: 1,
    });
  }

  #enter(socket: Socket): void {
    const { maxConnectionsPerAddress, trustProxy, onAccepted, onRefused } = this.#options;
    if (trustProxy) return onAccepted();
    const address = countedAddress(socket.remoteAddress ?? '');
    if (this.#open.count(address) < maxConnectionsPerAddress) {
      this.#open.add(address);
      socket.once('close', () => this.#open.remove(address));
      return onAccepted();
    }
    this.#surplus.add(socket);
    const deadline = setTimeout(() => socket.destroy(), lastWordsMs);
    socket.once('close', () => clearTimeout(deadline));
    onRefused();
  }
}
