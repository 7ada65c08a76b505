/**
 * @database either
 */
import 'reflect-metadata';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { GraphQLSchema } from 'graphql';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parseConfig } from '../../../src/platform/config/config.ts';
import { Documents } from '../../../src/platform/operations/documents.ts';
import { maxPairs } from '../../../src/platform/operations/extent.ts';
import { readDocument } from '../../../src/platform/operations/read-document.ts';
import { buildApiSchema } from '../../../src/platform/feature/api-schema.ts';
import { features } from '../../../src/app/features.ts';

const repeat = (count: number, part: (index: number) => string, between = ' ') =>
  Array.from({ length: count }, (_, index) => part(index)).join(between);

const limits = parseConfig({});

describe('reading a document', () => {
  let schema: GraphQLSchema;
  beforeAll(() => {
    schema = buildApiSchema(features);
  });

  const codesOf = (source: string) =>
    readDocument(schema, source, limits).errors?.map(({ extensions }) => extensions?.code);

  it('retains less than a megabyte of a hundred refused documents whose validation took hundreds', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const documents = new Documents(schema, limits);
    // Just within the limit on pairs: refused by the validation rules themselves.
    const refused = (number: number) =>
      `query Q${number} { zz articles { ${repeat(130, () => 'nodes { id }')} first: pageInfo { startCursor } first: pageInfo { endCursor } } }`;
    const used = () => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const read = (number: number) => documents.read(refused(number), (work) => Promise.resolve(work()));
    expect((await read(0)).errors?.length).toBeGreaterThanOrEqual(1);
    const before = used();
    for (let number = 1; number <= 100; number++) await read(number);
    expect(documents.find(refused(100))?.errors).toBeDefined();
    expect(used() - before).toBeLessThan(1_000_000);
  });

  it.each<[string, string]>([
    ['a field', `{ articles { ${repeat(143, () => 'nodes { id }')} } }`],
    ['a field in inline fragments', `{ node(id: "x") { ${repeat(143, () => '... on Comment { id }')} } }`],
    [
      'a field in fragments',
      `{ comment(id: "x") { ${repeat(143, (n) => `...F${n}`)} } } ${repeat(143, (n) => `fragment F${n} on Comment { id }`)}`,
    ],
    [
      'fields at each of many levels',
      `{ comment(id: "x") { ${repeat(30, () => `parent { ${repeat(15, () => 'parent { id }')} }`)} } }`,
    ],
    ['introspection fields', `{ ${repeat(143, () => '__typename')} }`],
  ])('refuses more repetitions of %s than validation can compare', (_what, source) => {
    expect(codesOf(source)).toEqual(['QUERY_TOO_COSTLY']);
  });

  it('counts a fragment once in each selection set, and again in each further one', () => {
    const extent = (source: string) => readDocument(schema, source, limits).extent;
    const fragments = 'fragment A on Comment { id ...B } fragment B on Comment { id depth }';
    expect(extent(`{ comment(id: "x") { ...A ...B id } } ${fragments}`)).toEqual({
      depth: 2,
      aliases: 0,
      fields: 3,
      // Three selections of `id`, two fragments.
      pairs: 4,
    });
    expect(extent(`{ comment(id: "x") { ...A parent { ...A } } } ${fragments}`)?.fields).toBe(6);
    expect(
      codesOf(
        '{ comment(id: "x") { ...A } } fragment A on Comment { parent { ...B } } fragment B on Comment { ...A }',
      ),
    ).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    // Doubles at each level by aliases: 2^14 places.
    const doubling = repeat(
      14,
      (n) => `fragment D${n} on Comment { a: parent { ...D${n + 1} } b: parent { ...D${n + 1} } }`,
    );
    expect(codesOf(`{ comment(id: "x") { ...D0 } } ${doubling} fragment D14 on Comment { id }`)).toEqual([
      'QUERY_TOO_COSTLY',
    ]);
  });

  it('accepts a page of thirty fragments that share fields', () => {
    const source = `{ articles { nodes { ${repeat(30, (n) => `...F${n}`)} } } }
      ${repeat(30, (n) => `fragment F${n} on Article { id title author { id name } ...G }`)}
      fragment G on Article { id slug }`;
    const read = readDocument(schema, source, limits);
    expect(read.errors).toBeUndefined();
    expect(read.extent?.pairs).toBeLessThan(maxPairs / 3);
  });

  it('shortens messages that quote a long document', () => {
    const { errors } = readDocument(schema, `{ ${'x'.repeat(30_000)} }`, limits);
    expect(errors?.[0]?.message.length).toBeLessThanOrEqual(501);
  });
});
