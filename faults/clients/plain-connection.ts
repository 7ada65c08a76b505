import WebSocket from 'ws';
import { type Connection, type ConnectionOptions, retryWait } from './connection.ts';

/** A minimal implementation of the protocol on bare `ws`: thousands of connections fit into one process. */
export class PlainConnection implements Connection {
  readonly #options: ConnectionOptions;
  #socket: WebSocket | undefined;
  #retries = 0;
  #retry: NodeJS.Timeout | undefined;
  #isOnline = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get subscriber() {
    return this.#options.subscriber;
  }

  online(): void {
    this.#isOnline = true;
    this.#connect();
  }

  offline(): void {
    this.#isOnline = false;
    this.subscriber.isLive = false;
    clearTimeout(this.#retry);
    this.#socket?.terminate();
  }

  cut(): void {
    this.#socket?.terminate();
  }

  pause(paused: boolean): void {
    if (paused) this.#socket?.pause();
    else this.#socket?.resume();
  }

  #connect(): void {
    const { url, subscriber, random, keepAliveMs, token } = this.#options;
    const payload = token === undefined ? undefined : { authorization: `Bearer ${token}` };
    const socket = new WebSocket(url(), 'graphql-transport-ws', {
      perMessageDeflate: false,
      handshakeTimeout: 2 * keepAliveMs,
    });
    this.#socket = socket;
    const watch = watchForSilence(socket, keepAliveMs);
    socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload })));
    socket.on('message', (data: Buffer) => {
      watch.heard();
      // The connection may have gone offline while a message was on its way.
      if (this.#isOnline && this.#socket === socket) this.#take(socket, data);
    });
    socket.on('error', () => undefined);
    socket.on('close', (code: number) => {
      watch.end();
      if (!this.#isOnline) return;
      subscriber.closed(code);
      this.#retry = setTimeout(() => this.#connect(), retryWait(this.#retries++, random));
    });
  }

  #take(socket: WebSocket, data: Buffer): void {
    const { subscriber } = this.#options;
    const message = JSON.parse(data.toString()) as { type: string; payload?: object };
    if (message.type === 'connection_ack') {
      const payload = { query: subscriber.operation, variables: subscriber.variables };
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
    } else if (message.type === 'next') {
      this.#retries = 0;
      subscriber.take(message.payload ?? {});
    } else if (message.type === 'error' || message.type === 'complete') {
      subscriber.ended(JSON.stringify(message));
    }
  }
}

/** Terminates a socket that stays silent, even in reply to a ping. */
function watchForSilence(socket: WebSocket, keepAliveMs: number): { heard: () => void; end: () => void } {
  let lastHeard = performance.now();
  const heard = (): void => {
    lastHeard = performance.now();
  };
  socket.on('pong', heard);
  socket.on('ping', heard);
  const timer = setInterval(() => {
    const silence = performance.now() - lastHeard;
    if (socket.isPaused) return heard();
    if (silence > 2 * keepAliveMs) socket.terminate();
    else if (socket.readyState === socket.OPEN) socket.ping();
  }, keepAliveMs);
  return { heard, end: () => clearInterval(timer) };
}
