/**
 * @database either
 */
import { EventEmitter, on, once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import Fastify from 'fastify';
import { GraphQLInt, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import type { Browser, Page } from 'playwright-core';
import { WebSocketServer } from 'ws';
import { createExplorer } from '../../../src/carriers/explorer/explorer.ts';
import { prefersHtml } from '../../../src/platform/http/browsers.ts';
import { describeInBrowser, launchShell, recordPage, type PageRecord } from '../../support/browser.ts';

const defaultQuery = `# A "first" query, with <b>characters</b> that HTML & attributes don't like.
query Whoami {
  authorization
}

# mutation { … } would go here.

subscription Ticks {
  tick {
    number
    authorization
  }
}
`;

interface Server {
  readonly origin: string;
  /** Publishes an event to all subscribers. */
  tick(n: number): void;
  /** Resolves when the next subscription has started. */
  subscribed(): Promise<unknown>;
  /** Resolves when the next subscription has ended. */
  unsubscribed(): Promise<unknown>;
  close(): Promise<void>;
}

/** The server under test, of which the rest of this file uses only the origin and the events. */
async function startServer(): Promise<Server> {
  type Context = { authorization: string | undefined };
  const ticks = new EventEmitter();
  // Not `once(ticks, 'newListener')`, which would resolve by the error listener that `once` itself adds.
  const subscriptions = new EventEmitter();
  ticks.on('newListener', (event) => event === 'tick' && subscriptions.emit('begun'));
  ticks.on('removeListener', (event) => event === 'tick' && subscriptions.emit('ended'));
  const authorization = {
    type: GraphQLString,
    resolve: (_: unknown, _args: unknown, c: Context) => c.authorization,
  };
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: { authorization } }),
    subscription: new GraphQLObjectType({
      name: 'Subscription',
      fields: {
        tick: {
          type: new GraphQLObjectType({
            name: 'Tick',
            fields: { number: { type: new GraphQLNonNull(GraphQLInt) }, authorization },
          }),
          subscribe: () => on(ticks, 'tick'),
          resolve: ([number]: [number]) => ({ number }),
        },
      },
    }),
  });

  const app = Fastify();
  const apollo = new ApolloServer<Context>({ schema, introspection: true });
  await apollo.start();
  const explorer = createExplorer({
    path: '/graphql',
    defaultQuery,
    siteUrl: () => `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`,
  });
  const execute = fastifyApolloHandler(apollo, {
    context: (request) => Promise.resolve({ authorization: request.headers.authorization }),
  });
  await app.register(explorer.assets);
  app.route({
    url: '/graphql',
    method: ['GET', 'POST'],
    handler(request, reply) {
      return prefersHtml(request) ? explorer.sendExplorer(reply) : execute.call(app, request, reply);
    },
  });

  const sockets = new WebSocketServer({ server: app.server, path: '/graphql' });
  const socketServer = useServer(
    { schema, context: ({ connectionParams }) => ({ authorization: connectionParams?.Authorization }) },
    sockets,
  );
  await app.listen({ host: '127.0.0.1', port: 0 });

  return {
    origin: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`,
    tick: (n) => ticks.emit('tick', n),
    subscribed: () => once(subscriptions, 'begun'),
    unsubscribed: () => once(subscriptions, 'ended'),
    async close() {
      await socketServer.dispose();
      await apollo.stop();
      await app.close();
    },
  };
}

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

describe('the choice between the explorer and GraphQL for', () => {
  const chrome = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';
  const cases: [who: string, method: string, accept: string | undefined, expected: boolean][] = [
    ['a browser', 'GET', chrome, true],
    ['a browser after headers', 'HEAD', chrome, true],
    ['a form', 'POST', chrome, false],
    ['curl', 'GET', '*/*', false],
    ['no Accept at all', 'GET', undefined, false],
    ['a GraphQL client', 'GET', 'application/graphql-response+json, application/json;q=0.9', false],
    ['JSON above HTML', 'GET', 'text/html;q=0.8, application/json', false],
    ['JSON and HTML alike', 'GET', 'text/html, application/json', false],
    ['HTML above JSON', 'GET', 'application/json; q=0.5, TEXT/HTML', true],
    ['HTML refused', 'GET', 'text/html;q=0', false],
  ];
  it.each(cases)('%s', (_who, method, accept, expected) => {
    expect(prefersHtml({ method, headers: { accept } })).toBe(expected);
  });
});

describe('the page over HTTP', () => {
  const asBrowser = { accept: 'text/html' };

  it('refers to the service’s own files only, forbids all others by its policy, and is revalidated with 304', async () => {
    const first = await fetch(`${server.origin}/graphql`, { headers: asBrowser });
    const html = await first.text();
    expect(first.status).toBe(200);
    expect(html).toContain('<title>Standfirst GraphQL explorer</title>');
    for (const [, url] of html.matchAll(/(?:src|href)="([^"]*)"/g))
      expect(url).toMatch(/^\/graphql\/explorer\//);

    const policy = first.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'; script-src 'self'; ");
    expect(policy).toContain(`connect-src 'self' ws://${new URL(server.origin).host};`);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(first.headers.get('vary')).toBe('accept');
    const etag = first.headers.get('etag') ?? '';
    const headers = { ...asBrowser, 'if-none-match': etag };
    expect((await fetch(`${server.origin}/graphql`, { headers })).status).toBe(304);
  });

  it('has compressed, immutable files, which are plain for a client that refuses gzip', async () => {
    const html = await (await fetch(`${server.origin}/graphql`, { headers: asBrowser })).text();
    const url = server.origin + (/href="([^"]*\.css)"/.exec(html)?.[1] ?? 'missing');
    const packed = await fetch(url, { headers: { 'accept-encoding': 'br, gzip' } });
    const plain = await fetch(url, { headers: { 'accept-encoding': 'gzip;q=0, identity' } });
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    expect(packed.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(await packed.text()).toBe(await plain.text());
    for (const wrong of [
      url.replace(/[^/]+\.css$/, 'missing.css'),
      url.replace(/[^/]+(?=\/[^/]+$)/, 'older'),
    ])
      expect([wrong, (await fetch(wrong)).status]).toEqual([wrong, 404]);
  });

  it('leaves its path to GraphQL for all other requests', async () => {
    const response = await fetch(`${server.origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ __typename }' }),
    });
    expect(await response.json()).toMatchObject({ data: { __typename: 'Query' } });
  });
});

describeInBrowser('the page in a browser', () => {
  let browser: Browser;
  let page: Page;
  let record: PageRecord;

  beforeAll(async () => {
    browser = await launchShell();
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    page = await browser.newPage();
    page.setDefaultTimeout(20_000); // below Jest's own timeout, whose message would not name the condition
    record = recordPage(page);
    await page.goto(`${server.origin}/graphql`);
  });
  afterEach(async () => {
    const { host } = new URL(server.origin);
    const foreign = record.requests.filter((url) => new URL(url).host !== host && !/^(data|blob):/.test(url));
    await page.context().close();
    expect(foreign).toEqual([]);
    expect(record.problems).toEqual([]);
  });

  /** Presses the play button and picks an operation of the document. */
  async function run(operation: string): Promise<void> {
    // The button becomes a menu once GraphiQL has parsed the document; before that, a click would send all operations.
    await page.locator('.graphiql-execute-button[aria-haspopup=menu]').click();
    await page.getByRole('menuitem', { name: operation }).click();
  }

  const response = (hasText: string) => page.locator('.graphiql-response', { hasText }).waitFor();

  /**
   * Types the token into the gap of the prepared header, the second line of its editor: `"Authorization": "Bearer "`.
   */
  async function typeToken(token: string): Promise<void> {
    await page.locator('.graphiql-editor-tool .view-line', { hasText: '"Authorization"' }).click();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.type(token);
  }

  it('runs a query without a credential, and still has one tab after a reload', async () => {
    await run('Whoami');
    await response('"authorization": null');
    await page.reload();
    await run('Whoami');
    await response('"authorization": null');
    expect(await page.locator('.graphiql-tab').count()).toBe(1);
  });

  it('shows the document of a link without running it, and runs it with its variables', async () => {
    const query = 'query Linked($yes: Boolean!) { authorization @include(if: $yes) kind: __typename }';
    const before = record.requests.length;
    const link = new URLSearchParams({ query, variables: '{"yes": false}' });
    await page.goto(`${server.origin}/graphql?${link.toString()}`);
    await page.locator('.graphiql-query-editor .view-line', { hasText: 'query Linked' }).waitFor();
    const withQuery = record.requests.slice(before).filter((url) => url.includes('query='));
    expect(withQuery).toEqual([`${server.origin}/graphql?${link.toString()}`]);
    await page.locator('.graphiql-execute-button').click();
    await response('"kind": "Query"');
    expect(await page.locator('.graphiql-response', { hasText: '"authorization"' }).count()).toBe(0);
  });

  it('sends the Authorization header with queries and over the socket, and shows events as they arrive', async () => {
    // Contains letters that cannot occur in a tab's random id.
    const token = 'secret';
    await typeToken(token);
    await run('Whoami');
    await response(`"authorization": "Bearer ${token}"`);

    const subscribed = server.subscribed();
    await run('Ticks');
    await subscribed;
    server.tick(41);
    await response(`"number": 41, "authorization": "Bearer ${token}"`);
    server.tick(42);
    await response(`"number": 42, "authorization": "Bearer ${token}"`);

    // Stopping must reach the server at once, without waiting for another event.
    const unsubscribed = server.unsubscribed();
    await page.locator('.graphiql-execute-button').click();
    await unsubscribed;
    expect(record.requests).toContain(`${server.origin.replace('http', 'ws')}/graphql`);
    // GraphiQL saves its tabs a moment after each change; the saved data must not contain the credential.
    let saved: string;
    do saved = JSON.stringify(await page.context().storageState());
    while (!/operationName\W+Ticks/.test(saved));
    expect(saved).not.toContain(token);
  });
});
