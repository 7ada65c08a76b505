/**
 * @database either
 */
import { ApolloServer } from '@apollo/server';
import { ApolloGateway, IntrospectAndCompose, RemoteGraphQLDataSource } from '@apollo/gateway';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type * as graphqlPackage from 'graphql';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { parseConfig } from '../../../src/platform/config/config.ts';
import { nothingKept, TestApp, type TestUser, useApp } from '../../support/app.ts';
import { generateExampleTypes } from '../../support/generate-types.ts';
import { watchForLeaks } from '../../support/leaks.ts';
import { recordStatements } from '../../support/statements.ts';

/** The same instance of the library as that of the packages for subgraphs, which are no ES modules. */
const { graphql, parse } = createRequire(import.meta.url)('graphql') as typeof graphqlPackage;

/** Another team's subgraph: it knows how long articles take to read, and recommends some. */
const otherSchema = (recommended: () => readonly string[]) =>
  buildSubgraphSchema({
    typeDefs: parse(`
      extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@key"])
      type Article @key(fields: "id") { id: ID! readingMinutes: Int! }
      type Query { recommended: [Article]! }
    `),
    resolvers: {
      Query: { recommended: () => recommended().map((id) => ({ id })) },
      Article: { readingMinutes: ({ id }: { id: string }) => Math.ceil(id.length / 100) },
    },
  });

async function serve(schema: ReturnType<typeof otherSchema>): Promise<Server> {
  const server = createServer((request, response) => {
    void (async () => {
      const { query, variables } = (await json(request)) as {
        query: string;
        variables: Record<string, unknown>;
      };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(await graphql({ schema, source: query, variableValues: variables })));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Who asks the gateway; the gateway passes on what the client sent. */
interface Sent {
  readonly authorization?: string;
}

const entities = `query ($references: [_Any!]!) { _entities(representations: $references) {
  __typename ... on Node { id } ... on Article { title } } }`;

const reference = (id: string) => ({
  __typename: Buffer.from(id, 'base64url').toString().split(':')[0],
  id,
});

describe('with FEDERATION', () => {
  let other: Server | undefined;
  let gateway: ApolloServer<Sent> | undefined;
  // Before the service closes, to which the gateway keeps connections.
  afterAll(async () => {
    await gateway?.stop();
    await new Promise((resolve) => other?.close(resolve));
  });
  const service = useApp({ FEDERATION: 'on', ...nothingKept });
  let app: TestApp;
  let user: TestUser;
  let editor: TestUser;
  let recommended: string[] = [];
  const articles: string[] = [];
  let draft: string;

  beforeAll(async () => {
    app = service();
    user = await app.signUp('Cy Example');
    editor = await app.signUp('Editor Example', 'EDITOR');
    for (let index = 0; index < 100; index++)
      articles.push((await app.addArticle({ article: { title: `Title ${index}` } })).id);
    const hidden = await app.addArticle({ article: { title: 'A draft' } });
    await app.app.db.query(
      `UPDATE article SET status = 'DRAFT', published_at = NULL, published_precision = NULL WHERE id = $1`,
      [hidden.articleId],
    );
    draft = hidden.id;
    other = await serve(otherSchema(() => recommended));
    const { port } = other.address() as AddressInfo;
    const subgraphs = [
      { name: 'standfirst', url: `${app.url}/graphql` },
      { name: 'other', url: `http://127.0.0.1:${port}/` },
    ];
    gateway = new ApolloServer<Sent>({
      // The gateway's types are those of an earlier version of the server.
      gateway: new ApolloGateway({
        supergraphSdl: new IntrospectAndCompose({ subgraphs }),
        buildService: ({ url = '' }) =>
          new RemoteGraphQLDataSource<Sent>({
            url,
            willSendRequest: ({ request, context }) => {
              if (context.authorization) request.http?.headers.set('authorization', context.authorization);
            },
          }),
      }),
    });
    await gateway.start();
  });

  async function ask(query: string, token?: string): Promise<any> {
    const contextValue = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const answer = await gateway?.executeOperation({ query }, { contextValue });
    if (answer?.body.kind !== 'single') throw new Error('There is one answer');
    return answer.body.singleResult;
  }

  const direct = (references: unknown[], token?: string) =>
    app.query(entities, { references }, token === undefined ? {} : { token });

  it('a gateway gets the hundred articles that another subgraph names by one statement', async () => {
    recommended = articles;
    const recorded = recordStatements();
    const { data, errors } = await ask('{ recommended { id title readingMinutes } }');
    recorded.stop();
    expect(errors).toBeUndefined();
    expect(data.recommended).toHaveLength(100);
    expect(data.recommended[99]).toEqual({ id: articles[99], title: 'Title 99', readingMinutes: 1 });
    expect(recorded.statements).toHaveLength(1);
  });

  it('objects of other types come by one batch for each type as well', async () => {
    const comments = await Promise.all(
      articles
        .slice(0, 5)
        .map((articleId, index) => app.addComment(user, { articleId, body: `Comment ${index}` })),
    );
    const ids = comments.map(({ comment }) => comment?.id ?? '');
    const journalist = Buffer.from('Journalist:1').toString('base64url');
    const references = [...ids, journalist, ...ids].map(reference);
    const recorded = recordStatements();
    const { data } = await direct(references);
    recorded.stop();
    expect(data._entities.map(({ id }: { id: string }) => id)).toEqual([...ids, journalist, ...ids]);
    expect(recorded.statements).toHaveLength(2);
  });

  it('a gateway adds the fields of another subgraph to the articles of a page', async () => {
    const { data, errors } = await ask(
      '{ articles(first: 3) { nodes { title readingMinutes author { name } } pageInfo { hasNextPage } } }',
    );
    expect(errors).toBeUndefined();
    expect(data.articles.nodes).toHaveLength(3);
    expect(data.articles.nodes[0]).toMatchObject({ readingMinutes: 1, author: { name: 'Ada Example' } });
    expect(data.articles.pageInfo).toEqual({ hasNextPage: true });
  });

  it('a gateway shows what its client may see, by the token that it passes on', async () => {
    recommended = [draft, articles[0] ?? ''];
    const query = '{ recommended { title viewerCanEdit } }';
    const shown = { title: 'Title 0', viewerCanEdit: false };
    expect((await ask(query)).data.recommended[1]).toEqual(shown);
    expect((await ask(query, user.token)).data.recommended[1]).toEqual(shown);
    expect((await ask(query)).data.recommended[0]).toBeNull();
    expect((await ask(query, editor.token)).data.recommended).toEqual([
      { title: 'A draft', viewerCanEdit: true },
      { ...shown, viewerCanEdit: true },
    ]);
  });

  it('clients find their schema where it always is, gateways theirs, and the documented types come of both', async () => {
    const textAt = async (path: string): Promise<string> => (await fetch(`${app.url}${path}`)).text();
    const [forClients, forGateways] = [await textAt('/schema.graphql'), await textAt('/subgraph.graphql')];
    expect(forClients).toBe(await readFile(new URL('../../../schema.graphql', import.meta.url), 'utf8'));
    const { _service: subgraph } = await app.data('{ _service { sdl } }');
    expect(forGateways).toBe(subgraph.sdl);
    const types = await generateExampleTypes();
    for (const text of [forClients, forGateways])
      expect(await generateExampleTypes(parse(text))).toEqual(types);
  });

  it('every type with a global id is an entity, and no other one', async () => {
    const { _service: subgraph } = await app.data('{ _service { sdl } }');
    const keyed = [...subgraph.sdl.matchAll(/^type (\w+) .*@key\(fields: "id"\)/gm)].map(([, name]) => name);
    const { __type: node } = await app.data('{ __type(name: "Node") { possibleTypes { name } } }');
    expect(keyed.sort()).toEqual(node.possibleTypes.map(({ name }: { name: string }) => name).sort());
    expect(subgraph.sdl).not.toMatch(/_entities|_Any/);
  });

  it('references are resolved in their order, with null for hidden and unknown objects and ids of other types', async () => {
    const [first = '', second = ''] = articles;
    const unknown = Buffer.from('Article:999999').toString('base64url');
    const { data, errors } = await direct([
      reference(second),
      reference(draft),
      reference(unknown),
      { __typename: 'Journalist', id: first },
      { __typename: 'Article', id: 'garbage' },
      { ...reference(first), title: 'What the gateway knows besides' },
    ]);
    expect(errors).toBeUndefined();
    expect(data._entities.map((found: { id: string } | null) => found?.id ?? null)).toEqual([
      second,
      null,
      null,
      null,
      null,
      first,
    ]);
  });

  it.each([
    ['no object', 'Article'],
    ['nothing', []],
    ['no type', { id: 'x' }],
    ['no id', { __typename: 'Article' }],
    ['a number as id', { __typename: 'Article', id: 1 }],
    ['a type without a key', { __typename: 'PageInfo', id: 'x' }],
    ['a name of every object', { __typename: 'constructor', id: 'x' }],
  ])('a reference that is %s is refused', async (_name, wrong) => {
    const { data, errors } = await direct([reference(articles[0] ?? ''), wrong]);
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ path: ['_entities'], extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('a list of references has a bound, and costs what it may return', async () => {
    const one = reference(articles[0] ?? '');
    const many = (count: number) => direct(Array.from({ length: count }, () => one));
    const costOf = async (count: number) => (await many(count)).extensions?.cost as { requested: number };
    const [few, more] = [(await costOf(100)).requested, (await costOf(200)).requested];
    expect(few).toBeGreaterThanOrEqual(100);
    expect(more - few).toBe(few - 1);
    expect((await many(1000)).data._entities).toHaveLength(1000);
    expect((await many(1001)).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    const costly = `query ($references: [_Any!]!) { _entities(representations: $references) {
      ... on Article { comments(first: 100) { nodes { id } } } } }`;
    const { errors } = await app.query(costly, { references: Array.from({ length: 100 }, () => one) });
    expect(errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_COSTLY' } }]);
  });
});

describe('with FEDERATION and TRUSTED_DOCUMENTS', () => {
  const listed = '{ tags(first: 1) { nodes { name } } }';
  const secret = 'a secret that the gateway and the service share';
  let folder: string;
  let app: TestApp;
  let checkLeaks: () => Promise<void>;

  beforeAll(async () => {
    checkLeaks = watchForLeaks();
    folder = await mkdtemp(join(tmpdir(), 'standfirst-federation-'));
    const path = join(folder, 'manifest.json');
    await writeFile(path, JSON.stringify({ listed }));
    const settings = { FEDERATION: 'on', TRUSTED_DOCUMENTS: path, FEDERATION_SECRET: secret };
    app = await TestApp.start(settings);
  });
  afterAll(async () => {
    await app.close();
    await rm(folder, { recursive: true });
    await checkLeaks();
  });

  it('a gateway with the secret runs any operation, and nobody else does', async () => {
    const asked = '{ _service { sdl } tags(first: 1) { nodes { id } } }';
    const send = (given?: string) =>
      app.query(asked, {}, given === undefined ? {} : { headers: { 'router-authorization': given } });
    const { data, errors } = await send(secret);
    expect(errors).toBeUndefined();
    expect(data._service.sdl).toContain('type Article implements Node @key(fields: "id")');
    const refused = [{ extensions: { code: 'OPERATION_NOT_TRUSTED' } }];
    // Also once the service knows the document.
    for (const given of [undefined, '', `${secret}.`])
      expect((await send(given)).errors).toMatchObject(refused);
    expect((await app.query(listed)).errors).toBeUndefined();
  });

  it('a service that could serve no gateway does not start', () => {
    const settings = { FEDERATION: 'on', TRUSTED_DOCUMENTS: 'manifest.json' };
    expect(() => parseConfig(settings)).toThrow(/^FEDERATION_SECRET: /);
    expect(parseConfig({ ...settings, FEDERATION: 'off' }).federation).toBe(false);
  });
});
