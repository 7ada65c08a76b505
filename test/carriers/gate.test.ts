/** @database either */
import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import type { RequestErrorCode } from '../../src/platform/errors/errors.ts';
import { useApp } from '../support/app.ts';
import { RawSocket } from '../support/raw-socket.ts';

const repeat = (count: number, part: (index: number) => string, between = ' ') =>
  Array.from({ length: count }, (_, index) => part(index)).join(between);

/** A query and a subscription in one document: each carrier selects its own by name. */
const both = (selection: string, declarations = '', fragments = ''): string =>
  `query Q${declarations} { comment(id: "x") { ${selection} } }
   subscription S${declarations} { articleEvents(articleId: "x") { ... on CommentEvent { comment { ${selection} } } } }
   ${fragments}`;

const nested = (levels: number): string =>
  levels === 0 ? 'id' : `id replies(first: 1) { nodes { ${nested(levels - 1)} } }`;

const fine = both('id');
const persisted = (value: unknown) => ({ extensions: { persistedQuery: value } });
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

interface Bad {
  readonly code: RequestErrorCode;
  /** Members of the request. A string is the JSON of a variable's value that no object could be serialised to. */
  readonly request: Record<string, unknown> | string;
  /** Too long for the URL of a GET request. */
  readonly tooLongToGet?: boolean;
}

const bad: Readonly<Record<string, Bad>> = {
  'no document': { code: 'BAD_REQUEST', request: { variables: {} } },
  'an empty document': { code: 'BAD_REQUEST', request: { query: '' } },
  'variables that are a list': { code: 'BAD_REQUEST', request: { query: fine, variables: [1] } },
  'extensions that are a list': { code: 'BAD_REQUEST', request: { query: fine, extensions: [1] } },
  'a name of 1,025 characters': {
    code: 'BAD_REQUEST',
    request: { query: fine, operationName: 'x'.repeat(1025) },
  },
  'JSON that nests 33 levels deep': { code: 'BAD_REQUEST', request: '['.repeat(40) + ']'.repeat(40) },
  'JSON of more than 10,000 values': {
    code: 'BAD_REQUEST',
    request: `[${repeat(10_001, () => '1', ',')}]`,
    tooLongToGet: true,
  },
  'a document of 65,537 characters': {
    code: 'GRAPHQL_PARSE_FAILED',
    request: { query: `{ ${'x'.repeat(65_536)}` },
    tooLongToGet: true,
  },
  'a document with a syntax error': { code: 'GRAPHQL_PARSE_FAILED', request: { query: '{ comment(' } },
  'more tokens than allowed': {
    code: 'GRAPHQL_PARSE_FAILED',
    request: { query: both(repeat(1000, () => 'id')) },
  },
  'an unknown field': { code: 'GRAPHQL_VALIDATION_FAILED', request: { query: both('nothing') } },
  'a very long unknown field': {
    code: 'GRAPHQL_VALIDATION_FAILED',
    request: { query: both('x'.repeat(2000)) },
  },
  'a cycle of fragments': {
    code: 'GRAPHQL_VALIDATION_FAILED',
    request: { query: both('...A', '', 'fragment A on Comment { ...B } fragment B on Comment { id ...A }') },
  },
  'unknown variables': {
    code: 'GRAPHQL_VALIDATION_FAILED',
    request: { query: both('replies(first: $n) { nodes { id } }') },
  },
  'fields that nest too deep': { code: 'QUERY_TOO_DEEP', request: { query: both(nested(8)) } },
  'lists in lists in an argument': {
    code: 'GRAPHQL_VALIDATION_FAILED',
    request: { query: both(`replies(first: ${'['.repeat(400)}${']'.repeat(400)}) { nodes { id } }`) },
  },
  '41 aliases': { code: 'TOO_MANY_ALIASES', request: { query: both(repeat(21, (n) => `a${n}: id`)) } },
  'a field that is repeated 200 times': {
    code: 'QUERY_TOO_COSTLY',
    request: { query: both(repeat(200, () => 'parent { id }')) },
  },
  'fragments that spread each other': {
    code: 'GRAPHQL_VALIDATION_FAILED',
    request: {
      query: both(
        '...F0',
        '',
        repeat(160, (n) => `fragment F${n} on Comment { id ...F${(n + 1) % 160} ...F${(n * 7 + 1) % 160} }`),
      ),
    },
  },
  'the name of an unknown operation': {
    code: 'OPERATION_RESOLUTION_FAILURE',
    request: { query: fine, operationName: 'Other' },
  },
  'no name for one of two operations': {
    code: 'OPERATION_RESOLUTION_FAILURE',
    request: { query: fine, operationName: null },
  },
  'a variable of another type': {
    code: 'BAD_USER_INPUT',
    request: { query: both('replies(first: $n) { nodes { id } }', '($n: Int)'), variables: { n: 'many' } },
  },
  'a variable that is missing': {
    code: 'BAD_USER_INPUT',
    request: { query: both('replies(first: $n) { nodes { id } }', '($n: Int!)') },
  },
  'a page of 1,000': {
    code: 'BAD_USER_INPUT',
    request: { query: both('replies(first: 1000) { nodes { id } }') },
  },
  'an unknown hash': {
    code: 'PERSISTED_QUERY_NOT_FOUND',
    request: persisted({ version: 1, sha256Hash: hashOf('unknown') }),
  },
  'the hash of another document': {
    code: 'PERSISTED_QUERY_HASH_MISMATCH',
    request: { query: fine, ...persisted({ version: 1, sha256Hash: hashOf('other') }) },
  },
  'an unknown version of persisted queries': {
    code: 'BAD_REQUEST',
    request: { query: fine, ...persisted({ version: 2, sha256Hash: hashOf(fine) }) },
  },
  'a hash that is not a string': {
    code: 'BAD_REQUEST',
    request: { query: fine, ...persisted({ version: 1, sha256Hash: 1 }) },
  },
};

type Shown = readonly { message: string; locations?: unknown; extensions: { code: string } }[];

const withoutPlaces = (shown: Shown) => shown.map(({ message, extensions }) => ({ message, extensions }));

describe('a bad request', () => {
  const service = useApp({ RATE_LIMITS: 'off' });

  /** The JSON of a request as a carrier receives it, with the name of the carrier's operation. */
  function textOf(request: Bad['request'], operationName: 'Q' | 'S'): string {
    if (typeof request === 'string')
      return `{"query":${JSON.stringify(fine)},"operationName":"${operationName}","variables":{"a":${request}}}`;
    return JSON.stringify({ operationName, ...request });
  }

  async function errorsOf(answer: Promise<Response>): Promise<Shown> {
    return ((await (await answer).json()) as { errors: Shown }).errors;
  }

  const post = (path: string, body: string) =>
    errorsOf(
      fetch(`${service().url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      }),
    );

  const get = (path: string, body: string, variables: string | undefined) => {
    const members = Object.entries(JSON.parse(body) as Record<string, unknown>).filter(
      ([, value]) => value !== null,
    );
    const search = new URLSearchParams(
      members.map(([name, value]): [string, string] => [
        name,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
    );
    if (variables !== undefined) search.set('variables', `{"a":${variables}}`);
    return errorsOf(
      fetch(`${service().url}${path}?${search.toString()}`, { headers: { 'apollo-require-preflight': '1' } }),
    );
  };

  async function overSocket(body: string): Promise<Shown> {
    const raw = await new RawSocket(service().url).open();
    raw.send(`{"type":"subscribe","id":"1","payload":${body}}`);
    const { type, payload } = await raw.answerTo('1');
    expect(type).toBe('error');
    expect(raw.closed).toBeUndefined();
    raw.ws.terminate();
    return payload as Shown;
  }

  it.each(Object.entries(bad))(
    '%s is refused in the same way by every carrier',
    async (_name, { code, request, tooLongToGet }) => {
      const query = textOf(request, 'Q');
      const subscription = textOf(request, 'S');
      const variables = typeof request === 'string' ? request : undefined;
      const shown = await post('/graphql', query);
      expect(shown[0]?.extensions.code).toBe(code);
      expect(JSON.stringify(shown).length).toBeLessThan(15_000);
      const live = await post('/graphql/stream', subscription);
      // The locations differ, because the operation is at another position in the document.
      expect(withoutPlaces(live)).toEqual(withoutPlaces(shown));
      if (subscription.length < 60_000) expect(await overSocket(subscription)).toEqual(live);
      if (tooLongToGet) return;
      expect(await get('/graphql', query, variables)).toEqual(shown);
      expect(await get('/graphql/stream', subscription, variables)).toEqual(live);
    },
  );

  it.each([
    ['a list of operations', '[{"query":"{ __typename }"}]'],
    ['a string', '"query"'],
    ['null', 'null'],
    ['malformed JSON', '{"query": '],
    ['JSON that nests deep', '['.repeat(100_000)],
  ])('%s instead of an operation is refused in the same way by POST to either path', async (_name, body) => {
    const shown = await post('/graphql', body);
    expect(shown).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
    expect(await post('/graphql/stream', body)).toEqual(shown);
  });

  it('has the HTTP status for its kind of error and the accepted media type', async () => {
    const statusOf = (body: string, accept: string) =>
      fetch(`${service().url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept },
        body,
      }).then(({ status }) => status);
    const invalid = JSON.stringify({ query: '{ nothing }' });
    expect(await statusOf(invalid, 'application/json')).toBe(200);
    expect(await statusOf(invalid, 'application/graphql-response+json')).toBe(400);
    expect(await statusOf('{}', 'application/json')).toBe(400);
    expect(await statusOf('{"query":"{ __typename }"}', 'text/html')).toBe(406);
    expect(await statusOf('{"query":"{ __typename }"}', 'text/html, */*;q=0.1')).toBe(200);
  });
});

describe('an operation of a type that its carrier does not support', () => {
  const service = useApp();

  it('is refused with an error of that carrier', async () => {
    const { id } = await service().addArticle();
    const subscription = `subscription { articleEvents(articleId: "${id}") { cursor } }`;
    const posted = await service().query(subscription);
    expect(posted.errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
    expect(posted.errors?.[0]?.message).toContain('/graphql/stream');
    const raw = await new RawSocket(service().url).open();
    raw.subscribe('1', '{ __typename }');
    const { payload } = await raw.answerTo('1');
    expect(payload).toMatchObject([{ extensions: { code: 'SUBSCRIPTIONS_ONLY' } }]);
    const stream = await fetch(`${service().url}/graphql/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ __typename }"}',
    });
    expect(((await stream.json()) as { errors: unknown }).errors).toEqual(payload);
    raw.ws.terminate();
  });
});
