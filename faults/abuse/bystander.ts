import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { globalId } from '../clients/api.ts';
import type { Waits } from './waits.ts';

/** An article with its first comments, as a page shows it. */
const pageOperation = `query Page($id:ID!){node(id:$id){...on Article{
  title bodyHtml commentCount liveCursor author{name}
  allComments(first:20){nodes{id depth bodyText createdAt author{name}} pageInfo{hasNextPage endCursor}}}}}`;

/** Interval between page requests, in milliseconds. */
const everyMs = 100;

export interface BystanderOptions {
  /** URL of a service, without a path. */
  readonly url: string;
  /** The article's key. */
  readonly articleId: string;
  /** Records the waits of the requests. */
  readonly waits: Waits;
}

/** A reader who loads an article's page repeatedly, from addresses that no attack uses. */
export class Bystander {
  readonly #options: BystanderOptions;
  readonly #body: string;
  readonly #stop = new AbortController();
  readonly #agents = Array.from({ length: 20 }, () => new Agent({ keepAlive: true, maxSockets: 4 }));
  readonly #running: Promise<void>;

  constructor(options: BystanderOptions) {
    this.#options = options;
    const variables = { id: globalId('Article', options.articleId) };
    this.#body = JSON.stringify({ query: pageOperation, variables });
    this.#running = this.#run();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    for (const agent of this.#agents) agent.destroy();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    for (let turn = 0; !signal.aborted; turn++) {
      this.#ask(turn % this.#agents.length);
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    }
  }

  #ask(index: number): void {
    const { url, waits } = this.#options;
    const end = waits.begin();
    const headers = { 'content-type': 'application/json' };
    const agent = this.#agents[index];
    const asked = request(
      `${url}/graphql`,
      { method: 'POST', headers, agent, localAddress: `127.88.0.${index + 1}` },
      (response) =>
        response
          .resume()
          .on('end', () => end(response.statusCode === 200))
          .on('error', () => end(false)),
    );
    asked.on('error', () => end(false));
    asked.end(this.#body);
  }
}
