import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { SignedIn } from '../../harness/sessions.ts';
import type { Random } from '../../harness/random.ts';
import type { Post } from '../check/history.ts';
import {
  addCommentOperation,
  type Answer,
  editCommentOperation,
  globalId,
  keyOf,
  readAnswer,
} from './api.ts';

export interface WritersOptions {
  /** URLs of services, without a path; each request goes to a random one. */
  readonly urls: readonly string[];
  readonly articleIds: readonly string[];
  readonly signedIn: readonly SignedIn[];
  /** Rate of all writers together. */
  readonly postsPerSecond: number;
  readonly random: Random;
  /** Approximate number of characters of a comment. */
  readonly length?: number;
  /** Called when a request is sent. @returns a callback that is told whether the answer was as expected */
  readonly onSend?: () => (answered: boolean) => void;
}

interface Mutated {
  readonly comment: { readonly id: string } | null;
  readonly userErrors: readonly { readonly code: string }[];
}

type Outcome =
  { readonly is: 'acknowledged'; readonly commentId: string } | { readonly is: 'failed' | 'unknown' };

/** Most repetitions of a request with an unknown outcome. */
const maxRetries = 40;

/** Every second writer repeats requests with an unknown outcome, under the same idempotency key. */
const repeats = (lane: number): boolean => lane % 2 === 0;

/** Writers that keep posting whatever happens, and record the answers. */
export class Writers {
  readonly posts: Post[] = [];
  /** Answers that a service must never give. */
  readonly unexpected: string[] = [];
  /** Number of answers with UNAVAILABLE. */
  unavailable = 0;
  retries = 0;
  /** Longest time from a request to its answer, in milliseconds. */
  slowest = 0;
  readonly #options: WritersOptions;
  readonly #agent = new Agent({ headersTimeout: 15_000, bodyTimeout: 15_000, connectTimeout: 5000 });
  readonly #lanes: Promise<void>[];
  #finished: Promise<void> | undefined;
  readonly #stop = new AbortController();
  #onAcknowledged: ((begun: number) => void)[] = [];

  constructor(options: WritersOptions) {
    // Every writer listens to this signal.
    setMaxListeners(0, this.#stop.signal);
    this.#options = options;
    this.#lanes = options.signedIn.map((writer, lane) => this.#write(writer, lane));
  }

  /**
   * Waits for the first acknowledgement of a request that begins after this call.
   * @returns milliseconds; Infinity if there was none in time
   */
  untilAcknowledged(withinMs: number): Promise<number> {
    const since = performance.now();
    return new Promise((resolve) => {
      const overdue = setTimeout(resolve, withinMs, Infinity);
      const listen = (begun: number): void => {
        if (begun < since) {
          this.#onAcknowledged.push(listen);
          return;
        }
        clearTimeout(overdue);
        resolve(performance.now() - since);
      };
      this.#onAcknowledged.push(listen);
    });
  }

  /** Posts nothing new, and waits for requests under way and their repetitions. */
  finish(): Promise<void> {
    this.#finished ??= this.#finish();
    return this.#finished;
  }

  async #finish(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#lanes);
    await this.#agent.close();
  }

  async #write(writer: SignedIn, lane: number): Promise<void> {
    const { random, signedIn, postsPerSecond, articleIds } = this.#options;
    const meanMs = (1000 * signedIn.length) / postsPerSecond;
    for (;;) {
      await sleep(2 * meanMs * random.next(), undefined, { signal: this.#stop.signal }).catch(
        () => undefined,
      );
      if (this.#stop.signal.aborted) return;
      const articleId = random.pick(articleIds) ?? '';
      const post = await this.#post(writer, articleId, repeats(lane));
      this.posts.push(post);
      // So that the log contains other events than additions.
      if (post.commentId !== undefined && random.chance(0.15)) await this.#edit(writer, post);
    }
  }

  async #post(writer: SignedIn, articleId: string, isRepeated: boolean): Promise<Post> {
    const key = randomUUID();
    const input = { articleId: globalId('Article', articleId), body: this.#text(key), idempotencyKey: key };
    let outcome = await this.#send(writer, addCommentOperation, input);
    for (let retry = 0; isRepeated && outcome.is === 'unknown' && retry < maxRetries; retry++) {
      await sleep(50 + 250 * this.#options.random.next());
      this.retries += 1;
      const again = await this.#send(writer, addCommentOperation, input);
      // The failure of a repetition says nothing about the first request.
      if (again.is !== 'failed') outcome = again;
    }
    const commentId = outcome.is === 'acknowledged' ? outcome.commentId : undefined;
    return { key, articleId, outcome: outcome.is, commentId };
  }

  #text(key: string): string {
    return `${key} said so${', and so on'.repeat((this.#options.length ?? 0) / 11)}`;
  }

  async #edit(writer: SignedIn, { key, articleId, commentId = '' }: Post): Promise<void> {
    const input = { commentId: globalId('Comment', articleId, commentId), body: `${key} said otherwise` };
    await this.#send(writer, editCommentOperation, input);
  }

  async #send(writer: SignedIn, query: string, input: object): Promise<Outcome> {
    const begun = performance.now();
    const answered = this.#options.onSend?.();
    try {
      const { statusCode, body } = await request(`${this.#options.random.pick(this.#options.urls)}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${writer.token}` },
        body: JSON.stringify({ query, variables: { input } }),
        dispatcher: this.#agent,
      });
      const outcome = this.#outcomeOf(
        readAnswer<Record<string, Mutated | null>>(statusCode, await body.text()),
      );
      this.slowest = Math.max(this.slowest, performance.now() - begun);
      answered?.(outcome.is === 'acknowledged');
      if (outcome.is === 'acknowledged') this.#acknowledged(begun);
      return outcome;
    } catch (error) {
      answered?.(false);
      // Connection refused: no service has seen the request.
      return { is: (error as NodeJS.ErrnoException).code === 'ECONNREFUSED' ? 'failed' : 'unknown' };
    }
  }

  #outcomeOf({ status, data, codes }: Answer<Record<string, Mutated | null>>): Outcome {
    const [mutated] = Object.values(data ?? {});
    if (mutated?.comment && mutated.userErrors.length === 0)
      return { is: 'acknowledged', commentId: keyOf(mutated.comment.id) };
    if (mutated && mutated.userErrors.length > 0) {
      this.unexpected.push(`a post was refused: ${mutated.userErrors.map(({ code }) => code).join()}`);
      return { is: 'failed' };
    }
    if (status === 503 && codes.every((code) => code === 'UNAVAILABLE')) this.unavailable += 1;
    else this.unexpected.push(`a post was answered with ${status} ${codes.join()}`);
    return { is: 'unknown' };
  }

  #acknowledged(begun: number): void {
    const listeners = this.#onAcknowledged;
    this.#onAcknowledged = [];
    for (const listener of listeners) listener(begun);
  }
}
