import { setTimeout as sleep } from 'node:timers/promises';
import { RequestError, ShuttingDownError } from '../../platform/errors/errors.ts';
import { liveRetrySeconds, tooManyConnections } from '../../platform/http/refusals.ts';
import { Tally } from '../../platform/http/tally.ts';

/** A live connection as `ConnectionSet` uses it. */
export interface LiveConnection {
  readonly kind: 'websocket' | 'event stream';
  /** Sends a heartbeat, and ends the connection if the client has shown no sign of life since the last one. */
  beat(): void;
  /** Asks the client to reconnect, to another node or later. */
  sendAway(): void;
  /** Ends the connection at once. */
  cut(): void;
}

export interface ConnectionSetOptions {
  readonly maxSocketsPerAddress: number;
  /** Time between two beats of a connection, in milliseconds. */
  readonly socketPingMs: number;
}

/** Number of turns over which the beats of all connections are spread, so that not all are due at once. */
const beatTurns = 8;

/** The share of all connections that is sent away at a time, and the pause between two such batches. */
const batchShare = 0.05;
const batchPauseMs = 250;

/** How long a client may take to close a connection after it was sent away, in milliseconds. */
const closeGraceMs = 2000;

/**
 * The live connections of the node, WebSockets and event streams alike: their limit by address, their beats, and their
 * end.
 */
export class ConnectionSet {
  readonly #maxPerAddress: number;
  readonly #byAddress = new Tally();
  /** Connections, with the turn in which each gets its beat. */
  readonly #connections = new Map<LiveConnection, number>();
  readonly #heartbeat: NodeJS.Timeout;
  #turn = 0;
  #isDraining = false;
  /** Called when no connection is left. */
  #onEmpty: () => void = () => undefined;

  constructor({ maxSocketsPerAddress, socketPingMs }: ConnectionSetOptions) {
    this.#maxPerAddress = maxSocketsPerAddress;
    this.#heartbeat = setInterval(() => this.#beat(), socketPingMs / beatTurns);
  }

  /** The number of open connections of one kind. */
  count(kind: LiveConnection['kind']): number {
    return [...this.#connections.keys()].filter((connection) => connection.kind === kind).length;
  }

  /**
   * Counts a connection that is about to be opened.
   * @returns a function that ends the count
   * @throws RequestError UNAVAILABLE while the node shuts down; RATE_LIMITED if the address has too many open
   */
  enter(address: string): () => void {
    if (this.#isDraining) throw new ShuttingDownError();
    if (this.#byAddress.count(address) >= this.#maxPerAddress)
      throw new RequestError('RATE_LIMITED', tooManyConnections, { retryAfterSeconds: liveRetrySeconds });
    this.#byAddress.add(address);
    return () => this.#byAddress.remove(address);
  }

  add(connection: LiveConnection): void {
    this.#connections.set(connection, this.#connections.size % beatTurns);
  }

  has(connection: LiveConnection): boolean {
    return this.#connections.has(connection);
  }

  /** Removes a connection that has closed. */
  remove(connection: LiveConnection): void {
    this.#connections.delete(connection);
    if (this.#connections.size === 0) this.#onEmpty();
  }

  /**
   * Refuses new connections, and sends away the open ones in batches, so that their clients do not all reconnect at
   * once. Resolves when all have closed; those that do not close by themselves are cut.
   */
  async drain(): Promise<void> {
    this.#isDraining = true;
    const leaving = [...this.#connections.keys()];
    const batch = Math.max(1, Math.ceil(leaving.length * batchShare));
    while (leaving.length > 0) {
      for (const connection of leaving.splice(0, batch)) connection.sendAway();
      if (leaving.length > 0) await sleep(batchPauseMs);
    }
    await this.#gone();
  }

  /** Cuts the connections that are still open. */
  close(): void {
    clearInterval(this.#heartbeat);
    for (const connection of this.#connections.keys()) connection.cut();
  }

  #gone(): Promise<void> {
    if (this.#connections.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const deadline = setTimeout(() => {
        for (const connection of this.#connections.keys()) connection.cut();
      }, closeGraceMs);
      this.#onEmpty = () => {
        clearTimeout(deadline);
        resolve();
      };
    });
  }

  #beat(): void {
    this.#turn = (this.#turn + 1) % beatTurns;
    for (const [connection, turn] of this.#connections) if (turn === this.#turn) connection.beat();
  }
}
