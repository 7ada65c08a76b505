/** @database either */
import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { TestApp, useApp } from '../../support/app.ts';
import { watchForLeaks } from '../../support/leaks.ts';

const preflight = { 'apollo-require-preflight': '1' };

/** Sends GET requests, without credentials by default. */
function getter(app: () => TestApp) {
  return (parameters: Record<string, string>, headers: Record<string, string> = {}) =>
    fetch(`${app().url}/graphql?${new URLSearchParams(parameters).toString()}`, {
      headers: { ...preflight, ...headers },
    });
}

const kept = 'public, max-age=10, stale-while-revalidate=10';

describe('an answer that is the same for everybody', () => {
  const service = useApp({ ALLOWED_ORIGINS: 'https://news.example.org', RATE_LIMITS: 'on' });
  const get = getter(service);
  const page = (slug: string) => `{ article(slug: "${slug}") { title comments { nodes { bodyText } } } }`;

  it('may be cached, has an ETag, and is revalidated with a 304 without a body', async () => {
    const { slug } = await service().addArticle();
    const first = await get({ query: page(slug) });
    expect([first.status, first.headers.get('cache-control')]).toEqual([200, kept]);
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^W\/"[\w-]{43}"$/);
    for (const list of [etag, etag.slice(2), `"other", ${etag}`, '*']) {
      const again = await get({ query: page(slug) }, { 'if-none-match': list });
      expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag]);
      expect(again.headers.get('cache-control')).toBe(kept);
      expect(again.headers.get('vary')).toBe(first.headers.get('vary'));
    }
    expect((await get({ query: page(slug) }, { 'if-none-match': 'W/"other"' })).status).toBe(200);
  });

  it('has another ETag once anything in it has changed', async () => {
    const app = service();
    const { id, slug } = await app.addArticle();
    const before = (await get({ query: page(slug) })).headers.get('etag') ?? '';
    await app.addComment(await app.signUp(), { articleId: id });
    const after = await get({ query: page(slug) }, { 'if-none-match': before });
    expect([after.status, after.headers.get('etag') === before]).toEqual([200, false]);
  });

  it('names in Vary all request headers on which it depends', async () => {
    const response = await get({ query: '{ __typename }' }, { origin: 'https://news.example.org' });
    const vary = response.headers.get('vary')?.toLowerCase().split(/, */);
    expect(vary).toEqual(expect.arrayContaining(['accept', 'accept-encoding', 'authorization', 'origin']));
    const json = await get({ query: '{ __typename }' }, { accept: 'application/json' });
    const own = await get({ query: '{ __typename }' }, { accept: 'application/graphql-response+json' });
    expect(json.headers.get('etag')).not.toBe(own.headers.get('etag'));
  });

  it('reveals nothing about the first client: remaining budgets are reported in private answers only', async () => {
    const cost = { requested: 1, maximum: 5000 };
    const open = await get({ query: '{ __typename }' });
    expect(((await open.json()) as any).extensions).toEqual({ cost });
    expect(open.headers.get('ratelimit')).toBeNull();
    const own = await service().query('{ __typename }');
    expect(own.headers.get('ratelimit')).toMatch(/"cost";r=\d+;t=\d+$/);
  });

  it('is never an answer to POST or to a credential, about the viewer, or with errors', async () => {
    const app = service();
    const { slug } = await app.addArticle();
    const { token } = await app.signUp();
    const query = page(slug);
    const signedIn = { authorization: `Bearer ${token}` };
    const others: [string, Response][] = [
      [
        'POST',
        await fetch(`${app.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query }),
        }),
      ],
      ['signed in', await get({ query }, signedIn)],
      ['a wrong token', await get({ query }, { authorization: 'Bearer nonsense' })],
      ['the viewer', await get({ query: '{ viewer { email } }' })],
      ['a viewer’s field', await get({ query: `{ article(slug: "${slug}") { viewerCanComment } }` })],
      [
        'a viewer’s field in a fragment',
        await get({
          query: `{ article(slug: "${slug}") { ...A } } fragment A on Article { comments { nodes { ... on Comment { viewerCanReply } } } }`,
        }),
      ],
      [
        'a viewer’s field in another operation of the document',
        await get({
          query: `query A { __typename } query B { viewer { id } }`,
          operationName: 'A',
        }),
      ],
      ['an error', await get({ query: '{ node(id: "nonsense") { id } article(slug: "x") { nothing } }' })],
      ['a part that failed', await get({ query: '{ articles(after: "MQ") { nodes { id } } }' })],
      ['an unknown hash', await get({ extensions: persisted('{ neverSent }') })],
      ['no GraphQL', await get({ query: '{' })],
    ];
    for (const [name, response] of others) {
      expect([name, response.headers.get('cache-control')]).toEqual([name, 'no-store']);
      expect([name, response.headers.get('etag')]).toEqual([name, null]);
    }
  });

  it('is compressed for clients that accept it, with the same ETag', async () => {
    const { slug } = await service().addArticle({ article: { body: 'Many words. '.repeat(500) } });
    const query = `{ article(slug: "${slug}") { bodyText } }`;
    const packed = await get({ query }, { 'accept-encoding': 'gzip' });
    const plain = await get({ query }, { 'accept-encoding': 'identity' });
    expect([packed.headers.get('content-encoding'), plain.headers.get('content-encoding')]).toEqual([
      'gzip',
      null,
    ]);
    expect(await packed.json()).toEqual(await plain.json());
    expect(packed.headers.get('etag')).toBe(plain.headers.get('etag'));
    for (const { headers } of [packed, plain])
      expect(headers.get('vary')?.match(/accept-encoding/gi)).toHaveLength(1);
  });

  it('has to be revalidated each time if PUBLIC_CACHE_SECONDS is 0', async () => {
    const checkLeaks = watchForLeaks();
    const app = await TestApp.start({ PUBLIC_CACHE_SECONDS: '0' }, { database: service().database });
    const response = await getter(() => app)({ query: '{ __typename }' });
    expect(response.headers.get('cache-control')).toBe('public, no-cache');
    expect(response.headers.get('etag')).not.toBeNull();
    await app.close();
    await checkLeaks();
  });
});

/** A cache that many clients share, as permissive as RFC 9111 allows. */
class SharedCache {
  readonly #stored: { url: string; request: Headers; response: Response; body: string }[] = [];
  hits = 0;

  async fetch(url: string, headers: Record<string, string>): Promise<string> {
    const request = new Headers(headers);
    const found = this.#stored.find(
      (entry) =>
        entry.url === url &&
        (entry.response.headers.get('vary') ?? '')
          .split(',')
          .map((name) => name.trim())
          .every((name) => name !== '*' && request.get(name) === entry.request.get(name)),
    );
    if (found) {
      this.hits += 1;
      return found.body;
    }
    const response = await fetch(url, { headers });
    const body = await response.text();
    const control = response.headers.get('cache-control') ?? '';
    if (!/no-store|private/.test(control)) this.#stored.push({ url, request, response, body });
    return body;
  }
}

describe('a cache between many viewers and the service', () => {
  const service = useApp();

  it('never gives a viewer the answer to another viewer, whoever asks first', async () => {
    const app = service();
    const { slug, id } = await app.addArticle();
    const [ada, bo] = [await app.signUp('Ada Example'), await app.signUp('Bo Example')];
    await app.addComment(ada, { articleId: id });
    const queries = [
      '{ viewer { email name } }',
      `{ article(slug: "${slug}") { title viewerCanComment comments { nodes { bodyText viewerCanEdit } } } }`,
      `{ article(slug: "${slug}") { title comments { nodes { bodyText } } } }`,
    ];
    const clients = [undefined, ada.token, bo.token, 'nonsense'];
    for (const query of queries) {
      const url = `${app.url}/graphql?${new URLSearchParams({ query }).toString()}`;
      const headersOf = (token: string | undefined) => ({
        ...preflight,
        'accept-encoding': 'identity',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      });
      const direct = await Promise.all(
        clients.map((token) => fetch(url, { headers: headersOf(token) }).then((response) => response.text())),
      );
      for (const first of clients.keys()) {
        const cache = new SharedCache();
        await cache.fetch(url, headersOf(clients[first]));
        for (const [index, token] of clients.entries()) {
          expect(await cache.fetch(url, headersOf(token))).toBe(direct[index]);
        }
      }
    }
  });

  it('answers repeated public queries without the service', async () => {
    const url = `${service().url}/graphql?query=${encodeURIComponent('{ articles { nodes { title } } }')}`;
    const cache = new SharedCache();
    for (let asked = 0; asked < 5; asked++) await cache.fetch(url, preflight);
    expect(cache.hits).toBe(4);
  });
});

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** The extension that Apollo Client's `createPersistedQueryLink` sends. */
const persisted = (text: string, hash = sha256(text)) =>
  JSON.stringify({ persistedQuery: { version: 1, sha256Hash: hash } });

describe('automatic persisted queries', () => {
  const service = useApp();
  const get = getter(service);
  const codeOf = async (response: Response) =>
    ((await response.json()) as any).errors?.[0]?.extensions.code as string | undefined;
  const post = (body: unknown) =>
    fetch(`${service().url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const register = (query: string, hash?: string) =>
    post({ query, extensions: JSON.parse(persisted(query, hash)) as unknown });

  it('are requested by GET, registered by POST when unknown, and publicly cacheable from then on', async () => {
    const query = 'query Titles($first: Int) { articles(first: $first) { nodes { title } } }';
    const shape = { operationName: 'Titles', variables: '{"first":2}', extensions: persisted(query) };
    const unknown = await get(shape);
    expect([unknown.status, await codeOf(unknown)]).toEqual([200, 'PERSISTED_QUERY_NOT_FOUND']);
    const strict = await get(shape, { accept: 'application/graphql-response+json' });
    expect([strict.status, await codeOf(strict)]).toEqual([400, 'PERSISTED_QUERY_NOT_FOUND']);
    expect(((await (await register(query)).json()) as any).data.articles.nodes).toEqual([]);
    const known = await get(shape);
    expect(known.headers.get('cache-control')).toBe(kept);
    expect(((await known.json()) as any).data.articles.nodes).toEqual([]);
  });

  it('are refused with a code of their own when the hash is not that of the document', async () => {
    const wrong = await register('{ __typename }', sha256('{ viewer { id } }'));
    expect([wrong.status, await codeOf(wrong)]).toEqual([400, 'PERSISTED_QUERY_HASH_MISMATCH']);
    expect(await codeOf(await get({ extensions: persisted('{ viewer { id } }') }))).toBe(
      'PERSISTED_QUERY_NOT_FOUND',
    );
    const version = await post({ extensions: { persistedQuery: { version: 2, sha256Hash: 'x' } } });
    expect([version.status, await codeOf(version)]).toEqual([400, 'BAD_REQUEST']);
  });

  it('do not bypass any limit, either at registration or afterwards', async () => {
    const deep = `{ article(slug: "x") { comments { nodes ${'{ replies { nodes '.repeat(10)}{ id }${' } }'.repeat(10)} } } }`;
    const refused: [string, string][] = [
      [deep, 'QUERY_TOO_DEEP'],
      [`{ ${'__typename '.repeat(3000)} }`, 'GRAPHQL_PARSE_FAILED'],
      [`{ ${Array.from({ length: 50 }, (_, n) => `a${n}: __typename`).join(' ')} }`, 'TOO_MANY_ALIASES'],
      ['{ articles(first: 100) { nodes { comments(first: 100) { nodes { id } } } } }', 'QUERY_TOO_COSTLY'],
    ];
    for (const [query, code] of refused) {
      expect(await codeOf(await register(query))).toBe(code);
      expect(await codeOf(await get({ extensions: persisted(query) }))).toBe('PERSISTED_QUERY_NOT_FOUND');
    }
    // A query that was registered with small pages is refused with large pages.
    const query =
      'query ($n: Int) { articles(first: $n) { nodes { comments(first: $n) { nodes { id } } } } }';
    const small = { query, variables: { n: 1 }, extensions: JSON.parse(persisted(query)) as unknown };
    expect(await codeOf(await post(small))).toBeUndefined();
    expect(await codeOf(await get({ variables: '{"n":100}', extensions: persisted(query) }))).toBe(
      'QUERY_TOO_COSTLY',
    );
    const mutation = 'mutation { signOut { endedAt } }';
    await register(mutation);
    expect((await get({ extensions: persisted(mutation) })).status).toBe(405);
  });

  it('are forgotten, the oldest first, before they fill the memory', async () => {
    const first = '{ __typename } # the first';
    await register(first);
    expect(await codeOf(await get({ extensions: persisted(first) }))).toBeUndefined();
    for (let sent = 0; sent < 270; sent++) await register(`{ __typename } # ${sent} ${'x'.repeat(60_000)}`);
    expect(await codeOf(await get({ extensions: persisted(first) }))).toBe('PERSISTED_QUERY_NOT_FOUND');
  });

  it('need a header that shows that no foreign page sent them', async () => {
    const url = `${service().url}/graphql?query=%7B__typename%7D`;
    expect((await fetch(url)).status).toBe(400);
    for (const [name, value] of [
      ['apollo-require-preflight', '1'],
      ['x-apollo-operation-name', 'Titles'],
      ['content-type', 'application/json'],
    ] as const) {
      expect((await fetch(url, { headers: { [name]: value } })).status).toBe(200);
    }
  });
});
