import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { type Connection, type ConnectionOptions, retryWait } from './connection.ts';

/** The stock graphql-ws client, with the settings that docs/live.md recommends. */
export class StockConnection implements Connection {
  readonly #options: ConnectionOptions;
  #client: Client | undefined;
  #socket: WebSocket | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get subscriber() {
    return this.#options.subscriber;
  }

  online(): void {
    const { subscriber, url, random, keepAliveMs, token } = this.#options;
    let unanswered: NodeJS.Timeout | undefined;
    const client = createClient({
      url,
      webSocketImpl: WebSocket,
      ...(token === undefined ? {} : { connectionParams: { authorization: `Bearer ${token}` } }),
      keepAlive: keepAliveMs,
      retryAttempts: Infinity,
      shouldRetry: () => true,
      retryWait: (retries) => sleep(retryWait(retries, random)),
      on: {
        opened: (socket) => (this.#socket = socket as WebSocket),
        ping: (received) => {
          if (!received) unanswered = setTimeout(() => this.#giveUp(client), keepAliveMs);
        },
        pong: () => clearTimeout(unanswered),
        closed: (event) => {
          clearTimeout(unanswered);
          if (this.#client === client) subscriber.closed((event as { code: number }).code);
        },
      },
    });
    this.#client = client;
    const isCurrent = (): boolean => this.#client === client;
    client.subscribe(
      { query: subscriber.operation, variables: subscriber.variables },
      {
        next: (result) => {
          if (isCurrent()) subscriber.take(result);
        },
        error: (error) => {
          if (isCurrent()) subscriber.ended(describe(error));
        },
        complete: () => {
          if (isCurrent()) subscriber.ended('complete');
        },
      },
    );
  }

  offline(): void {
    const client = this.#client;
    this.#client = undefined;
    this.subscriber.isLive = false;
    this.#socket?.terminate();
    void client?.dispose();
  }

  cut(): void {
    this.#socket?.terminate();
  }

  /**
   * Terminates the socket of a client. graphql-ws goes on taking messages from a socket that it has terminated, as those of the next one,
   * until the peer answers its close frame.
   */
  #giveUp(client: Client): void {
    const socket = this.#socket;
    client.terminate();
    if (!socket) return;
    socket.onmessage = null;
    socket.terminate();
  }

  pause(paused: boolean): void {
    if (paused) this.#socket?.pause();
    else this.#socket?.resume();
  }
}

function describe(error: unknown): string {
  if (error instanceof Error) return error.message;
  const { code, reason } = error as { code?: number; reason?: string };
  return code === undefined ? JSON.stringify(error) : `${code} ${reason}`;
}
