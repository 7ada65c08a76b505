import { once } from 'node:events';
import WebSocket from 'ws';
import type { Payload } from './attackers.ts';

interface Message {
  readonly id?: string;
  readonly type: string;
  readonly payload?: unknown;
}

/** A graphql-transport-ws client with its own local address. */
export class AttackSocket {
  readonly #socket: WebSocket;
  readonly #listeners = new Map<string, (message: Message, text: string) => void>();
  #lastId = 0;
  /** Resolves once the connection is acknowledged, or the socket has closed. */
  readonly opened: Promise<void>;
  /** The close code; undefined while the socket is open. */
  closeCode: number | undefined;

  /** @param onBytes called with the size of each message */
  constructor(url: string, from: string, onBytes: (bytes: number) => void) {
    this.#socket = new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws', {
      perMessageDeflate: false,
      localAddress: from,
      maxPayload: 2 ** 30,
    });
    this.opened = new Promise((resolve) => {
      this.#listeners.set('greeting', () => resolve());
      this.#socket.on('open', () => this.#socket.send('{"type":"connection_init"}'));
      this.#socket.on('close', () => resolve());
    });
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', (code: number) => {
      this.closeCode = code;
      for (const listener of this.#listeners.values()) listener({ type: 'closed' }, '');
    });
    this.#socket.on('message', (data: Buffer) => {
      onBytes(data.length);
      const text = data.toString();
      const message = JSON.parse(text) as Message;
      this.#listeners.get(message.type === 'connection_ack' ? 'greeting' : (message.id ?? ''))?.(
        message,
        text,
      );
    });
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** @param onMessage called with each message about the operation, and with `closed` when the socket closes */
  subscribe(payload: Payload, onMessage: (message: Message, text: string) => void): void {
    const id = String(++this.#lastId);
    this.#listeners.set(id, onMessage);
    if (this.isOpen) this.#socket.send(JSON.stringify({ id, type: 'subscribe', payload }));
    else onMessage({ type: 'closed' }, '');
  }

  /** The first message about an operation; empty if the socket closed instead. */
  first(payload: Payload): Promise<string> {
    return new Promise((resolve) => this.subscribe(payload, (_, text) => resolve(text)));
  }

  /** Sends a message unchanged. */
  sendText(text: string): void {
    if (this.isOpen) this.#socket.send(text);
  }

  /** Stops reading. */
  pause(): void {
    this.#socket.pause();
  }

  close(code?: number): void {
    this.#socket.close(code);
  }

  async closed(): Promise<void> {
    if (this.#socket.readyState !== WebSocket.CLOSED) await once(this.#socket, 'close');
  }
}
