/** @database either */
import { describe, expect, it } from '@jest/globals';
import { getIntrospectionQuery } from 'graphql';
import { connect, type Socket } from 'node:net';
import { nothingKept, type TestApp, useApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { fetchStream } from '../../support/event-stream.ts';

const body = 'x'.repeat(9000);

/** Adds an article with a number of comments of 9,000 characters each. */
async function addThread(app: TestApp, count: number): Promise<string> {
  const comments = Array.from({ length: count }, (_, n) => ({ key: String(n), body, createdAt: '2015' }));
  return (await app.addArticle({ comments })).slug;
}

const thread = (slug: string, first: number, selection = 'bodyText') =>
  `{ article(slug: "${slug}") { allComments(first: ${first}) { nodes { ${selection} } } } }`;

/** A number of pages of 90 to 100 comments, with only ids selected. */
function pages(slug: string, count: number): string {
  const page = (_: unknown, index: number) =>
    `a${index}: allComments(first: ${100 - index}) { nodes { id } }`;
  return `{ article(slug: "${slug}") { ${Array.from({ length: count }, page).join(' ')} } }`;
}

/** `standfirst_held_bytes`, as the operator reads it. */
async function heldBytes({ url }: TestApp): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^standfirst_held_bytes (\d+)$/m.exec(text)?.[1]);
}

/** A client that reads nothing. */
function deafClient({ url }: TestApp): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.on('error', () => undefined);
  return socket.pause();
}

/** A request as bytes on the wire. */
function written(query: string): string {
  const json = JSON.stringify({ query });
  return `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`;
}

describe('an answer that grows too large', () => {
  const service = useApp({ MAX_ANSWER_BYTES: '100000' });

  it('is refused while it is being made, unlike an answer within the limit', async () => {
    const slug = await addThread(service(), 20);
    const fine = await service().query(thread(slug, 11));
    expect(fine.errors).toBeUndefined();
    expect(fine.data.article.allComments.nodes).toHaveLength(11);
    const refused = await service().query(thread(slug, 12));
    expect([refused.status, refused.data]).toEqual([200, undefined]);
    expect(refused.errors).toEqual([
      {
        message: 'The answer takes more than 100000 bytes.',
        extensions: { code: 'QUERY_TOO_COSTLY', maxBytes: 100_000 },
      },
    ]);
    const strict = await service().query(
      thread(slug, 12),
      {},
      {
        headers: { accept: 'application/graphql-response+json' },
      },
    );
    expect(strict.status).toBe(400);
  });

  it('counts texts once for each alias', async () => {
    const slug = await addThread(service(), 4);
    const aliases = Array.from({ length: 4 }, (_, n) => `a${n}: bodyText`).join(' ');
    const { errors } = await service().query(thread(slug, 4, aliases));
    expect(errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_COSTLY' } }]);
  });

  it('counts the characters that JSON adds as escapes', async () => {
    const { slug } = await service().addArticle({
      comments: [{ key: '1', body: '"'.repeat(9000), createdAt: '2015' }],
    });
    const six = ['a', 'b', 'c', 'd', 'e', 'f'].map((alias) => `${alias}: bodyText`).join(' ');
    expect((await service().query(thread(slug, 1, six))).errors).toMatchObject([
      { extensions: { code: 'QUERY_TOO_COSTLY' } },
    ]);
  });
});

describe('an operation that reads far more than it shows', () => {
  const service = useApp({ MAX_HELD_BYTES_PER_CLIENT: '1000000' });

  it('is refused once it exceeds the memory of its client, and its memory is released', async () => {
    const app = service();
    const slug = await addThread(app, 100);
    // Each page reads about 2 MB, because every text is stored in two forms.
    const refused = await app.query(pages(slug, 5));
    expect(refused.errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 1 } }]);
    expect(refused.status).toBe(429);
    await eventually('all held memory to be released', async () => (await heldBytes(app)) === 0);
    const small = await app.query(`{ article(slug: "${slug}") { allComments(first: 10) { nodes { id } } } }`);
    expect(small.errors).toBeUndefined();
  });
});

describe('an operation that ends early', () => {
  const service = useApp();

  it('stops reading and releases its memory', async () => {
    const app = service();
    const slug = await addThread(app, 100);
    const ids = Array.from({ length: 101 }, (_, index) => `"${index}"`).join();
    // One field fails at once, and with it the whole result, while the other fields are still being read.
    const query = `{ nodes(ids: [${ids}]) { id } ${Array.from(
      { length: 10 },
      (_, index) =>
        `a${index}: article(slug: "${slug}") { allComments(first: ${100 - index}) { nodes { bodyHtml } } }`,
    ).join(' ')} }`;
    const answers = await Promise.all(Array.from({ length: 10 }, () => app.query(query)));
    expect(answers.every(({ data }) => data === null)).toBe(true);
    await eventually('no memory to be held', async () => (await heldBytes(app)) === 0);
    // Rows that arrive later are dropped: nothing is held for them.
    await eventually('all connections to be idle', async () => {
      const text = await (await fetch(`${app.url}/metrics`)).text();
      const [, open] = /^standfirst_pool_connections (\d+)$/m.exec(text) ?? [];
      const [, idle] = /^standfirst_pool_idle_connections (\d+)$/m.exec(text) ?? [];
      return open === idle;
    });
    expect(await heldBytes(app)).toBe(0);
  });
});

describe('introspection', () => {
  const service = useApp({ MAX_ANSWER_BYTES: '3000000' });

  it('is limited like every answer, and the query that tools send is within the limit', async () => {
    const app = service();
    const level = (depth: number): string =>
      depth === 0
        ? 'description'
        : ['a', 'b', 'c'].map((alias) => `${alias}: fields { type { ${level(depth - 1)} } }`).join(' ');
    const aliases = ['t', 'u'].map((alias) => `${alias}: types { ${level(2)} }`).join(' ');
    const { errors } = await app.query(`{ __schema { ${aliases} } }`);
    expect(errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_COSTLY', maxBytes: 3_000_000 } }]);
    const whole = await app.query(
      getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true }),
    );
    expect(whole.errors).toBeUndefined();
    expect(whole.data.__schema.types.length).toBeGreaterThan(50);
  });
});

describe('an operation that reads more than any answer may take', () => {
  const service = useApp(nothingKept);

  it('is refused', async () => {
    const app = service();
    const slug = await addThread(app, 100);
    expect((await app.query(pages(slug, 6))).errors).toBeUndefined();
    expect((await app.query(pages(slug, 15))).errors).toEqual([
      {
        message: 'The operation reads more than 16777216 bytes.',
        extensions: { code: 'QUERY_TOO_COSTLY', maxBytes: 16_777_216 },
      },
    ]);
  });
});

describe('clients that do not read their answers', () => {
  const service = useApp({
    MAX_HELD_BYTES_PER_CLIENT: '1000000',
    MAX_ANSWER_STALL_MS: '600000',
    TRUST_PROXY: 'true',
  });

  it('make the node hold no more memory than the limit for one address', async () => {
    const app = service();
    const slug = await addThread(app, 20);
    const query = thread(slug, 20);
    const sockets = Array.from({ length: 10 }, () => deafClient(app));
    // Answers of 180 kB first fill the operating system's buffers, for each connection, and then reach the limit.
    const refused = await eventually('the memory limit to be reached', async () => {
      for (const socket of sockets) socket.write(written(query));
      const answer = await app.query(query, {}, { headers: { 'accept-encoding': 'identity' } });
      return answer.status === 429 && (await heldBytes(app)) > 500_000 ? answer : undefined;
    });
    expect(refused.errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 1 } }]);
    expect(await heldBytes(app)).toBeLessThanOrEqual(2 * 1_000_000);
    // Probes are still answered, also from the same address, and so are requests from other addresses.
    expect((await fetch(`${app.url}/health/live`)).status).toBe(200);
    const other = await app.query(query, {}, { headers: { 'x-forwarded-for': '192.0.2.9' } });
    expect(other.errors).toBeUndefined();
    for (const socket of sockets) socket.destroy();
    await eventually('all held memory to be released', async () => (await heldBytes(app)) === 0);
    expect((await app.query(query)).errors).toBeUndefined();
  });
});

describe('clients that announce bodies and send none', () => {
  const service = useApp({
    MAX_HELD_BYTES: '1000000',
    MAX_HELD_BYTES_PER_CLIENT: '1000000',
    MAX_REQUEST_BYTES: '100000',
    TRUST_PROXY: 'true',
  });

  it('do not keep other clients from being answered', async () => {
    const app = service();
    const { slug } = await app.addArticle();
    const sockets = Array.from({ length: 30 }, (_, index) => {
      const socket = deafClient(app);
      socket.write(
        `POST /graphql HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.${index}\r\nContent-Type: application/json\r\nContent-Length: 90000\r\n\r\n{`,
      );
      return socket;
    });
    await eventually('memory to be held for the bodies', async () => (await heldBytes(app)) > 850_000);
    const other = await app.query(
      `{ article(slug: "${slug}") { title } }`,
      {},
      { headers: { 'x-forwarded-for': '198.51.100.1' } },
    );
    expect(other.errors).toBeUndefined();
    for (const socket of sockets) socket.destroy();
    await eventually('all held memory to be released', async () => (await heldBytes(app)) === 0);
  });
});

describe('a client that reads nothing of its answer', () => {
  // Long enough for a busy machine to see first what is held.
  const service = useApp({ MAX_ANSWER_STALL_MS: '2000' });

  it('is disconnected after a time limit', async () => {
    const app = service();
    const slug = await addThread(app, 100);
    const socket = deafClient(app);
    socket.write(written(thread(slug, 100, 'bodyText bodyHtml')).repeat(8));
    await eventually('answers to be held', async () => (await heldBytes(app)) > 1_000_000);
    await eventually('the connection to be cut', async () => (await heldBytes(app)) === 0);
    socket.destroy();
  });
});

describe('an address that sends too many requests', () => {
  const service = useApp({ RATE_LIMITS: 'on', MAX_REQUESTS_PER_MINUTE: '10', TRUST_PROXY: 'true' });
  const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });

  it('is refused at every path but those of probes, before a request is read', async () => {
    const app = service();
    const statuses: number[] = [];
    for (let sent = 0; sent < 12; sent++)
      statuses.push((await app.query('{ __typename }', {}, from('192.0.2.1'))).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 200), 429, 429]);
    const refused = await app.query('{', {}, from('192.0.2.1'));
    expect(refused.errors).toMatchObject([
      { extensions: { code: 'RATE_LIMITED', policy: 'requests', retryAfterSeconds: expect.any(Number) } },
    ]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.headers.get('ratelimit')).toMatch(/^"requests";r=0;t=\d+$/);
    expect(refused.headers.get('ratelimit-policy')).toContain('"requests";q=10;w=60');
    const headers = { 'x-forwarded-for': '192.0.2.1' };
    const stream = await fetchStream(app.url, { method: 'POST', headers, query: 'subscription { x }' });
    expect(stream.status).toBe(429);
    expect((await fetch(`${app.url}/health/live`, { headers })).status).toBe(200);
    expect((await app.query('{ __typename }', {}, from('192.0.2.2'))).status).toBe(200);
  });

  it('has its WebSockets closed with 1013', async () => {
    const { RawSocket } = await import('../../support/raw-socket.ts');
    const raw = await new RawSocket(service().url, { headers: { 'x-forwarded-for': '192.0.2.3' } }).open();
    for (let sent = 0; sent < 10; sent++) raw.send({ type: 'ping' });
    expect(await raw.closeCode()).toBe(1013);
  });

  it('receives every policy, and the remaining quota of those that it has used', async () => {
    const { headers } = await service().query('{ __typename }', {}, from('192.0.2.4'));
    const names = [...(headers.get('ratelimit-policy') ?? '').matchAll(/"([\w-]+)";q=\d+;w=\d+/g)].map(
      ([, name]) => name,
    );
    expect(names).toEqual([
      'requests',
      'cost',
      'documents',
      'writes',
      'moderator-writes',
      'token-cost',
      'token-writes',
      'sign-ins',
      'guesses',
      'account-guesses',
      'sign-ups',
      'refreshes',
      'password-resets',
      'exports',
      'pictures',
      'new-threads',
      'address-threads',
      'reports',
    ]);
    expect(headers.get('ratelimit')).toMatch(
      /^"requests";r=9;t=\d+, ("documents";r=\d+;t=\d+, )?"cost";r=\d+;t=\d+$/,
    );
    // A refused request is charged as well.
    const refused = await service().query('{ nothing }', {}, from('192.0.2.4'));
    expect(refused.headers.get('ratelimit')).toMatch(/^"requests";r=8;t=\d+, .*"cost";r=\d+;t=\d+$/);
  });
});
