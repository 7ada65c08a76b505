import type { Client } from 'graphql-ws/client';
import { Connection, type ConnectionOptions, type Rider } from './connection.ts';

export interface SocketOptions {
  /**
   * Subscriptions that the service takes on one socket (its MAX_SUBSCRIPTIONS_PER_SOCKET): 20 by default. For more, the
   * client opens further sockets.
   */
  readonly maxSubscriptionsPerSocket?: number;
  /** Most sockets at a time; 5 by default. The service refuses the subscriptions beyond what they take. */
  readonly maxSockets?: number;
}

/** Listens to all sockets of a client, as graphql-ws does to its one. */
type Listen = (connection: Connection) => () => void;

const atLeastOne = (name: string, value: number): number => {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new RangeError(`${name} takes a whole number from 1`);
};

/**
 * The connections of one client: one, and a further one while all have as many operations as the service takes on a socket. An
 * operation stays with its connection through all interruptions; a connection has a socket only while it has operations.
 */
export class Connections {
  /** The longest wait before an attempt, in milliseconds. */
  readonly maxWaitMs: number;
  readonly #create: () => Connection;
  readonly #perSocket: number;
  readonly #maxSockets: number;
  readonly #all: Connection[] = [];
  readonly #listening = new Map<Listen, (() => void)[]>();

  /** @throws TypeError for an invalid URL, and where there is no WebSocket; RangeError for an invalid limit */
  constructor({
    maxSubscriptionsPerSocket = 20,
    maxSockets = 5,
    maxWaitMs = 10_000,
    ...options
  }: ConnectionOptions & SocketOptions) {
    this.maxWaitMs = maxWaitMs;
    this.#perSocket = atLeastOne('maxSubscriptionsPerSocket', maxSubscriptionsPerSocket);
    this.#maxSockets = atLeastOne('maxSockets', maxSockets);
    this.#create = () => new Connection({ ...options, maxWaitMs });
    this.#add();
  }

  /** Finds a place for a new operation. */
  board(rider: Rider): Connection {
    const connection = this.#withPlace();
    connection.board(rider);
    return connection;
  }

  #withPlace(): Connection {
    const free = this.#all.find(({ size }) => size < this.#perSocket);
    if (free) return free;
    const last = this.#all.at(-1);
    // The service says what is wrong with an operation for which there is no place.
    return last && this.#all.length >= this.#maxSockets ? last : this.#add();
  }

  /** Reconnects all with new sockets and the current token. */
  renew(): void {
    for (const connection of this.#all) connection.renew();
  }

  terminate(): void {
    for (const { client } of this.#all) client.terminate();
  }

  readonly on: Client['on'] = (event, listener) => {
    const listen: Listen = ({ client }) => client.on(event, listener);
    this.#listening.set(listen, this.#all.map(listen));
    return () => {
      for (const end of this.#listening.get(listen) ?? []) end();
      this.#listening.delete(listen);
    };
  };

  #add(): Connection {
    const connection = this.#create();
    this.#all.push(connection);
    for (const [listen, ends] of this.#listening) ends.push(listen(connection));
    return connection;
  }
}
