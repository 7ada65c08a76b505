import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { RequestError } from '../errors/errors.ts';
import type { Peers } from '../workers/peers.ts';
import { countedAddress } from './client-address.ts';
import { endAfterLastWords } from './last-words.ts';

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

/** Time for which a barred address may have no connection, and for which a strike counts, in milliseconds. */
const barredMs = 10_000;

/** Number of strikes by which an address is barred. */
export const strikesToBar = 5;

/** The strikes of an address, and the time until which they count. */
interface Strikes {
  readonly count: number;
  readonly until: number;
}

/**
 * Limits the connections of each address, whether requests arrive on them or not. A connection beyond the limit is
 * closed with the response to its first request, or after a second.
 */
export class ConnectionLimit {
  /** The connections of each address that are within the limit. */
  readonly #open = new Map<string, Set<Socket>>();
  readonly #surplus = new WeakSet<Socket>();
  /** By address, the first to expire first. */
  readonly #strikes = new Map<string, Strikes>();

  constructor(private readonly options: ConnectionLimitOptions) {}

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
   * Counts strikes of an address that takes time on its connections before requests can be counted. Enough of them end
   * all of its connections, and it may open none for a while. Behind a proxy the address is the proxy's, which is never
   * barred.
   */
  strike(address: string, strikes: number): void {
    if (!this.options.trustProxy && this.#add(address, strikes)) this.options.onBarred?.(address);
  }

  /** Bars an address that another worker of the node has barred. */
  addBarred(address: string): void {
    this.#add(address, strikesToBar);
  }

  /** @returns whether the address is barred */
  #add(address: string, strikes: number): boolean {
    const now = performance.now();
    for (const [each, { until }] of this.#strikes) {
      if (until > now) break;
      this.#strikes.delete(each);
    }
    const count = (this.#strikes.get(address)?.count ?? 0) + strikes;
    this.#strikes.delete(address);
    this.#strikes.set(address, { count, until: now + barredMs });
    if (count < strikesToBar) return false;
    for (const socket of this.#open.get(address) ?? []) socket.destroy();
    return true;
  }

  #isBarred(address: string): boolean {
    const { count, until } = this.#strikes.get(address) ?? { count: 0, until: 0 };
    return count >= strikesToBar && performance.now() < until;
  }

  #enter(socket: Socket): void {
    const { maxConnectionsPerAddress, trustProxy, onAccepted, onRefused } = this.options;
    if (trustProxy) return onAccepted();
    const address = countedAddress(socket.remoteAddress ?? '');
    if (this.#isBarred(address)) {
      socket.destroy();
      return onRefused();
    }
    const open = this.#open.get(address) ?? new Set();
    if (open.size < maxConnectionsPerAddress) {
      this.#open.set(address, open.add(socket));
      socket.once('close', () => {
        open.delete(socket);
        if (open.size === 0) this.#open.delete(address);
      });
      return onAccepted();
    }
    this.#surplus.add(socket);
    endAfterLastWords(socket);
    onRefused();
  }
}

/** News among the workers of a node: addresses that may open no connection for a while. */
const barredTopic = 'barred';

/** Least interval between log lines about refused connections, in milliseconds. */
const warningIntervalMs = 60_000;

export interface NodeConnectionsOptions extends Pick<
  ConnectionLimitOptions,
  'maxConnectionsPerAddress' | 'trustProxy' | 'onAccepted' | 'onRefused'
> {
  /** Undefined: this process is the whole node. */
  readonly peers: Pick<Peers, 'tell' | 'listen'> | undefined;
  readonly warn: (about: object, message: string) => void;
}

/** The limit of one of a node's workers: what one of them bars, all bar. */
export function limitedConnections({ peers, warn, ...options }: NodeConnectionsOptions): ConnectionLimit {
  const { maxConnectionsPerAddress } = options;
  let lastWarning = -Infinity;
  const connections = new ConnectionLimit({
    ...options,
    onRefused: () => {
      options.onRefused();
      if (performance.now() - lastWarning < warningIntervalMs) return;
      lastWarning = performance.now();
      warn(
        { maxConnectionsPerAddress },
        'connections of an address are refused: too many (MAX_CONNECTIONS_PER_ADDRESS), bodies in tiny chunks, or pipelined requests',
      );
    },
    onBarred: (address) => peers?.tell(barredTopic, address),
  });
  peers?.listen(barredTopic, (address) => connections.addBarred(String(address)));
  return connections;
}
