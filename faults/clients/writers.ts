import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { SignedIn } from '../../bench/sessions.ts';
import type { Random } from '../../test/support/random.ts';
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
  /** Of services, without a path; each request goes to any of them. */
  readonly urls: readonly string[];
  readonly articleIds: readonly string[];
  readonly signedIn: readonly SignedIn[];
  /** All of them together. */
  readonly postsPerSecond: number;
  readonly random: Random;
  /** Characters of a comment, about. */
  readonly length?: number;
  /** Called when a request is sent. @returns is told whether it was answered as it should be */
  readonly onSend?: () => (answered: boolean) => void;
}

interface Mutated {
  readonly comment: { readonly id: string } | null;
  readonly userErrors: readonly { readonly code: string }[];
}

type Outcome =
  { readonly is: 'acknowledged'; readonly commentId: string } | { readonly is: 'failed' | 'unknown' };

/** How often somebody who repeats a request of unknown outcome does so. */
const maxRetries = 40;

/** Somebody in every second repeats, with the same key, what has an unknown outcome. */
const repeats = (lane: number): boolean => lane % 2 === 0;

/** Writers who keep posting whatever happens, and note what they were told. */
export class Writers {
  readonly posts: Post[] = [];
  /** Answers that a service should not give, whatever happens to it. */
  readonly unexpected: string[] = [];
  /** How often the service said that it was unavailable. */
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
    // Everybody waits for it.
    setMaxListeners(0, this.#stop.signal);
    this.#options = options;
    this.#lanes = options.signedIn.map((writer, lane) => this.#write(writer, lane));
  }

  /**
   * Waits for the first acknowledgement of a request that begins after now.
   * @returns milliseconds; Infinity if it was not in time
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

  /** Posts nothing new; what is under way, and what is to be repeated, is finished. */
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
      // The log has to have more in it than additions.
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
      // That a repetition never arrived says nothing about the first.
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
      // Nothing listened there: no service has seen the request.
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
