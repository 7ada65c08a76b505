import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { addCommentOperation } from '../post/post.operation.ts';

/** Comments to post at an even pace. */
export interface SteadyWrites {
  /** Address of a service that nobody reads from. */
  readonly url: string;
  readonly tokens: readonly string[];
  /** Global ids of the articles, used in turn. */
  readonly articleIds: readonly string[];
  readonly perSecond: number;
}

/** Posts comments at an even pace while work is done. @throws Error if a comment was refused */
export async function whileWriting<T>(writes: SteadyWrites, work: () => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const writing = write(writes, stop.signal);
  try {
    return await Promise.race([work(), writing.then(() => Promise.reject(new Error('The writer ended')))]);
  } finally {
    stop.abort();
    await writing;
  }
}

/** Sends each comment at its time, whether or not earlier ones are answered. */
async function write(writes: SteadyWrites, stop: AbortSignal): Promise<void> {
  const start = performance.now();
  const posts: Promise<void>[] = [];
  while (!stop.aborted) {
    const n = posts.length;
    await sleep(Math.max(0, start + (n * 1000) / writes.perSecond - performance.now()));
    posts.push(post(writes, n));
  }
  await Promise.all(posts);
}

async function post({ url, tokens, articleIds }: SteadyWrites, n: number): Promise<void> {
  const input = {
    articleId: articleIds[n % articleIds.length],
    body: `A comment of a steady writer, number ${n}.`,
    idempotencyKey: randomUUID(),
  };
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${tokens[n % tokens.length]}`,
    },
    body: JSON.stringify({ query: addCommentOperation, variables: { input } }),
  });
  const text = await response.text();
  if (!text.includes('"userErrors":[]')) throw new Error(`A comment was refused: ${text.slice(0, 300)}`);
}
