/**
 * @database none
 */
import { expect, it } from '@jest/globals';
import 'reflect-metadata';
import { getOperationAST, parse } from 'graphql';
import { features } from '../../src/app/features.ts';
import { parseConfig } from '../../src/platform/config/config.ts';
import { buildApiSchema } from '../../src/platform/feature/api-schema.ts';
import { servedOf } from '../../src/platform/feature/gather.ts';
import { operationCost } from '../../src/platform/operations/cost.ts';
import { withParts } from '../../src/platform/page/compose-pages.ts';

/**
 * Most points of a query with all parts. The page's door has no bound of its own, and the address of a reader pays for each view: what would
 * raise the price of every page is a second query of its part (`more`).
 */
const maxCost = 500;

/** The page that is one long list. */
const longList = { route: '/campaigns', maxCost: 1600 };

const { pages, parts } = servedOf(features);
const queries = [
  ...Object.entries(pages).flatMap(([route, { operation }]) =>
    operation === undefined ? [] : [[route, withParts(operation, parts)] as const],
  ),
  ...Object.entries(parts).flatMap(([name, { more }]) => (more === undefined ? [] : [[name, more] as const])),
];

it.each(queries)('the query of %s costs no more than it may', (name, source) => {
  const document = parse(source);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('There is no operation');
  const settings = parseConfig({});
  const variables = { slug: 'a', name: 'a', commentId: 'a', after: 'a' };
  const cost = operationCost({ schema: buildApiSchema(features), document, operation, variables, settings });
  expect(cost).toBeLessThanOrEqual(name === longList.route ? longList.maxCost : maxCost);
  expect(cost).toBeGreaterThan(0);
});
