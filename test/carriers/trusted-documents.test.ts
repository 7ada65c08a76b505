/** @database either */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestApp } from '../support/app.ts';
import { watchForLeaks } from '../support/leaks.ts';
import { RawSocket } from '../support/raw-socket.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const titles =
  'query Titles($first: Int) {\n  articles(first: $first) {\n    nodes {\n      title\n    }\n  }\n}';
const events = 'subscription Events($id: ID!) { articleEvents(articleId: $id) { cursor } }';

const apollo = (...bodies: [name: string, type: string, body: string][]) => ({
  format: 'apollo-persisted-query-manifest',
  version: 1,
  operations: bodies.map(([name, type, body]) => ({ id: sha256(body), name, type, body })),
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'standfirst-manifest-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function manifest(content: unknown): Promise<string> {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const path = join(folder, `${sha256(text).slice(0, 8)}.json`);
  await writeFile(path, text);
  return path;
}

describe('with TRUSTED_DOCUMENTS', () => {
  let app: TestApp;
  let checkLeaks: () => Promise<void>;
  beforeAll(async () => {
    checkLeaks = watchForLeaks();
    const path = await manifest(apollo(['Titles', 'query', titles], ['Events', 'subscription', events]));
    app = await TestApp.start({ TRUSTED_DOCUMENTS: path });
  });
  afterAll(async () => {
    await app.close();
    await checkLeaks();
  });

  it('the schema is not public, as introspection is not', async () => {
    expect((await fetch(`${app.url}/schema.graphql`)).status).toBe(404);
  });

  const post = async (body: Record<string, unknown>, headers: Record<string, string> = {}) => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    const { data, errors } = (await response.json()) as any;
    return { status: response.status, data, code: errors?.[0]?.extensions.code as string | undefined };
  };
  const get = async (parameters: Record<string, string>) => {
    const search = new URLSearchParams(parameters).toString();
    const response = await fetch(`${app.url}/graphql?${search}`, {
      headers: { 'apollo-require-preflight': '1' },
    });
    const { data, errors } = (await response.json()) as any;
    return { response, data, code: errors?.[0]?.extensions.code as string | undefined };
  };
  const persistedQuery = (text: string) => ({ persistedQuery: { version: 1, sha256Hash: sha256(text) } });

  it('a listed document runs by any form of id that clients send, and by its text', async () => {
    const variables = { first: 1 };
    const asked = [
      { extensions: persistedQuery(titles) },
      { documentId: sha256(titles) },
      { documentId: `sha256:${sha256(titles)}` },
      { id: sha256(titles) },
      { query: titles },
      { query: titles, extensions: persistedQuery(titles) },
    ];
    for (const body of asked) {
      expect(await post({ ...body, variables })).toMatchObject({
        status: 200,
        data: { articles: { nodes: [] } },
      });
    }
    const byGet: Record<string, string>[] = [
      { extensions: JSON.stringify(persistedQuery(titles)) },
      { documentId: sha256(titles) },
      { id: sha256(titles) },
      { query: titles },
    ];
    for (const parameters of byGet) {
      const { data, response } = await get({ ...parameters, variables: '{"first":1}' });
      expect(data).toEqual({ articles: { nodes: [] } });
      expect(response.headers.get('cache-control')).toContain('public');
    }
  });

  it('a listed subscription is streamed by its id, which fits into any URL, and any other is refused', async () => {
    const { id } = await app.addArticle();
    const search = (parameters: Record<string, string>) =>
      `${app.url}/graphql/stream?${new URLSearchParams(parameters).toString()}`;
    const control = new AbortController();
    const variables = JSON.stringify({ id });
    const named: Record<string, string>[] = [
      { documentId: `sha256:${sha256(events)}` },
      { extensions: JSON.stringify(persistedQuery(events)) },
    ];
    for (const parameters of named) {
      const { status } = await fetch(search({ ...parameters, variables }), { signal: control.signal });
      expect(status).toBe(200);
    }
    control.abort();
    const refused = await fetch(search({ query: `${events} `, variables }));
    expect([refused.status, await refused.json()]).toMatchObject([
      400,
      { errors: [{ extensions: { code: 'OPERATION_NOT_TRUSTED' } }] },
    ]);
  });

  it('other documents are not executed, registered or even parsed', async () => {
    const other = '{ __typename }';
    const refused: Record<string, unknown>[] = [
      { query: other },
      { query: '{' },
      { query: `${titles} ` },
      { query: '{ __schema { types { name } } }' },
      { query: other, extensions: persistedQuery(other) },
      { query: other, documentId: sha256(titles) },
      { extensions: persistedQuery(other) },
      { extensions: { persistedQuery: { version: 1 } } },
      { documentId: 'toString' },
      { id: '__proto__' },
      { variables: {} },
    ];
    for (const body of refused) {
      expect([body, await post(body)]).toEqual([
        body,
        { status: 200, data: undefined, code: 'OPERATION_NOT_TRUSTED' },
      ]);
    }
    const accept = 'application/graphql-response+json';
    expect((await post({ query: other }, { accept })).status).toBe(400);
    const { code, response } = await get({ query: other });
    expect([code, response.headers.get('cache-control')]).toEqual(['OPERATION_NOT_TRUSTED', 'no-store']);
  });

  it('the limits of requests apply as usual', async () => {
    expect((await post({ documentId: sha256(titles), variables: { first: 101 } })).code).toBe(
      'BAD_USER_INPUT',
    );
  });

  it('a WebSocket runs listed documents and refuses others', async () => {
    const { id } = await app.addArticle();
    const raw = await new RawSocket(app.url).open();
    const variables = { id };
    const subscribe = (as: string, payload: Record<string, unknown>) =>
      raw.send({ type: 'subscribe', id: as, payload: { variables, ...payload } });
    subscribe('text', { query: events });
    subscribe('hash', { query: '', extensions: persistedQuery(events) });
    subscribe('other', { query: 'subscription { articleEvents(articleId: "x") { sequence } }' });
    subscribe('unknown', { query: '', extensions: persistedQuery('other') });
    for (const as of ['text', 'hash']) expect((await raw.answerTo(as)).type).toBe('next');
    for (const as of ['other', 'unknown']) {
      const { type, payload } = await raw.answerTo(as);
      expect([type, payload[0].extensions.code]).toEqual(['error', 'OPERATION_NOT_TRUSTED']);
    }
    raw.ws.terminate();
  });

  it('there is no explorer, because it could run nothing', async () => {
    const headers = { accept: 'text/html' };
    expect((await fetch(`${app.url}/graphql`, { headers })).headers.get('content-type')).toContain('json');
    expect(await (await fetch(`${app.url}/`, { headers })).json()).toMatchObject({ graphql: '/graphql' });
  });
});

describe('a manifest', () => {
  /** The message of a refused start; undefined: the start succeeded. */
  async function refusal(path: string): Promise<string | undefined> {
    const checkLeaks = watchForLeaks();
    let message: string | undefined;
    try {
      const app = await TestApp.start({ TRUSTED_DOCUMENTS: path });
      await app.close();
    } catch (error) {
      message = (error as Error).message;
    }
    await checkLeaks();
    return message;
  }

  it('may be a map from id to document, as Relay and graphql-codegen write it', async () => {
    const checkLeaks = watchForLeaks();
    const app = await TestApp.start({ TRUSTED_DOCUMENTS: await manifest({ b1946ac92: titles }) });
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: 'b1946ac92' }),
    });
    expect(((await response.json()) as any).data).toEqual({ articles: { nodes: [] } });
    await app.close();
    await checkLeaks();
  });

  it('that cannot be read or run prevents the start, with an error that names the setting and the operation', async () => {
    const missing = join(folder, 'missing.json');
    const deep = `query Deep { comment(id: "x") { ${'replies { nodes { '.repeat(10)} id ${'} }'.repeat(10)} } }`;
    const cases: [string, RegExp[]][] = [
      [missing, [/^TRUSTED_DOCUMENTS: .*missing\.json can not be read \(ENOENT\)$/]],
      [folder, [/^TRUSTED_DOCUMENTS: .* can not be read \(EISDIR\)$/]],
      [await manifest('{'), [/^TRUSTED_DOCUMENTS: .* is no JSON$/]],
      [await manifest([titles]), [/^TRUSTED_DOCUMENTS: .* is neither/]],
      [await manifest({ x: 1 }), [/^TRUSTED_DOCUMENTS: .* is neither/]],
      [await manifest({}), [/^TRUSTED_DOCUMENTS: .* lists no operation$/]],
      [
        await manifest({ good: titles, bad: 'query Bad { nothing }', worse: 'query {' }),
        [
          /TRUSTED_DOCUMENTS: operation Bad, bad: Cannot query field "nothing"/,
          /TRUSTED_DOCUMENTS: operation worse: /,
        ],
      ],
      [
        await manifest(apollo(['Deep', 'query', deep])),
        [/TRUSTED_DOCUMENTS: operation Deep, [0-9a-f]{64}: .*deep/],
      ],
    ];
    for (const [path, patterns] of cases) {
      const message = await refusal(path);
      for (const pattern of patterns) expect(message).toMatch(pattern);
      expect(message?.split('\n')).toHaveLength(patterns.length);
    }
  });
});
