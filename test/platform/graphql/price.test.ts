/**
 * @database either
 */
import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import {
  getNamedType,
  getNullableType,
  getOperationAST,
  isCompositeType,
  isListType,
  isObjectType,
  parse,
  print,
} from 'graphql';
import { parseConfig } from '../../../src/platform/config/config.ts';
import { operationCost } from '../../../src/platform/operations/cost.ts';
import { buildApiSchema } from '../../../src/platform/feature/api-schema.ts';
import { features } from '../../../src/app/features.ts';
import { operations } from '../../../web/embed/documents.ts';
import * as generated from '../../../web/graphql/generated/graphql.ts';

const schema = buildApiSchema(features);

function costOf(
  source: string,
  settings: Record<string, string> = {},
  variables: Record<string, unknown> = {},
): number {
  const document = parse(source);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('No operation');
  return operationCost({ schema, document, operation, variables, settings: parseConfig(settings) });
}

describe('the price of a field', () => {
  it('is known for every list: a page has a size, and every other list a bound', () => {
    const lists = Object.values(schema.getTypeMap())
      .filter((type) => isObjectType(type))
      .filter(({ name }) => !name.startsWith('__') && !name.endsWith('Connection'))
      .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })))
      .filter(
        ({ field }) => isListType(getNullableType(field.type)) && isCompositeType(getNamedType(field.type)),
      );
    expect(lists.length).toBeGreaterThan(10);
    const unbounded = lists.filter(
      ({ field: { extensions } }) =>
        extensions.listBound === undefined && extensions.complexity === undefined,
    );
    expect(unbounded.map(({ type, field }) => `${type.name}.${field.name}`)).toEqual([]);
  });

  it('assumes the largest number of items that a list can have', () => {
    expect(costOf('{ comment(id: "x") { ancestors { id } } }')).toBe(Math.ceil(1 + 100 * 1.05));
    expect(costOf('{ comment(id: "x") { ancestors { id } } }', { MAX_COMMENT_DEPTH: '10' })).toBe(12);
    expect(costOf('{ comment(id: "x") { ancestors { ancestors { id } } } }')).toBeGreaterThan(10_000);
    expect(costOf('{ article(slug: "x") { signatures { name } tags { name } } }')).toBe(
      Math.ceil(1 + 100 * 1.05 + 20 * 1.05),
    );
  });

  it('grows with the maximum length of a text', () => {
    expect(costOf('{ comment(id: "x") { bodyHtml } }')).toBe(3);
    expect(costOf('{ comment(id: "x") { bodyHtml } }', { MAX_COMMENT_LENGTH: '100000' })).toBe(21);
    expect(costOf('{ article(slug: "x") { bodyHtml } }')).toBe(41);
  });

  it('is fixed for introspection', () => {
    expect(costOf('{ __schema { types { name fields { name args { name } } } } }')).toBe(2000);
    expect(costOf('{ __type(name: "Article") { fields { name } } }')).toBe(200);
  });

  it('includes ten points for each list that is counted, whatever the size of its page', () => {
    expect(costOf('{ journalists(first: 1) { totalCount } }')).toBe(12);
    expect(costOf('{ journalists(first: 100) { totalCount } }')).toBe(16);
    expect(
      costOf(
        '{ journalists(first: 100) { a: totalCount ...F } } fragment F on JournalistConnection { b: totalCount }',
      ),
    ).toBe(31);
    expect(costOf('{ search(query: "x", first: 1) { totalCount } }')).toBe(32);
    // A count is multiplied with the pages that contain its list, and with no other.
    const nested = (first: number) =>
      `{ journalists(first: ${first}) { nodes { articles(first: 1) { totalCount } } totalCount } }`;
    expect(costOf(nested(1))).toBe(Math.ceil(1 + 10 + 1 + 11.05 + 0.05));
    expect(costOf(nested(50))).toBe(Math.ceil(1 + 10 + 50 * (1 + 11.05 + 0.05)));
    expect(costOf('{ article(slug: "x") { comments(first: 1) { totalCount } } }')).toBe(3);
  });

  it('includes more where all published articles are read', () => {
    expect(costOf('{ articles(first: 1) { totalCount } }')).toBe(52);
    expect(costOf('{ articles(first: 1, filter: { tagNames: ["a"] }) { totalCount } }')).toBe(252);
    expect(costOf('{ tags(first: 1) { nodes { name } } }')).toBe(253);
    expect(costOf('{ tags(first: 1) { totalCount } }')).toBe(502);
    expect(costOf('{ tag(name: "a") { articles(first: 1) { totalCount } } }')).toBe(253);
    const ordered = (list: string) => costOf(`{ ${list} { nodes { id } } }`);
    for (const order of ['RECENTLY_ACTIVE', 'MOST_DISCUSSED', 'MOST_ENDORSED'])
      expect(ordered(`articles(first: 1, orderBy: ${order})`)).toBe(253);
    for (const order of ['NEWEST', 'OLDEST', 'RECENTLY_UPDATED'])
      expect(ordered(`articles(first: 1, orderBy: ${order})`)).toBe(3);
    // Not all articles are one journalist's.
    expect(
      costOf('{ journalist(slug: "a") { articles(first: 1, orderBy: MOST_DISCUSSED) { totalCount } } }'),
    ).toBe(13);
    const query = 'query ($orderBy: ArticleOrder) { articles(first: 1, orderBy: $orderBy) { nodes { id } } }';
    expect(costOf(query, {}, { orderBy: 'MOST_DISCUSSED' })).toBe(253);
    expect(costOf(query)).toBe(3);
  });

  it('includes a fraction for each field without a selection', () => {
    expect(costOf('{ articles(first: 100) { nodes { id slug title } } }')).toBe(116);
    expect(costOf('{ articles(first: 100) { nodes { viewerCanEdit } } }')).toBe(121);
  });

  it.each<Record<string, string>>([
    { MAX_COMMENT_DEPTH: '0', MAX_COMMENT_LENGTH: '1' },
    { MAX_COMMENT_DEPTH: '250', MAX_COMMENT_LENGTH: '100000' },
    {},
  ])('allows the subscriptions of the page and of the element by default with %o', (settings) => {
    const documents = Object.values(generated).flatMap((one) =>
      typeof one === 'object' && 'kind' in one ? [print(one)] : [],
    );
    const costs = [...documents, ...operations]
      .filter((text) => /^subscription /m.test(text))
      .map((text) => costOf(text, settings, { articleId: 'x' }));
    expect(costs.length).toBeGreaterThan(4);
    expect(Math.max(...costs)).toBeLessThanOrEqual(parseConfig(settings).maxEventCost);
  });
});
