import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { Random } from '../../harness/random.ts';
import type { SignedIn } from '../../harness/sessions.ts';

/** The answer to a command: its payload, the codes of its refusal, or nothing that says whether it was carried out. */
export type Reply<Payload> =
  | {
      readonly is: 'accepted';
      readonly payload: Payload;
      /** Number of requests of unknown outcome before it. */
      readonly unknown: number;
    }
  | { readonly is: 'refused'; readonly codes: readonly string[] }
  | {
      readonly is: 'unknown';
      /** Number of requests, each of which may have been carried out. */
      readonly requests: number;
    };

interface Answered {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** A command: its mutation, its input, and the fields that are asked for. */
export interface Command {
  readonly name: string;
  readonly input: object;
  readonly fields: string;
}

export interface ClientOptions {
  /** URLs of services, without a path; each request goes to a random one. */
  readonly urls: readonly string[];
  readonly random: Random;
  readonly agent: Agent;
  /** Undefined: it is not signed in. */
  readonly signedIn: SignedIn | undefined;
  /** Called with everything that the client receives. */
  readonly onReceived: (text: string) => void;
  /** Called with each answer that a service must never give. */
  readonly onUnexpected: (fault: string) => void;
}

/** Most repetitions of a command of unknown outcome. */
const maxRetries = 40;

/** Errors of a service that is going down, or has lost its database for a moment. */
const passing: ReadonlySet<string> = new Set(['UNAVAILABLE', 'TIMEOUT']);

/** For connections that a flaky network silences. */
export const impatientAgent = (): Agent =>
  new Agent({ headersTimeout: 3000, bodyTimeout: 3000, connectTimeout: 2000, keepAliveTimeout: 500 });

/** One client over HTTP, who repeats what was not answered, or does not. */
export class ModerationClient {
  readonly #options: ClientOptions;
  retries = 0;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  get id(): string {
    return this.#options.signedIn?.accountId ?? '';
  }

  /** Asks a query. @returns undefined if it was not answered */
  async ask<Data>(query: string, variables: object = {}): Promise<Data | undefined> {
    const answered = await this.#send(query, variables);
    return answered?.data ? (answered.data as Data) : undefined;
  }

  /** @param repeats whether the command is sent again until its outcome is known */
  async command<Payload>({ name, input, fields }: Command, repeats: boolean): Promise<Reply<Payload>> {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} userErrors { code message } } }`;
    let reply = await this.#once<Payload>(name, query, { input });
    for (let retry = 0; repeats && reply.is === 'unknown' && retry < maxRetries; retry++) {
      await sleep(50 + 250 * this.#options.random.next());
      this.retries += 1;
      reply = await this.#once<Payload>(name, query, { input });
      if (reply.is === 'accepted') return { ...reply, unknown: retry + 1 };
      // What a repetition is refused for may be what one of the requests before it has done.
      if (reply.is === 'refused') return { is: 'unknown', requests: retry + 1 };
      reply = { is: 'unknown', requests: retry + 2 };
    }
    return reply;
  }

  async #once<Payload>(name: string, query: string, variables: object): Promise<Reply<Payload>> {
    const answered = await this.#send(query, variables);
    const payload = answered?.data?.[name] as
      (Payload & { readonly userErrors: readonly { readonly code: string }[] }) | undefined | null;
    if (!payload) return { is: 'unknown', requests: 1 };
    if (payload.userErrors.length > 0)
      return { is: 'refused', codes: payload.userErrors.map(({ code }) => code) };
    return { is: 'accepted', payload, unknown: 0 };
  }

  async #send(query: string, variables: object): Promise<Answered | undefined> {
    const { urls, random, agent, signedIn, onReceived, onUnexpected } = this.#options;
    try {
      const { statusCode, body } = await request(`${random.pick(urls)}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(signedIn ? { authorization: `Bearer ${signedIn.token}` } : {}),
        },
        body: JSON.stringify({ query, variables }),
        dispatcher: agent,
      });
      const text = await body.text();
      onReceived(text);
      const answered = JSON.parse(text) as Answered;
      const codes = (answered.errors ?? []).map(({ extensions }) => extensions?.code ?? 'none');
      if (codes.some((code) => !passing.has(code)))
        onUnexpected(`${statusCode} ${JSON.stringify(answered.errors)} for ${query.slice(0, 60)}`);
      return answered;
    } catch {
      return undefined;
    }
  }
}
