/** @database either */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditServer } from 'graphql-http';
import { getIntrospectionQuery } from 'graphql';
import { type Logger, pino } from 'pino';
import { TestApp, useApp } from '../../support/app.ts';
import { onDatabase, serverUrl } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { watchForLeaks } from '../../support/leaks.ts';
import { EventStream } from '../../support/event-stream.ts';
import { RawSocket } from '../../support/raw-socket.ts';
import { untilReady } from '../../support/readiness.ts';
import { recordStatements } from '../../support/statements.ts';

/** A logger whose entries a test can read. */
function recordLog(): { logger: Logger; entries: Record<string, unknown>[] } {
  const entries: Record<string, unknown>[] = [];
  const logger = pino(
    { level: 'info' },
    { write: (line) => void entries.push(JSON.parse(line) as Record<string, unknown>) },
  );
  return { logger, entries };
}

interface Refused {
  readonly code: string;
  readonly message: string;
  readonly errorId?: string;
}

const refusalOf = ([error]: { message: string; extensions: Record<string, unknown> }[]): Refused => ({
  message: error?.message ?? '',
  ...(error?.extensions as { code: string }),
});

const repeat = (count: number, part: (index: number) => string, between = ' ') =>
  Array.from({ length: count }, (_, index) => part(index)).join(between);

/** Selects replies of replies, to a number of levels. */
const nested = (levels: number): string =>
  levels === 0 ? 'id' : `id replies(first: 1) { nodes { ${nested(levels - 1)} } }`;

interface Abuse {
  /** Selection set on a comment. */
  readonly selection: string;
  readonly fragments?: string;
  readonly declarations?: string;
  readonly variables?: Record<string, unknown>;
  readonly code: string;
}

const costly = 'replies(first: $n) { nodes { replies(first: $n) { nodes { id } } } }';

const abuses: Record<string, Abuse> = {
  'replies of replies, 23 levels deep': { selection: nested(23), code: 'QUERY_TOO_DEEP' },
  'replies of replies, 12 levels deep through fragments': {
    selection: '...R0',
    fragments: repeat(
      12,
      (n) =>
        `fragment R${n} on Comment { replies(first: 1) { nodes { id ${n < 11 ? `...R${n + 1}` : ''} } } }`,
    ),
    code: 'QUERY_TOO_DEEP',
  },
  '500 aliases': { selection: repeat(500, (n) => `a${n}: bodyText`), code: 'TOO_MANY_ALIASES' },
  'fragments that double at each of 40 steps': {
    selection: '...B0',
    fragments: repeat(
      40,
      (n) => `fragment B${n} on Comment { ${n < 39 ? `...B${n + 1} ...B${n + 1}` : 'id'} }`,
    ),
    code: 'QUERY_TOO_COSTLY',
  },
  'a cycle of fragments': {
    selection: '...C1',
    fragments: 'fragment C1 on Comment { ...C2 } fragment C2 on Comment { id ...C1 }',
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  'a cycle of fragments with fields between': {
    selection: '...C1',
    fragments: 'fragment C1 on Comment { replies(first: 1) { nodes { ...C1 } } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  'more tokens than allowed': { selection: repeat(2000, () => 'id'), code: 'GRAPHQL_PARSE_FAILED' },
  'large pages in literals': {
    selection: 'replies(first: 100) { nodes { replies(first: 100) { nodes { id } } } }',
    code: 'QUERY_TOO_COSTLY',
  },
  'large pages from the end': {
    selection: 'replies(last: 100) { edges { node { replies(last: 100) { edges { node { id } } } } } }',
    code: 'QUERY_TOO_COSTLY',
  },
  'large pages in a variable': {
    declarations: '$n: Int',
    variables: { n: 100 },
    selection: costly,
    code: 'QUERY_TOO_COSTLY',
  },
  'large pages in a variable’s default': {
    declarations: '$n: Int = 100',
    selection: costly,
    code: 'QUERY_TOO_COSTLY',
  },
  'large pages in a variable that overrides a small default': {
    declarations: '$n: Int = 1',
    variables: { n: 100 },
    selection: costly,
    code: 'QUERY_TOO_COSTLY',
  },
  'large pages behind another argument': {
    declarations: '$order: CommentOrder!, $n: Int',
    variables: { n: 100, order: 'NEWEST' },
    selection:
      'replies(orderBy: $order, first: $n) { nodes { replies(first: $n, orderBy: $order) { nodes { id } } } }',
    code: 'QUERY_TOO_COSTLY',
  },
  'pages of 1,000': {
    selection: 'replies(first: 1000) { nodes { replies(first: 1000) { nodes { id } } } }',
    code: 'BAD_USER_INPUT',
  },
  'large pages in a fragment': {
    selection: '...P',
    fragments:
      'fragment P on Comment { replies(first: 100) { nodes { ...Q } } } fragment Q on Comment { replies(first: 100) { nodes { id } } }',
    code: 'QUERY_TOO_COSTLY',
  },
  'large pages under a directive that may skip them': {
    declarations: '$no: Boolean!',
    variables: { no: false },
    selection: 'replies(first: 100) @skip(if: $no) { nodes { replies(first: 100) { nodes { id } } } }',
    code: 'QUERY_TOO_COSTLY',
  },
  'a variable that does not fit its type': {
    declarations: '$n: Int',
    variables: { n: 'many' },
    selection: 'replies(first: $n) { nodes { id } }',
    code: 'BAD_USER_INPUT',
  },
};

function documentOf(operation: 'query' | 'subscription', abuse: Abuse, articleId: string): string {
  const { selection, fragments = '', declarations } = abuse;
  const head = `${operation}${declarations === undefined ? '' : ` (${declarations})`}`;
  return operation === 'query'
    ? `${head} { comment(id: "${articleId}") { ${selection} } } ${fragments}`
    : `${head} { articleEvents(articleId: "${articleId}") { ... on CommentEvent { comment { ${selection} } } } } ${fragments}`;
}

describe('the limits of a request', () => {
  const service = useApp();
  let recorder: ReturnType<typeof recordStatements>;
  beforeAll(() => {
    recorder = recordStatements();
  });
  afterAll(() => recorder.stop());

  const get = (query: string, variables: Record<string, unknown> = {}) => {
    const search = new URLSearchParams({ query, variables: JSON.stringify(variables) });
    return fetch(`${service().url}/graphql?${search.toString()}`, {
      headers: { 'apollo-require-preflight': '1' },
    });
  };

  async function overSocket(query: string, variables: Record<string, unknown> = {}): Promise<Refused> {
    const raw = await new RawSocket(service().url).open();
    raw.subscribe('1', query, variables);
    const { type, payload } = await raw.answerTo('1');
    expect(type).toBe('error');
    raw.ws.terminate();
    return refusalOf(payload);
  }

  async function overStream(query: string, variables: Record<string, unknown> = {}): Promise<Refused> {
    const response = await fetch(`${service().url}/graphql/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    expect(response.status).toBe(400);
    return refusalOf(((await response.json()) as any).errors);
  }

  it.each(Object.entries(abuses))(
    'refuse %s before anything runs, on every transport',
    async (_name, abuse) => {
      const app = service();
      const { id } = await app.addArticle();
      const query = documentOf('query', abuse, id);
      recorder.statements.length = 0;

      const post = await app.query(query, abuse.variables);
      expect(post.data).toBeUndefined();
      const overPost = refusalOf(post.errors ?? []);
      expect(overPost.code).toBe(abuse.code);
      // A longer query would be refused because of the length of its URL.
      if (query.length < 8000) {
        const body = (await (await get(query, abuse.variables)).json()) as any;
        expect(refusalOf(body.errors)).toEqual(overPost);
      }
      const refused = await overSocket(documentOf('subscription', abuse, id), abuse.variables);
      expect(refused.code).toBe(abuse.code);
      expect(await overStream(documentOf('subscription', abuse, id), abuse.variables)).toEqual(refused);
      expect(recorder.statements).toEqual([]);
      expect(app.app.hub.size.streams).toBe(0);
    },
  );

  it('let an abusive request of an account cost no more than the look-up of the account', async () => {
    const app = service();
    const { token } = await app.signUp();
    recorder.statements.length = 0;
    const { errors } = await app.query(`{ comment(id: "x") { ${nested(23)} } }`, {}, { token });
    expect(errors?.[0]?.extensions.code).toBe('QUERY_TOO_DEEP');
    expect(recorder.statements).toHaveLength(1);
    expect(recorder.statements[0]).toContain('session');
  });

  it('admit requests just within them', async () => {
    const app = service();
    const { id, slug } = await app.addArticle();
    const deep = await app.query(`{ article(slug: "${slug}") { comments { nodes { ${nested(5)} } } } }`);
    expect(deep.errors).toBeUndefined();
    const aliases = await app.query(`{ ${repeat(40, (n) => `a${n}: __typename`)} }`);
    expect(aliases.errors).toBeUndefined();
    expect((await app.query(`{ ${repeat(41, (n) => `a${n}: __typename`)} }`)).errors).toBeDefined();
    const raw = await new RawSocket(app.url).open();
    raw.subscribe(
      '1',
      `subscription { articleEvents(articleId: "${id}") { ... on CommentEvent { comment { ${nested(6)} } } } }`,
    );
    await raw.answerTo('1').then(({ type }) => expect(type).toBe('next'));
    raw.ws.terminate();
  });

  it('admit introspection, which nests deep and needs no SQL statement', async () => {
    recorder.statements.length = 0;
    const { data, errors } = await service().query(getIntrospectionQuery());
    expect(errors).toBeUndefined();
    expect(data.__schema.types.length).toBeGreaterThan(20);
    expect(recorder.statements).toEqual([]);
  });

  it('refuse pages of no or too many items without an SQL statement', async () => {
    for (const size of [1000, 101, 0, -1]) {
      recorder.statements.length = 0;
      const { errors } = await service().query(`{ articles(first: ${size}) { nodes { id } } }`);
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
      expect(recorder.statements).toEqual([]);
    }
  });

  it('bound the cost of validation by the number of tokens', async () => {
    // Every pair of fields with the same name is compared: the highest cost for this number of tokens.
    const pairs = repeat(150, (n) => `... on Article { id ...F${n % 20} }`);
    const fragments = repeat(20, (n) => `fragment F${n} on Article { title ...F${(n + 1) % 20} }`);
    const worst = await service().query(`{ node(id: "x") { ${pairs} } } ${fragments}`);
    expect(worst.errors?.[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    const same = await service().query(`{ ${repeat(900, () => '__typename')} }`);
    expect(same.data ?? same.errors).toBeDefined();
  });

  it('refuse a subscription that may be left without a field, on every transport, but no other one of its socket', async () => {
    const { id } = await service().addArticle();
    const field = `articleEvents(articleId: "${id}") { __typename cursor }`;
    const raw = await new RawSocket(service().url).open();
    raw.subscribe('neighbour', `subscription { ${field} }`);
    const documents = [
      'subscription { ...F @include(if: false) } fragment F on Subscription { FIELD }',
      'subscription { ...F } fragment F on Subscription { ... @skip(if: true) { FIELD } }',
      'subscription ($s: Boolean!) { ... on Subscription { FIELD_IF } }',
    ].map((text) => text.replace('FIELD_IF', field.replace('{', '@skip(if: $s) {')).replace('FIELD', field));
    for (const [index, query] of documents.entries()) {
      const variables = { s: true };
      const refused = await overStream(query, variables);
      expect(refused.code).toBe('GRAPHQL_VALIDATION_FAILED');
      expect(refused.message).toContain('neither skipped nor included');
      raw.subscribe(String(index), query, variables);
      const answer = await raw.answerTo(String(index));
      expect([answer.type, refusalOf(answer.payload)]).toEqual(['error', refused]);
      const invalid = await service().query('subscription { nothing }');
      const { status, errors } = await service().query(query, variables);
      expect([status, errors?.[0]?.extensions.code]).toEqual([invalid.status, refused.code]);
      expect((await get(query, variables)).status).toBe(invalid.status);
    }
    expect(raw.events('neighbour')).toHaveLength(1);
    expect(raw.closed).toBeUndefined();
    raw.ws.terminate();
  });

  it('refuse batches', async () => {
    const response = await fetch(`${service().url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ query: '{ __typename }' }, { query: '{ __typename }' }]),
    });
    expect(response.status).toBe(400);
    expect(refusalOf(((await response.json()) as any).errors).code).toBe('BAD_REQUEST');
  });

  describe('over WebSocket', () => {
    it('admit subscriptions only', async () => {
      const raw = await new RawSocket(service().url).open();
      recorder.statements.length = 0;
      const documents = ['{ viewer { id } }', 'mutation { signOut { endedAt } }', getIntrospectionQuery()];
      for (const [index, query] of documents.entries()) {
        raw.subscribe(String(index), query);
        const { type, payload } = await raw.answerTo(String(index));
        expect(type).toBe('error');
        expect(refusalOf(payload).code).toBe('SUBSCRIPTIONS_ONLY');
      }
      expect(recorder.statements).toEqual([]);
      raw.ws.terminate();
    });

    it('bound the cost of one event, as they do for event streams', async () => {
      const app = service();
      const { id } = await app.addArticle();
      const of = (lists: number, each: number): string =>
        `subscription { articleEvents(articleId: "${id}") { cursor ... on CommentEvent { comment { article {
          ${repeat(lists, (n) => `l${n}: allComments(first: ${each}) { nodes { id } }`)} } } } } }`;
      const raw = await new RawSocket(app.url).open();
      raw.subscribe('1', of(3, 100));
      const { payload } = await raw.answerTo('1');
      expect(refusalOf(payload)).toMatchObject({ code: 'QUERY_TOO_COSTLY', maxCost: 250 });
      const stream = await fetch(
        `${app.url}/graphql/stream?${new URLSearchParams({ query: of(3, 100) }).toString()}`,
        { headers: { accept: 'text/event-stream' } },
      );
      expect(stream.status).toBe(400);
      expect(await stream.text()).toContain('QUERY_TOO_COSTLY');
      raw.subscribe('2', of(2, 100));
      expect((await raw.answerTo('2')).type).toBe('next');
      raw.ws.terminate();
    });

    it('fail only the refused operation, and the socket stays open', async () => {
      const app = service();
      const { id } = await app.addArticle();
      const raw = await new RawSocket(app.url).open();
      const missing = Buffer.from('Article:999999').toString('base64url');
      const bad: [string, string][] = [
        ['subscription { articleEvents(', 'GRAPHQL_PARSE_FAILED'],
        ['', 'BAD_REQUEST'],
        ['subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED'],
        [
          'subscription A { articleEvents(articleId: "x") { cursor } } subscription B { articleEvents(articleId: "x") { cursor } }',
          'OPERATION_RESOLUTION_FAILURE',
        ],
        ['subscription { articleEvents(articleId: "x") { cursor } }', 'BAD_USER_INPUT'],
        [`subscription { articleEvents(articleId: "${missing}") { cursor } }`, 'NOT_FOUND'],
        [
          `subscription { articleEvents(articleId: "${id}", after: "${'x'.repeat(513)}") { cursor } }`,
          'GRAPHQL_VALIDATION_FAILED',
        ],
        ['subscription ($id: ID!) { articleEvents(articleId: $id) { cursor } }', 'BAD_USER_INPUT'],
      ];
      for (const [index, [query, code]] of bad.entries()) {
        raw.subscribe(String(index), query);
        const { payload } = await raw.answerTo(String(index));
        // A refusal by the field's own `subscribe` arrives as a result with nothing but errors.
        const errors = payload.errors ?? payload;
        expect([query, payload.data, refusalOf(errors).code]).toEqual([query, undefined, code]);
      }
      raw.subscribe('good', `subscription { articleEvents(articleId: "${id}") { __typename } }`);
      expect((await raw.answerTo('good')).type).toBe('next');
      raw.ws.terminate();
    });
  });

  describe('over HTTP', () => {
    const send = (body: string | undefined, headers: Record<string, string>, method = 'POST') =>
      fetch(`${service().url}/graphql`, { method, headers, ...(body === undefined ? {} : { body }) });
    const json = { 'content-type': 'application/json' };

    it.each<[string, string, Record<string, string>, number]>([
      [
        'a body that is too large',
        JSON.stringify({ query: `{ __typename } #${'x'.repeat(1_100_000)}` }),
        json,
        413,
      ],
      ['malformed JSON', '{"query": ', json, 400],
      ['no query', '{}', json, 400],
      ['an empty body', '', json, 400],
      ['a query that is not a string', '{"query": 1}', json, 400],
      ['variables that are not an object', '{"query": "{ __typename }", "variables": "x"}', json, 400],
      ['a form', 'query={ __typename }', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
      [
        'plain text, which needs no preflight',
        '{"query": "{ __typename }"}',
        { 'content-type': 'text/plain' },
        415,
      ],
    ])('refuse %s', async (_name, body, headers, status) => {
      const response = await send(body, headers);
      const answer = (await response.json()) as any;
      expect([response.status, answer.errors?.[0]?.extensions?.code]).toEqual([status, 'BAD_REQUEST']);
    });

    it('refuse a mutation by GET, and a query by GET that a foreign page could send', async () => {
      const mutation = await get('mutation { signOut { endedAt } }');
      expect([mutation.status, mutation.headers.get('allow')]).toEqual([405, 'POST']);
      const simple = await fetch(`${service().url}/graphql?query=%7B__typename%7D`);
      expect(simple.status).toBe(400);
      expect(await (await get('{ __typename }')).json()).toMatchObject({ data: { __typename: 'Query' } });
    });

    it('pass every audit of GraphQL over HTTP', async () => {
      const results = await auditServer({
        url: `${service().url}/graphql`,
        fetchFn: (url: string, init: RequestInit = {}) =>
          fetch(url, {
            ...init,
            headers: { ...(init.headers as Record<string, string>), 'apollo-require-preflight': '1' },
          }),
      });
      const failed = results.filter(({ status }) => status !== 'ok');
      expect(failed.map((result) => `${result.id} ${result.name}`)).toEqual([]);
      expect(results).toHaveLength(61);
    });

    it('give a refused request the status that the accepted media type prescribes', async () => {
      const body = JSON.stringify({ query: `{ comment(id: "x") { ${nested(23)} } }` });
      const accept = (type: string) => send(body, { ...json, accept: type }).then(({ status }) => status);
      expect(await accept('application/graphql-response+json')).toBe(400);
      expect(await accept('application/json')).toBe(200);
    });
  });
});

describe('a fault of the service', () => {
  it('is masked with an id that is in the log, and closes sockets and streams so that their clients reconnect', async () => {
    const checkLeaks = watchForLeaks();
    const { logger, entries } = recordLog();
    const app = await TestApp.start({}, { logger });
    const { id, slug } = await app.addArticle();
    const user = await app.signUp();
    const raw = await new RawSocket(app.url).open();
    const subscription = `subscription { articleEvents(articleId: "${id}") { sequence ... on CommentEvent { comment { id } } } }`;
    raw.subscribe('1', subscription);
    await raw.answerTo('1');
    const stream = await EventStream.open(app.url, { query: subscription });
    await stream.waitFor(1);
    await app.addComment(user, { articleId: id });
    await stream.waitFor(2);
    await raw.waitFor('the comment', ({ payload }) => payload?.data?.articleEvents.sequence === 1);
    await app.app.db.query('ALTER TABLE comment_counter RENAME TO secret_table_name');

    const { status, data, errors } = await app.query(
      `{ article(slug: "${slug}") { title comments { nodes { bodyText } } } }`,
    );
    expect(status).toBe(200);
    expect(data.article.title).toBe('A title');
    expect(errors).toHaveLength(1);
    const refused = refusalOf(errors ?? []);
    expect(refused).toEqual({
      code: 'INTERNAL_SERVER_ERROR',
      message: 'A fault of the service, logged under `extensions.errorId`.',
      errorId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(entries.filter(({ errorId }) => errorId === refused.errorId)).toMatchObject([
      { level: 50, err: { message: expect.stringContaining('comment_counter') } },
    ]);
    expect(JSON.stringify(errors)).not.toContain('counter');

    // An event that cannot be rendered is never sent as if it were complete: clients would continue after its cursor.
    await app.app.db.query(
      `WITH head AS (UPDATE article_counter SET sequence = sequence + 1 RETURNING article_id, sequence)
       INSERT INTO article_event (article_id, sequence, kind, subject_id)
       SELECT article_id, sequence, 'COMMENT_EDITED', (SELECT id FROM comment) FROM head`,
    );
    expect(await raw.closeCode()).toBe(1013);
    expect([await stream.end(), stream.events.map(({ sequence }) => sequence as number)]).toEqual([
      'cut',
      [0, 1],
    ]);
    expect(raw.messages.filter(({ payload }) => payload?.errors)).toEqual([]);
    expect(raw.events('1').map(({ sequence }) => sequence)).toEqual([0, 1]);
    expect(entries.filter(({ msg }) => msg === 'fault')).toHaveLength(2);
    await app.close();
    await checkLeaks();
  });

  it('is UNAVAILABLE, with 503 or 1013, until the database accepts connections again', async () => {
    const checkLeaks = watchForLeaks();
    const { logger, entries } = recordLog();
    const app = await TestApp.start({}, { logger });
    const { id, slug } = await app.addArticle();
    const { token } = await app.signUp();
    const { name } = app.database;
    await onDatabase(serverUrl(), async (client) => {
      await client.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`);
      await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
      // Backends end only when they look at their signals.
      await eventually('no connection to be left', async () => {
        const { rows } = await client.query('SELECT FROM pg_stat_activity WHERE datname = $1', [name]);
        return rows.length === 0;
      });
      const query = `{ article(slug: "${slug}") { title } }`;
      for (const options of [{}, { token }]) {
        const answer = await app.query(query, {}, options);
        expect(answer.status).toBe(503);
        expect(answer.errors).toMatchObject([
          {
            message: 'The database can not be reached, or takes no writes, at the moment: try again.',
            extensions: { code: 'UNAVAILABLE' },
          },
        ]);
        expect(JSON.stringify(answer.errors)).not.toContain(name);
      }
      const health = await fetch(`${app.url}/health/ready`);
      expect(health.status).toBe(503);
      expect(await health.text()).not.toContain(name);

      const signedOut = await new RawSocket(app.url).open();
      signedOut.subscribe('1', `subscription { articleEvents(articleId: "${id}") { cursor } }`);
      expect(await signedOut.closeCode()).toBe(1013);
      const signedIn = await new RawSocket(app.url).opened();
      signedIn.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
      expect(await signedIn.closeCode()).toBe(1013);
      expect(entries.some(({ msg }) => msg === 'fault')).toBe(true);
      await client.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`);
      expect((await app.query(query, {}, { token })).data.article.title).toBe('A title');
      await untilReady(app.url);
    });
    await app.close();
    await checkLeaks();
  });
});
