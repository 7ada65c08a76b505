import WebSocket, { type ClientOptions } from 'ws';
import { eventually } from './eventually.ts';

/** A message of the graphql-transport-ws protocol. */
export interface RawMessage {
  readonly type: string;
  readonly id?: string;
  readonly payload?: any;
}

/** A socket for sending raw protocol messages, including those that a well-behaved client never sends. */
export class RawSocket {
  readonly ws: WebSocket;
  readonly messages: RawMessage[] = [];
  /** The close code, once it is closed. */
  closed: number | undefined;
  /** The HTTP status with which the upgrade was refused. */
  refused: number | undefined;

  constructor(
    url: string,
    options: { protocols?: string[]; headers?: Record<string, string>; client?: ClientOptions } = {},
  ) {
    const { protocols = ['graphql-transport-ws'], headers = {}, client = {} } = options;
    this.ws = new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, protocols, { headers, ...client });
    this.ws.on('message', (data: Buffer) => this.messages.push(JSON.parse(data.toString()) as RawMessage));
    this.ws.on('close', (code) => (this.closed = code));
    this.ws.on('error', () => undefined);
    this.ws.on('unexpected-response', (request, response) => {
      this.refused = response.statusCode;
      request.destroy();
    });
  }

  /** Opens the socket and the protocol's connection. */
  async open(payload?: Record<string, unknown>): Promise<this> {
    await this.opened();
    this.send({ type: 'connection_init', ...(payload ? { payload } : {}) });
    await this.waitFor('connection_ack', (message) => message.type === 'connection_ack');
    return this;
  }

  /** Waits for the WebSocket alone. */
  async opened(): Promise<this> {
    await eventually('the socket to open', () => this.ws.readyState !== WebSocket.CONNECTING);
    return this;
  }

  send(message: object | string): void {
    this.ws.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  subscribe(id: string, query: string, variables: Record<string, unknown> = {}): void {
    this.send({ type: 'subscribe', id, payload: { query, variables } });
  }

  waitFor(what: string, match: (message: RawMessage) => boolean): Promise<RawMessage> {
    return eventually(what, () => this.messages.find(match));
  }

  /** The first message about one operation. */
  answerTo(id: string): Promise<RawMessage> {
    return this.waitFor(`an answer to ${id}`, (message) => message.id === id);
  }

  closeCode(): Promise<number> {
    return eventually('the socket to close', () => this.closed);
  }

  /** The root field's value of every result, in order. */
  events(id: string): any[] {
    return this.messages
      .filter((message) => message.type === 'next' && message.id === id)
      .flatMap((message) => Object.values(message.payload.data ?? {}));
  }
}
