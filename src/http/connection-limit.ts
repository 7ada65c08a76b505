import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { RequestError } from '../errors/errors.ts';
import { countedAddress } from './client-address.ts';
import { endAfterLastWords } from './last-words.ts';
import { Tally } from './tally.ts';

export interface ConnectionLimitOptions {
  readonly maxConnectionsPerAddress: number;
  /** Behind a proxy all connections are the proxy's, so that the proxy has to count them. */
  readonly trustProxy: boolean;
  /** Called for each connection within the limit. */
  readonly onAccepted: () => void;
  /** Called for each connection beyond the limit, and for each of a barred address. */
  readonly onRefused: () => void;
  /** Called with each address that is barred here, for the other workers of the node. */
  readonly onBarred?: (address: string) => void;
}

/** Time for which a barred address may open no connection, in milliseconds. */
const barredMs = 10_000;

/**
 * Limits the connections of each address, whether requests arrive on them or not. A connection beyond the limit is
 * closed with the response to its first request, or after a second.
 */
export class ConnectionLimit {
  readonly #options: ConnectionLimitOptions;
  readonly #open = new Tally();
  readonly #surplus = new WeakSet<Socket>();
  /** Times until which addresses are barred, the earliest first. */
  readonly #barred = new Map<string, number>();

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

  /**
   * Refuses all connections of an address for a while. Used against clients that take time on each connection before
   * they can be counted. Behind a proxy the address is the proxy's, which is never barred.
   */
  bar(address: string): void {
    if (this.#options.trustProxy) return;
    this.addBarred(address);
    this.#options.onBarred?.(address);
  }

  /** Bars an address that another worker of the node has barred. */
  addBarred(address: string): void {
    const now = performance.now();
    for (const [each, until] of this.#barred) {
      if (until > now) break;
      this.#barred.delete(each);
    }
    this.#barred.delete(address);
    this.#barred.set(address, now + barredMs);
  }

  #enter(socket: Socket): void {
    const { maxConnectionsPerAddress, trustProxy, onAccepted, onRefused } = this.#options;
    if (trustProxy) return onAccepted();
    const address = countedAddress(socket.remoteAddress ?? '');
    if (performance.now() < (this.#barred.get(address) ?? 0)) {
      socket.destroy();
      return onRefused();
    }
    if (this.#open.count(address) < maxConnectionsPerAddress) {
      this.#open.add(address);
      socket.once('close', () => this.#open.remove(address));
      return onAccepted();
    }
    this.#surplus.add(socket);
    endAfterLastWords(socket);
    onRefused();
  }
}
