/**
 * @database none
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  Kind,
  parse,
} from 'graphql';
import 'reflect-metadata';
import { buildApiSchema } from '../../src/platform/feature/api-schema.ts';
import { features } from '../../src/app/features.ts';
import { parseConfig } from '../../src/platform/config/config.ts';
import { errorCodesOf } from '../../src/platform/feature/gather.ts';
import { requestErrorCodes } from '../../src/platform/errors/errors.ts';
import { idempotencyKeyDays } from '../../src/platform/idempotency/idempotency-prune.queries.ts';
import { priced, type PriceExtensions } from '../../src/platform/graphql/price.ts';
import { operationCost } from '../../src/platform/operations/cost.ts';
import { fieldsOfPoint, refusalPoints } from '../../src/platform/operations/gate.ts';
import { maxMinorUnitsDigits } from '../../src/platform/text/minor-units.ts';
import { ConventionsPage, numberOf } from '../support/conventions-page.ts';

const settings = parseConfig({});
const schema = buildApiSchema(features);

/** The cost of an operation in points, before any of it runs. */
function costOf(source: string, variables: Record<string, unknown> = {}): number {
  const document = parse(source);
  const [operation] = document.definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('The document has no operation');
  return operationCost({ schema, document, operation, variables, settings });
}

let page: ConventionsPage;

beforeAll(async () => {
  page = await ConventionsPage.read();
});

describe('the costs of docs/conventions.md', () => {
  const block = (language: string): string =>
    new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(page.section('Cost'))?.[1] ?? '';

  it('add up in the example, to what the operation costs', () => {
    const steps = page.rows('Cost').filter((row) => row.length === 3);
    expect(steps).toHaveLength(7);
    const sumOf = (sum: string): number =>
      sum
        .split(' + ')
        .map((term) => term.split(' × ').reduce((product, factor) => product * numberOf(factor), 1))
        .reduce((left, right) => left + right);
    expect(steps.map(([, sum = '']) => sumOf(sum).toFixed(2))).toEqual(
      steps.map(([, , points]) => Number(points).toFixed(2)),
    );
    const stated = Number(/this query costs (\d+) points/.exec(page.text)?.[1]);
    expect(Math.ceil(Number(steps.at(-1)?.[2]))).toBe(stated);
    expect(costOf(block('graphql'), { slug: 'a' })).toBe(stated);
    const { maxQueryCost: maximum, maxCostPerMinute: limit } = settings;
    const budget = { limit, remaining: limit - stated, resetSeconds: 60 };
    expect(JSON.parse(block('json'))).toEqual({
      extensions: { cost: { requested: stated, maximum, budget } },
    });
  });

  it('are those of the table', () => {
    const prices = page.rows('Cost').filter((row) => row.length === 2);
    /** The numbers of the row that begins so. */
    const points = (begin: string): number[] => {
      const [, cell = ''] = prices.find(([what]) => what?.startsWith(begin)) ?? [];
      return [...cell.matchAll(/\d[\d,]*(?:\.\d+)?/g)].map(([number]) => numberOf(number));
    };
    const [leaf = 0, viewerLeaf = 0] = points('a field');
    const [object = 0] = points('an object');
    const [search = 0] = points('`search`');
    const [counted = 0] = points('`totalCount` of anything');
    const [all = 0] = points('`totalCount` of `articles` without');
    const [some = 0] = points('`totalCount` of `articles` with a');
    const [sorted = 0] = points('`tags`; ');
    const [commentText = 0, articleText = 0] = points('a text');
    const [ofSchema = 0, ofType = 0] = points('`__schema`');
    /** A page of one item that selects one leaf. */
    const page1 = Math.ceil(1 + leaf);

    expect(costOf('{ article(slug: "a") { title } }')).toBe(Math.ceil(object + leaf));
    expect(costOf('{ nodes(ids: ["a", "b", "c"]) { id } }')).toBe(1 + 3);
    expect(costOf('{ articles(first: 50) { nodes { viewerCanEdit } } }')).toBe(
      1 + 50 * (object + viewerLeaf),
    );
    expect(costOf('{ events(first: 100) { hasMore } }')).toBe(1 + 100 * leaf);
    expect(costOf('{ search(query: "a", first: 1) { totalCount } }')).toBe(page1 + search + counted);
    expect(costOf('{ campaigns(first: 1) { totalCount } }')).toBe(page1 + counted);
    expect(costOf('{ heldComments(first: 1) { totalCount } }')).toBe(page1);
    expect(costOf('{ articles(first: 1) { totalCount } }')).toBe(page1 + all);
    expect(costOf('{ articles(first: 1, filter: { tagNames: ["a"] }) { totalCount } }')).toBe(page1 + some);
    expect(costOf('{ articles(first: 1, orderBy: MOST_DISCUSSED) { totalCount } }')).toBe(
      page1 + sorted + all,
    );
    expect(costOf('{ tags(first: 1) { totalCount } }')).toBe(page1 + sorted + some);
    expect(costOf('{ comment(id: "a") { bodyText } }')).toBe(object + commentText);
    expect(costOf('{ article(slug: "a") { bodyHtml } }')).toBe(object + articleText);
    expect(costOf('{ __schema { description } }')).toBe(ofSchema);
    expect(costOf('{ __type(name: "Article") { name } }')).toBe(ofType);
    expect(page.text).toContain(`refused costs ${refusalPoints} points`);
    expect(page.text).toContain(`one point for each ${fieldsOfPoint} fields`);
  });
});

describe('docs/conventions.md', () => {
  const types = Object.values(schema.getTypeMap());

  it('says of codes that exist when to send something again', () => {
    const codes = page
      .rows('Errors')
      .flatMap(([what = '']) => [...what.matchAll(/`([A-Z_]+)`/g)].map(([, code = '']) => code));
    expect(codes.length).toBeGreaterThan(6);
    const known = { ...requestErrorCodes, ...errorCodesOf(features) };
    expect(codes.filter((code) => !(code in known))).toEqual([]);
  });

  it('lists the scalars of the schema', () => {
    const scalars = types.filter((type) => isScalarType(type) && !isSpecifiedScalarType(type));
    expect(page.rows('Scalars').map(([name]) => name)).toEqual(
      scalars.map(({ name }) => `\`${name}\``).sort(),
    );
    expect(page.section('Scalars')).toContain(`at most ${maxMinorUnitsDigits} digits`);
  });

  it('lists the mutations that take an idempotency key', () => {
    const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
    const taking = mutations.filter(({ args }) =>
      args.some(({ type }) => {
        const input = getNamedType(type);
        return isInputObjectType(input) && 'idempotencyKey' in input.getFields();
      }),
    );
    const [, list = ''] = /, a UUID: ([^.]*)\./.exec(page.section('Idempotency keys')) ?? [];
    expect([...list.matchAll(/`(\w+)`/g)].map(([, name]) => name)).toEqual(
      taking.map(({ name }) => name).sort(),
    );
    expect(page.text).toContain(`remembered for ${idempotencyKeyDays} days`);
  });

  it('lists what holds a list that is no connection, with the most items', () => {
    const bounds = types
      .flatMap((type) =>
        isObjectType(type)
          ? Object.values(type.getFields()).map(({ name, extensions }) => ({
              // Each payload has this list.
              name: name === 'userErrors' ? `\`${name}\`` : `\`${type.name}.${name}\``,
              bound: (extensions as PriceExtensions).listBound,
            }))
          : [],
      )
      .flatMap(({ name, bound }) => (bound === undefined ? [] : [[name, priced(bound, settings)] as const]));
    const told = page
      .rows('Lists without pages')
      .map(([name = '', items = '']) => [name, numberOf(items.replace(/ \(.*/, ''))]);
    expect(told).toEqual([...new Map(bounds)].sort(([left], [right]) => (left < right ? -1 : 1)));
    // The same number in all payloads.
    expect(new Set(bounds.map(([name, bound]) => `${name} ${bound}`)).size).toBe(told.length);
  });

  it('says rightly that of all lists `nodes` and `articlesByUrl` alone have null among their items', () => {
    const fields = types.flatMap((type) => (isObjectType(type) ? Object.values(type.getFields()) : []));
    const open = fields.filter(({ type }) => {
      const list = getNullableType(type);
      return isListType(list) && !isNonNullType(list.ofType);
    });
    expect(open.map(({ name }) => name)).toEqual(['nodes', 'articlesByUrl']);
  });
});
