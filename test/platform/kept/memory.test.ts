/** @database either */
import { describe, expect, it } from '@jest/globals';
import { nothingKept, type TestApp, useApp } from '../../support/app.ts';
import { storeOf } from '../../support/stores.ts';

const query = `query Page($slug: String!, $first: Int) { article(slug: $slug) { title bodyText
  comments(first: $first) { nodes { bodyText } } } }`;

const addThread = (app: TestApp) =>
  app.addArticle({
    article: { body: 'A body. '.repeat(500) },
    comments: Array.from({ length: 30 }, (_, index) => ({
      key: `k${index}`,
      authorName: 'Bo Example',
      body: `Comment ${index}. `.repeat(50),
      createdAt: '2024',
    })),
  });

describe('the memory for answers and rows', () => {
  const service = useApp({ KEPT_ANSWERS_MB: '1', KEPT_ROWS_MB: '1' });

  it('is counted: bytes, hits, misses', async () => {
    const app = service();
    const { slug } = await addThread(app);
    const before = { answers: await storeOf(app, 'answers'), rows: await storeOf(app, 'rows') };
    await app.data(query, { slug, first: 5 });
    for (let n = 0; n < 3; n++) await app.data(query, { slug, first: 5 });
    // Another answer, of the same article and its texts.
    await app.data(query, { slug, first: 6 });
    const [answers, rows] = [await storeOf(app, 'answers'), await storeOf(app, 'rows')];
    expect(answers).toMatchObject({ hits: before.answers.hits + 3, misses: before.answers.misses + 2 });
    expect(rows.hits).toBeGreaterThanOrEqual(before.rows.hits + 2);
    expect(answers.bytes).toBeGreaterThan(before.answers.bytes);
    expect(rows.bytes).toBeGreaterThan(before.rows.bytes);
  });

  it('is bounded, whatever is asked for', async () => {
    const app = service();
    const articles = await Promise.all(Array.from({ length: 5 }, () => addThread(app)));
    for (let n = 0; n < 100; n++) {
      await app.data(query, { slug: articles[n % articles.length]?.slug, first: 5 + (n % 19) });
      if (n % 10 !== 0) continue;
      for (const name of ['answers', 'rows'] as const)
        expect((await storeOf(app, name)).bytes).toBeLessThanOrEqual(1024 * 1024);
    }
    expect((await storeOf(app, 'answers')).evictions).toBeGreaterThan(10);
    expect((await storeOf(app, 'rows')).evictions).toBeGreaterThan(10);
  });

  it('gives the bytes that a client accepts, each with the client’s own budget', async () => {
    const app = service();
    const { slug } = await addThread(app);
    const ask = (encoding: string) =>
      fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'accept-encoding': encoding },
        body: JSON.stringify({ query, variables: { slug, first: 20 } }),
      });
    const plain = await (await ask('identity')).text();
    for (const encoding of ['gzip', 'br', 'br, gzip', 'gzip;q=1, br;q=0.5', 'gzip', 'br']) {
      const answer = await ask(encoding);
      const wanted = encoding.startsWith('gzip') ? 'gzip' : 'br';
      expect(answer.headers.get('content-encoding')).toBe(wanted);
      expect(await answer.text()).toBe(plain);
    }
    // What the client likes better is sent as if nothing were kept.
    for (const [accepted, sent] of [
      ['identity, gzip;q=0.1', null],
      ['deflate, gzip;q=0.5', 'deflate'],
    ] as const) {
      const answer = await ask(accepted);
      expect(answer.headers.get('content-encoding')).toBe(sent);
      expect(await answer.text()).toBe(plain);
    }
  });
});

describe('a service without such memory', () => {
  const service = useApp(nothingKept);

  it('keeps nothing', async () => {
    const app = service();
    const { slug } = await addThread(app);
    for (let n = 0; n < 3; n++) await app.data(query, { slug, first: 5 });
    for (const name of ['answers', 'rows'] as const)
      expect(await storeOf(app, name)).toEqual({ bytes: 0, hits: 0, misses: 0, evictions: 0 });
  });
});

describe('the budget of a client', () => {
  const service = useApp({ RATE_LIMITS: 'on' });

  it('is charged for answers from memory as for all others, and told in each', async () => {
    const app = service();
    const { slug } = await addThread(app);
    const remaining: number[] = [];
    for (let n = 0; n < 4; n++) {
      const { extensions } = await app.query(query, { slug, first: 5 });
      remaining.push((extensions as { cost: { budget: { remaining: number } } }).cost.budget.remaining);
    }
    const charged = remaining.slice(1).map((left, index) => (remaining[index] ?? NaN) - left);
    expect(charged[0]).toBeGreaterThan(0);
    expect(new Set(charged).size).toBe(1);
  });
});
