/** @database either */
import { describe, expect, it } from '@jest/globals';
import { useApp } from '../../support/app.ts';
import { RawSocket } from '../../support/raw-socket.ts';

describe('the budget of a client', () => {
  const service = useApp({
    RATE_LIMITS: 'on',
    TRUST_PROXY: 'true',
    MAX_QUERY_COST: '100',
    MAX_COST_PER_MINUTE: '100',
  });
  /** Each client has an address of its own. */
  const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
  const articles = (first: number) => `{ articles(first: ${first}) { nodes { title } } }`;

  it('is reported with the cost of an operation, in the answer and in the headers of the IETF draft', async () => {
    const { headers, extensions } = await service().query(articles(30), {}, from('192.0.2.1'));
    expect(extensions).toEqual({
      cost: {
        requested: 33,
        maximum: 100,
        budget: { limit: 100, remaining: 67, resetSeconds: expect.any(Number) },
      },
    });
    const { resetSeconds } = (extensions as any).cost.budget;
    expect(resetSeconds).toBeGreaterThan(0);
    expect(resetSeconds).toBeLessThanOrEqual(60);
    expect(headers.get('ratelimit-policy')).toContain('"cost";q=100;w=60');
    expect(headers.get('ratelimit')).toContain(`"cost";r=67;t=${resetSeconds}`);
  });

  it('refuses an operation that exceeds it with 429, free of charge, and admits smaller operations', async () => {
    const client = from('192.0.2.2');
    expect((await service().query(articles(80), {}, client)).status).toBe(200);
    const refused = await service().query(articles(30), {}, client);
    expect([refused.status, refused.data]).toEqual([429, undefined]);
    expect(refused.errors).toMatchObject([
      { extensions: { code: 'RATE_LIMITED', retryAfterSeconds: expect.any(Number) } },
    ]);
    expect(refused.headers.get('retry-after')).toBe(
      String(refused.errors?.[0]?.extensions.retryAfterSeconds),
    );
    expect(refused.extensions).toMatchObject({ cost: { requested: 33, budget: { remaining: 15 } } });
    expect((await service().query(articles(13), {}, client)).status).toBe(200);
    // A result without any object still costs one point.
    expect((await service().query('{ __typename }', {}, client)).status).toBe(429);
    expect((await service().query(articles(80), {}, from('192.0.2.3'))).status).toBe(200);
  });

  it('belongs to the account, whatever address its requests come from', async () => {
    const { token } = await service().signUp();
    const asked = async (address: string) =>
      (await service().query(articles(40), {}, { token, ...from(address) })).status;
    expect([await asked('192.0.2.4'), await asked('192.0.2.5'), await asked('192.0.2.6')]).toEqual([
      200, 200, 429,
    ]);
    expect((await service().query(articles(80), {}, from('192.0.2.4'))).status).toBe(200);
  });

  it('is charged ten points for each invalid request, whatever the reason', async () => {
    const client = from('192.0.2.7');
    for (const query of ['{', '{ nothing }', articles(100), articles(1000)]) {
      const { extensions, errors } = await service().query(query, {}, client);
      expect(errors).toHaveLength(1);
      if (query === articles(100)) expect(errors?.[0]?.extensions.code).toBe('QUERY_TOO_COSTLY');
      // Only the answer to an operation of known cost reports the budget, after the latest charge.
      if (query === articles(100))
        expect(extensions).toMatchObject({ cost: { budget: { limit: 100, remaining: 70 } } });
      else expect(extensions).toBeUndefined();
    }
    const { extensions } = await service().query(articles(10), {}, client);
    expect(extensions).toMatchObject({ cost: { budget: { remaining: 48 } } });
  });

  it('is charged for subscriptions when they start', async () => {
    const { id } = await service().addArticle();
    const headers = { 'x-forwarded-for': '192.0.2.8' };
    const raw = await new RawSocket(service().url, { headers }).open();
    const subscription = `subscription { articleEvents(articleId: "${id}") { cursor ... on CommentEvent { comment { replies(first: 40) { nodes { id } } } } } }`;
    raw.subscribe('1', subscription);
    expect((await raw.answerTo('1')).type).toBe('next');
    raw.subscribe('2', subscription);
    expect((await raw.answerTo('2')).type).toBe('next');
    raw.subscribe('3', subscription);
    expect(await raw.answerTo('3')).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: expect.any(Number) } }],
    });
    // A refused subscription does not count, and its id can be used again.
    raw.subscribe('3', `subscription { articleEvents(articleId: "${id}") { cursor } }`);
    await raw.waitFor('the small one', ({ id: of, type }) => of === '3' && type === 'next');
    expect((await service().query(articles(80), {}, { headers })).status).toBe(429);
    raw.ws.terminate();
  });
});

describe('the cost of an operation', () => {
  const service = useApp();

  it('is reported even without rate limits', async () => {
    const { extensions, headers } = await service().query('{ articles(first: 3) { nodes { title } } }');
    expect(extensions).toEqual({ cost: { requested: 5, maximum: 5000 } });
    expect(headers.get('ratelimit')).toBeNull();
  });

  it('cannot be computed for a page that is too large, whose location is in the error', async () => {
    const { errors } = await service().query('{\n  __typename\n  articles(first: 101) { nodes { id } }\n}');
    expect(errors).toEqual([
      {
        message: '`first` takes 1 to 100, not 101.',
        locations: [{ line: 3, column: 3 }],
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
  });
});

describe('the rate of requests', () => {
  const service = useApp({
    RATE_LIMITS: 'on',
    TRUST_PROXY: 'true',
    MAX_REQUESTS_PER_MINUTE: '10',
    ALLOWED_ORIGINS: 'https://news.example.org',
  });

  it.each<[string, string, RequestInit]>([
    ['a method that no path supports', '/graphql', { method: 'PUT' }],
    ['an unknown path', '/nowhere', {}],
    ['an unknown path, requested by a browser', '/nowhere', { headers: { accept: 'text/html' } }],
    [
      'a preflight',
      '/graphql',
      {
        method: 'OPTIONS',
        headers: { origin: 'https://news.example.org', 'access-control-request-method': 'POST' },
      },
    ],
    [
      'a preflight of another origin',
      '/graphql',
      {
        method: 'OPTIONS',
        headers: { origin: 'https://other.example.org', 'access-control-request-method': 'POST' },
      },
    ],
  ])('counts %s', async (name, path, init) => {
    const headers = { ...init.headers, 'x-forwarded-for': `198.51.100.${name.length}` };
    const statuses: number[] = [];
    for (let sent = 0; sent < 11; sent++)
      statuses.push((await fetch(service().url + path, { ...init, headers })).status);
    expect(statuses.slice(0, 10)).not.toContain(429);
    expect(statuses[10]).toBe(429);
  });
});
