/**
 * @database either
 */
import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { buildSchema, getNamedType, isInputObjectType, isObjectType } from 'graphql';
import { buildApiSchema } from '../../../src/platform/feature/api-schema.ts';
import { features } from '../../../src/app/features.ts';
import { requireMaxLengths } from '../../../src/platform/graphql/max-length.ts';
import { longestSent } from '../../../src/platform/text/rules.ts';
import { useApp } from '../../support/app.ts';
import { fetchStream } from '../../support/event-stream.ts';
import { RawSocket } from '../../support/raw-socket.ts';

const signUp = `mutation ($input: SignUpInput!) { signUp(input: $input) { userErrors { code field } } }`;
const account = { email: 'a@example.org', password: 'a sentence is best', name: 'Ada' };
const marks = (length: number): string => `a${'\u0301\u0323'.repeat(length / 2)}`;

describe('the schema', () => {
  it.each([
    ['type Query { a(text: String): Int }', 'Query.a(text)'],
    ['type Query { a(texts: [String!]): Int }', 'Query.a(texts)'],
    ['type Query { a(input: In): Int } input In { text: String }', 'In.text'],
    ['type Query { a(any: Any): Int } scalar Any', 'Query.a(any)'],
  ])('is not built from %s, where a text has no greatest length', (sdl, name) => {
    expect(() => requireMaxLengths(buildSchema(sdl))).toThrow(`No @MaxLength: ${name}`);
  });

  it('says the greatest length of every text in its description', () => {
    const silent: string[] = [];
    const look = (name: string, type: string, description: string | null | undefined): void => {
      if (type === 'String' && !/At most [\d,]+ characters/.test(description ?? '')) silent.push(name);
    };
    for (const type of Object.values(buildApiSchema(features).getTypeMap())) {
      if (type.name.startsWith('__')) continue;
      if (isInputObjectType(type))
        for (const field of Object.values(type.getFields()))
          look(`${type.name}.${field.name}`, getNamedType(field.type).name, field.description);
      if (isObjectType(type))
        for (const field of Object.values(type.getFields()))
          for (const arg of field.args)
            look(`${type.name}.${field.name}(${arg.name})`, getNamedType(arg.type).name, arg.description);
    }
    expect(silent).toEqual([]);
  });
});

describe('a text that is longer than the schema allows', () => {
  const service = useApp({ MAX_QUERY_ALIASES: '100' });
  const refusal = (name: string, longest: number) => [
    {
      message: expect.stringContaining(`${name} is longer than the ${longest} characters`) as unknown,
      extensions: expect.objectContaining({ code: 'BAD_USER_INPUT' }) as unknown,
    },
  ];

  it.each<[string, string, Record<string, unknown>, string, number]>([
    ['a field of an input', signUp, { input: { ...account, name: marks(300_000) } }, '`$input.name`', 1320],
    [
      'a variable, by the argument that it is used for',
      'query ($slug: String!) { article(slug: $slug) { id } }',
      { slug: 'x'.repeat(1801) },
      '`$slug`',
      1800,
    ],
    [
      'a variable of a field of an input',
      `mutation ($name: String!) { signUp(input: { email: "a@example.org", password: "a sentence is best", name: $name }) { session { accessToken } } }`,
      { name: marks(2000) },
      '`$name`',
      1320,
    ],
    [
      'a variable of a fragment',
      'query ($slug: String!) { ...A } fragment A on Query { ...B } fragment B on Query { article(slug: $slug) { id } }',
      { slug: 'x'.repeat(1801) },
      '`$slug`',
      1800,
    ],
    [
      'a text in the document',
      `{ article(slug: "${'x'.repeat(1801)}") { id } }`,
      {},
      'The text of `slug`',
      1800,
    ],
    [
      'the default of a variable',
      `query ($slug: String = "${'x'.repeat(1801)}") { article(slug: $slug) { id } }`,
      {},
      'The default of `$slug`',
      1800,
    ],
    [
      'a text in the default of a variable of an input type',
      `mutation ($input: ConfirmEmailInput = { token: "${'x'.repeat(2000)}" }) { confirmEmail(input: $input) { userErrors { code } } }`,
      {},
      'The text of `token`',
      1172,
    ],
    [
      'one of a list',
      'query ($filter: ArticleFilter) { articles(filter: $filter) { totalCount } }',
      { filter: { tagNames: ['short', 'x'.repeat(1241)] } },
      '`$filter.tagNames.1`',
      1240,
    ],
    ['an id', 'query ($id: ID!) { node(id: $id) { id } }', { id: 'x'.repeat(1481) }, '`$id`', 1480],
    [
      'a cursor',
      'query ($after: Cursor) { articles(after: $after) { totalCount } }',
      { after: 'x'.repeat(3049) },
      '`$after`',
      3048,
    ],
    [
      'an address',
      'query ($url: URL!) { articleByUrl(url: $url) { id } }',
      { url: `https://example.org/${'x'.repeat(9000)}` },
      '`$url`',
      9000,
    ],
    [
      'a value of an enum',
      'query ($order: ArticleOrder) { articles(orderBy: $order) { totalCount } }',
      { order: 'x'.repeat(1401) },
      '`$order`',
      1400,
    ],
    [
      'a number',
      'query ($first: Int) { articles(first: $first) { totalCount } }',
      { first: '1'.repeat(1001) },
      '`$first`',
      1000,
    ],
  ])('is refused before any resolver: %s', async (_, query, variables, name, longest) => {
    const { errors, data } = await service().query(query, variables);
    expect(errors).toMatchObject(refusal(name, longest));
    expect(data).toBeUndefined();
  });

  it('is refused in the same way over WebSocket and event streams', async () => {
    const query = 'subscription ($id: ID!) { articleEvents(articleId: $id) { cursor } }';
    const variables = { id: 'x'.repeat(1481) };
    const socket = await new RawSocket(service().url, {}).open();
    socket.send({ type: 'subscribe', id: '1', payload: { query, variables } });
    expect(await socket.answerTo('1')).toMatchObject({ type: 'error', payload: refusal('`$id`', 1480) });
    socket.ws.terminate();
    const stream = await fetchStream(service().url, { query, variables, method: 'POST' });
    expect(await stream.text()).toContain('is longer than the 1480 characters that are read at most');
  });

  it('is a value of the answer where a form shows it: up to what could become short enough', async () => {
    const signedUp = async (name: string): Promise<unknown> =>
      (await service().query(signUp, { input: { ...account, name } })).data.signUp.userErrors;
    expect(await signedUp('x'.repeat(81))).toEqual([{ code: 'TOO_LONG', field: ['name'] }]);
    expect(await signedUp('x'.repeat(longestSent(80)))).toEqual([{ code: 'TOO_LONG', field: ['name'] }]);
    // White space at its ends is left out.
    expect(await signedUp(` ${'x'.repeat(80)}${' '.repeat(1000)}`)).toEqual([]);
  });
});

describe('the price of an operation', () => {
  const service = useApp({ MAX_QUERY_ALIASES: '100' });
  const search = (aliases: number) =>
    `query ($url: URL!) { ${Array.from({ length: aliases }, (_, at) => `a${at}: articleByUrl(url: $url) { id }`).join(' ')} }`;
  const costOf = async (aliases: number, characters: number): Promise<number> => {
    const url = 'https://example.org/'.padEnd(characters, 'x');
    const { extensions } = await service().query(search(aliases), { url });
    return (extensions as { cost: { requested: number } }).cost.requested;
  };

  it('has a point for a thousand characters of a variable, for each of its uses', async () => {
    expect((await costOf(40, 2000)) - (await costOf(40, 50))).toBe(40 * 2);
    // The price that is kept for one length is not that of another one.
    expect((await costOf(40, 1000)) - (await costOf(40, 50))).toBe(40);
  });
});
