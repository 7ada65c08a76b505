import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Stripe } from 'stripe';
import { type ApiAnswer, type ApiRequest, TestStripeApi } from './api.ts';
import {
  maxFormBytes,
  type PageAnswer,
  type PageHandler,
  pagePath,
  testProviderPage,
  testProviderPath,
} from './page.ts';
import { createTables, type Store } from './store.ts';
import { Webhooks } from './webhooks.ts';
import type { Clock } from './work.ts';

export type { ApiRequest } from './api.ts';
export type { Outcome } from './outcomes.ts';
export { type PageHandler, testProviderPath } from './page.ts';
export type { Queryable, Store } from './store.ts';
export { signatureOf } from './webhooks.ts';
export type { Clock } from './work.ts';
// Fault injection wraps their methods.
export { TestStripeApi } from './api.ts';
export { Work } from './work.ts';

export interface TestProviderOptions {
  /** Opens the connections, at the first request; called again if it, or the creation of the tables, has failed. */
  readonly openStore: () => Promise<Store>;
  readonly clock: Clock;
  /** Signs the webhooks. */
  readonly webhookSecret: string;
  /** Address of the receiver of webhooks; undefined: none are sent. */
  readonly webhookUrl: () => string | undefined;
  /** Origin of another server that shows the pages, by `page`; undefined: this server shows them. */
  readonly pageBase: () => string | undefined;
  /** Called with errors of this server. */
  readonly onError: (error: unknown) => void;
  readonly hooks?: TestProviderHooks;
}

/** For tests. */
export interface TestProviderHooks {
  /** Delivers an event, by `send`: once, several times, later, or not at all. */
  readonly deliver?: (event: Stripe.Event, send: () => Promise<void>) => Promise<void>;
  /** Runs before a write is committed. If it rejects, the write is rolled back and the answer has the status 500. */
  readonly beforeCommit?: (request: ApiRequest) => Promise<void>;
}

const host = '127.0.0.1';
const maxBodyBytes = 65_536;

const internalError = JSON.stringify({
  error: { type: 'api_error', message: 'The test provider has failed; its log says why.' },
});

/**
 * A server on the loopback address that speaks a part of Stripe's API, and moves no money.
 *
 * - Its user reaches it over a socket as Stripe, so answers can get lost on the way.
 * - Its state is in tables of its own, on connections of its own: what it has charged stays charged when a transaction of
 *   its user is rolled back. Each process runs one, all on the same tables.
 * - A write is one transaction: objects, events and the kept answer. A lock on the idempotency key makes a second request
 *   with the same key answer 409 meanwhile, and frees the key if the process ends.
 * - In place of a card, its page takes the outcome of charging one (`outcomes.ts`).
 */
export class TestProvider {
  /** The key that its server demands: of this process alone. */
  readonly secretKey = `sk_test_${randomBytes(24).toString('hex')}`;
  /** Answers requests under `testProviderPath`, for another server. */
  readonly page: PageHandler;
  readonly #options: TestProviderOptions;
  readonly #server: Server;
  readonly #api: TestStripeApi;
  readonly #webhooks: Webhooks;
  #closed: Promise<void> | undefined;
  #opened: Promise<Store> | undefined;

  private constructor(options: TestProviderOptions) {
    const { clock, hooks } = options;
    this.#options = options;
    this.#webhooks = new Webhooks({
      url: options.webhookUrl,
      secret: options.webhookSecret,
      deliver: hooks?.deliver,
    });
    const shared = {
      clock,
      store: () => this.#store(),
      onEvents: (events: readonly Stripe.Event[]) => this.#webhooks.send(events),
    };
    this.page = testProviderPage(shared);
    this.#api = new TestStripeApi({
      ...shared,
      pageUrl: (id) => `${options.pageBase() ?? `http://${host}:${this.port}`}${pagePath(id)}`,
      beforeCommit: hooks?.beforeCommit,
    });
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        options.onError(error);
        send(response, { status: 500, headers: { 'content-type': 'application/json' }, body: internalError });
      });
    });
  }

  static async open(options: TestProviderOptions): Promise<TestProvider> {
    const provider = new TestProvider(options);
    await new Promise<void>((resolve, reject) => {
      // Workers of a cluster share what they listen on, also a port of the system's choice, and each has a key of its own.
      provider.#server.once('error', reject).listen({ port: 0, host, exclusive: true }, resolve);
    });
    return provider;
  }

  get host(): string {
    return host;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Resolves when every event so far was sent. */
  idle(): Promise<void> {
    return this.#webhooks.idle();
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    // Among them those that wait for an answer that got lost.
    this.#server.closeAllConnections();
    await closed;
    await this.#webhooks.close();
    const opened = await this.#opened?.catch(() => undefined);
    await opened?.close();
  }

  async #store(): Promise<Store> {
    const opened = (this.#opened ??= openStore(this.#options));
    try {
      return await opened;
    } catch (error) {
      if (this.#opened === opened) this.#opened = undefined;
      throw error;
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const [path = '', query = ''] = url.split('?', 2);
    const isPage = path.startsWith(testProviderPath);
    if (!isPage && !this.#isAllowed(headers.authorization)) return send(response, unauthorized);
    const body = await bodyOf(request, isPage ? maxFormBytes : maxBodyBytes);
    if (body === undefined) return send(response, tooLarge);
    if (isPage) return send(response, await this.page(method, path, body));
    const key = headers['idempotency-key'];
    const answer = await this.#api.answer({
      method,
      path,
      form: method === 'GET' ? query : body,
      idempotencyKey: Array.isArray(key) ? key[0] : key,
    });
    if (!answer.isLost) send(response, answer);
  }

  #isAllowed(authorization = ''): boolean {
    const [given, expected] = [Buffer.from(authorization), Buffer.from(`Bearer ${this.secretKey}`)];
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}

async function openStore(options: TestProviderOptions): Promise<Store> {
  const store = await options.openStore();
  try {
    await createTables(store);
  } catch (error) {
    await store.close();
    throw error;
  }
  return store;
}

const errorOf = (
  status: number,
  type: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): PageAnswer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify({ error: { type, message } }),
});

const unauthorized = errorOf(401, 'invalid_request_error', 'Wrong key.');
const tooLarge = errorOf(413, 'invalid_request_error', 'The request is too large.', {
  // The rest of the request is not read.
  connection: 'close',
});

/** @returns undefined where the body is longer than allowed */
async function bodyOf(request: IncomingMessage, maxBytes: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // The connection stays open for the refusal.
  const received = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  for await (const chunk of received) {
    bytes += chunk.length;
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, { status, headers, body }: Omit<ApiAnswer, 'isLost'>): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
