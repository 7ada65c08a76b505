import { createLiveClient, type LiveClient } from '@standfirst/client';
import { Login } from './login.ts';

/** A refusal or a fault that the service reports, or that its answer did not arrive. */
export class ServiceError extends Error {
  /** A code of docs/errors.md; `UNREACHABLE` if there is no answer. */
  readonly code: string;
  /** Seconds after which another try makes sense; undefined: the service names none. */
  readonly retryAfter: number | undefined;
  /** When a comment under slow mode can be sent again; undefined: it was refused for something else. */
  readonly retryAt: string | undefined;

  constructor(code: string, message: string, retryAfter?: number, retryAt?: string) {
    super(message);
    this.code = code;
    this.retryAfter = retryAfter;
    this.retryAt = retryAt;
  }
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string; readonly retryAfterSeconds?: number };
  }[];
}

/** The longest wait for an answer, in milliseconds. */
const answerTimeoutMs = 20_000;

/** One service, as all elements of the page share it: its login, and one socket for all threads. */
export class Service {
  readonly url: string;
  readonly login: Login;
  readonly #graphql: string;
  #live: LiveClient | undefined;

  /** @param url without a slash at its end */
  constructor(url: string) {
    this.url = url;
    this.#graphql = `${url}/graphql`;
    this.login = new Login(url, (query, variables) => this.#send(query, variables, fetch));
  }

  /** Opened at its first use. */
  get live(): LiveClient {
    this.#live ??= createLiveClient({ url: this.#graphql, token: this.login.token });
    return this.#live;
  }

  /** Sends an operation as the reader. @throws ServiceError */
  request<Data>(query: string, variables: Readonly<Record<string, unknown>>): Promise<Data> {
    return this.#send(query, variables, this.login.fetch) as Promise<Data>;
  }

  async #send(
    query: string,
    variables: Readonly<Record<string, unknown>>,
    send: typeof fetch,
  ): Promise<unknown> {
    let answer: Answer;
    try {
      const response = await send(this.#graphql, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({ query, variables }),
        credentials: 'omit',
        signal: AbortSignal.timeout(answerTimeoutMs),
      });
      answer = (await response.json()) as Answer;
    } catch (error) {
      throw new ServiceError('UNREACHABLE', error instanceof Error ? error.message : String(error));
    }
    const [fault] = answer.errors ?? [];
    if (fault || !answer.data) {
      const { code = 'INTERNAL_SERVER_ERROR', retryAfterSeconds } = fault?.extensions ?? {};
      throw new ServiceError(code, fault?.message ?? '', retryAfterSeconds);
    }
    return answer.data;
  }
}

const services = new Map<string, Service>();

/** The service at an address, one for the whole page. */
export function serviceAt(url: string): Service {
  const bare = url.replace(/\/+$/, '');
  const service = services.get(bare) ?? new Service(bare);
  services.set(bare, service);
  return service;
}
