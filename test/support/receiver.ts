import { afterEach } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { pickLastingPort } from '../../harness/servers/lasting-port.ts';

/** A request that an endpoint has received. */
export interface Received {
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly message: any;
}

type Answer = (received: Received, response: ServerResponse) => void;

const accept: Answer = (_received, response) => void response.writeHead(204).end();

/** An endpoint of webhooks on this machine, whose answers a test chooses. */
export class Receiver {
  readonly received: Received[] = [];
  answer: Answer = accept;
  readonly #server: Server;
  #port = 0;

  constructor() {
    this.#server = createServer((request, response) => void this.#take(request, response));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/hook`;
  }

  /** The ids of the messages, in their order. */
  get ids(): string[] {
    return this.received.map(({ headers }) => headers['webhook-id'] ?? '');
  }

  async open(): Promise<this> {
    this.#port ||= await pickLastingPort();
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  /** Ends at once, like a process that is killed; can be opened again at the same address. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  accept(): void {
    this.answer = accept;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const received = { headers: request.headers as Record<string, string>, body, message: JSON.parse(body) };
    this.received.push(received);
    this.answer(received, response);
  }
}

/** Receivers that are closed after each test. */
export function useReceivers(): () => Promise<Receiver> {
  const open: Receiver[] = [];
  afterEach(() => Promise.all(open.splice(0).map((receiver) => receiver.close())));
  return async () => {
    const receiver = await new Receiver().open();
    open.push(receiver);
    return receiver;
  };
}
