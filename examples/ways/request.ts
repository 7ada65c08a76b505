import { setTimeout as sleep } from 'node:timers/promises';

const passing = ['RATE_LIMITED', 'UNAVAILABLE', 'INTERNAL_SERVER_ERROR'];

interface Answer {
  readonly data?: unknown;
  readonly errors?: { message: string; extensions?: { code?: string; retryAfterSeconds?: number } }[];
}

const noAnswer = ({ message, cause }: Error): Answer => ({
  errors: [{ message: `${message}: ${String(cause)}`, extensions: { code: 'UNAVAILABLE' } }],
});

/**
 * Sends an operation and returns its data. Without an answer, or with an error that may pass, it tries again: after the time
 * that the service names, or with pauses that grow. A mutation needs an idempotency key for that.
 */
export async function request<Data>(address: string, query: string, variables: object): Promise<Data> {
  const headers = new Headers({ 'content-type': 'application/json' });
  const token = process.env.STANDFIRST_TOKEN;
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
  for (let attempt = 1; ; attempt += 1) {
    const answer = await fetch(`${address}/graphql`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(30_000),
    })
      .then((response) => response.json() as Promise<Answer>)
      .catch(noAnswer);
    const [error] = answer.errors ?? [];
    if (!error) return answer.data as Data;
    const { code = '', retryAfterSeconds } = error.extensions ?? {};
    if (!passing.includes(code) || attempt === 10) throw new Error(error.message);
    await sleep(1000 * (retryAfterSeconds ?? Math.random() * Math.min(30, 2 ** (attempt - 2))));
  }
}
