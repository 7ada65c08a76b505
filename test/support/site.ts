import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Answer = (response: ServerResponse) => void;

/** A page with these lines in its head. */
export const html = (...head: readonly string[]): string =>
  `<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n${head.join('\n')}\n</head><body><p>Text.</p></body></html>`;

/** Answers with a page in UTF-8. */
export const page =
  (text: string | Buffer, type = 'text/html; charset=utf-8'): Answer =>
  (response) =>
    void response.writeHead(200, { 'content-type': type }).end(text);

/** Another site on this machine, whose pages a test chooses by their path and query string. */
export class Site {
  /** Paths and query strings of the requests, in order. */
  readonly requests: string[] = [];
  readonly pages = new Map<string, Answer>();
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const path = request.url ?? '';
      this.requests.push(path);
      const answer = this.pages.get(path);
      if (answer) answer(response);
      else response.writeHead(404, { 'content-type': 'text/html' }).end(html('<title>Not here</title>'));
    });
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  url(path: string): string {
    return `${this.origin}${path}`;
  }

  /** Whether no connection is open any more. */
  isQuiet(): Promise<boolean> {
    return new Promise((resolve) => {
      this.#server.getConnections((_error, count) => resolve(count === 0));
    });
  }

  async open(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}
