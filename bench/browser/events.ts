import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Random } from '../../harness/random.ts';
import { commentMarkdown } from '../../harness/data/texts.ts';
import type { SignedIn } from '../../harness/sessions.ts';

const addComment = `mutation ($input: AddCommentInput!) {
  addComment(input: $input) { comment { id } userErrors { code } }
}`;
const editComment = `mutation ($input: EditCommentInput!) {
  editComment(input: $input) { comment { id } userErrors { code } }
}`;
const react = `mutation ($input: ReactInput!) { react(input: $input) { comment { id } userErrors { code } } }`;

/** Frequencies of the kinds of event, in twentieths. */
const mix = [
  ...Array.from({ length: 8 }, () => 'reply to one on show' as const),
  ...Array.from({ length: 6 }, () => 'reply elsewhere' as const),
  ...Array.from({ length: 4 }, () => 'new thread' as const),
  'edit' as const,
  'reaction' as const,
];

export interface EventsOptions {
  /** URL of the service, without a path. */
  readonly url: string;
  readonly articleId: string;
  /** Comments distributed over the whole thread. */
  readonly commentIds: readonly string[];
  readonly writers: readonly SignedIn[];
  readonly random: Random;
}

interface Payload {
  readonly comment: { readonly id: string } | null;
  readonly userErrors: readonly { readonly code: string }[];
}

/** Activity of other accounts on an article while it is read: through the public API, at a steady rate. */
export class Events {
  readonly #options: EventsOptions;
  readonly #pool: Pool;
  readonly #posted: { id: string; writer: SignedIn }[] = [];
  #turn = 0;
  /** Number of comments that were added. */
  added = 0;

  constructor(options: EventsOptions) {
    this.#options = options;
    this.#pool = new Pool(options.url, { connections: 8, pipelining: 1 });
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  /**
   * Sends events at a fixed rate, whether or not earlier ones are answered. Throws the first failure.
   * @param until called before each event; true ends the run
   * @param shown called once a second: ids of the comments in the reader's viewport
   * @returns the actual rate per second
   */
  async run(
    perSecond: number,
    until: () => boolean,
    shown: () => Promise<readonly string[]>,
  ): Promise<number> {
    const { random } = this.#options;
    const start = performance.now();
    const running: Promise<void>[] = [];
    let before: readonly string[] = [];
    while (!until()) {
      if (running.length % Math.ceil(perSecond) === 0) before = await shown();
      const happening = this.#happen(random.pick(mix) ?? 'new thread', random.pick(before));
      // The rejection is handled by `Promise.all` below.
      happening.catch(() => undefined);
      running.push(happening);
      const due = start + (running.length * 1000) / perSecond;
      if (due > performance.now()) await sleep(due - performance.now());
    }
    const seconds = (performance.now() - start) / 1000;
    await Promise.all(running);
    return running.length / seconds;
  }

  async #happen(what: (typeof mix)[number], shown: string | undefined): Promise<void> {
    const { articleId, commentIds, random, writers } = this.#options;
    const writer = writers[this.#turn++ % writers.length];
    if (!writer) throw new RangeError('There are no writers');
    const elsewhere = random.pick(commentIds);
    const own = what === 'edit' ? this.#posted.shift() : undefined;
    if (own) {
      await this.#send(own.writer, editComment, { commentId: own.id, body: commentMarkdown(random) });
    } else if (what === 'reaction') {
      // A different account each time, because repeating one's own reaction changes nothing.
      await this.#send(writer, react, { commentId: shown ?? elsewhere, kind: 'LIKE' });
    } else {
      const parentId =
        what === 'new thread' ? null : what === 'reply elsewhere' ? elsewhere : (shown ?? elsewhere);
      const input = { articleId, parentId, body: commentMarkdown(random), idempotencyKey: randomUUID() };
      const { comment } = await this.#send(writer, addComment, input);
      this.added++;
      if (comment) this.#posted.push({ id: comment.id, writer });
    }
  }

  async #send(writer: SignedIn, query: string, input: Readonly<Record<string, unknown>>): Promise<Payload> {
    const { statusCode, body } = await this.#pool.request({
      path: '/graphql',
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${writer.token}` },
      body: JSON.stringify({ query, variables: { input } }),
    });
    const text = await body.text();
    const payload = Object.values((JSON.parse(text) as { data?: Record<string, Payload> }).data ?? {})[0];
    if (statusCode !== 200 || !payload || payload.userErrors.length > 0) throw new Error(`Refused: ${text}`);
    return payload;
  }
}
