/** @database none */
import { describe, expect, it } from '@jest/globals';
import { buildSchema, parse } from 'graphql';
import { buildExecutionContext } from 'graphql/execution/execute.js';
import {
  characterBytes,
  defaultMaxBytes,
  ExecutionPlans,
  fieldBytes,
  maxPlans,
} from '../src/execution-plans.ts';
import { PlanExecutor } from '../src/plan-executor.ts';

const schema = buildSchema('type Query { text: String, number: Int }');

describe('kept plans', () => {
  const read = (text: string) => ({ document: parse(text) });
  const find = (
    plans: ExecutionPlans,
    { document }: { readonly document: ReturnType<typeof parse> },
    variableValues: Record<string, unknown> = {},
    operationName?: string,
  ) => {
    const context = buildExecutionContext({ schema, document, variableValues, operationName });
    const rootType = schema.getQueryType();
    if (!('schema' in context) || !rootType) throw new Error('The operation is wrong');
    return plans.find(document, context, rootType);
  };
  const keysOf = (plan: ReturnType<typeof find>) => plan?.root.fields.map(({ key }) => key);
  const fields = (count: number) => Array.from({ length: count }, (_, i) => `n${i}: number`).join(' ');

  it('serve a document from its second execution on, for the same values of its conditions alone', () => {
    const plans = new ExecutionPlans();
    const one = read('query ($all: Boolean!, $other: Int) { number @include(if: $all) text }');
    expect(find(plans, one, { all: true })).toBeUndefined();
    expect(plans.bytes).toBe(0);
    const all = find(plans, one, { all: true });
    expect(keysOf(all)).toEqual(['number', 'text']);
    expect(find(plans, one, { all: true, other: 3 })).toBe(all);
    const few = find(plans, one, { all: false });
    expect(keysOf(few)).toEqual(['text']);
    expect(find(plans, one, { all: false })).toBe(few);
    expect(find(plans, one, { all: true })).toBe(all);
  });

  it('do not take a variable of one operation for the condition of another', () => {
    const plans = new ExecutionPlans();
    const one = read(`query A($x: String!, $y: Boolean!, $z: String!) { text number @include(if: $y) }
      query B($x: Boolean!) { text @include(if: $x) } query C($z: Boolean!) { text @include(if: $z) }`);
    const ask = (variables: Record<string, unknown>) => find(plans, one, variables, 'A');
    ask({ x: 'a', y: true, z: 'false b' });
    expect(keysOf(ask({ x: 'a', y: true, z: 'false b' }))).toEqual(['text', 'number']);
    expect(keysOf(ask({ x: 'a true', y: false, z: 'b' }))).toEqual(['text']);
    expect(keysOf(find(plans, one, { x: false }, 'B'))).toEqual([]);
  });

  it('are a few for each document', () => {
    const plans = new ExecutionPlans();
    const names = ['a', 'b', 'c', 'd'];
    const one = read(
      `query (${names.map((name) => `$${name}: Boolean!`).join(', ')}) { ${names.map((name) => `${name}: number @include(if: $${name})`).join(' ')} }`,
    );
    const ask = (bits: number) =>
      find(plans, one, Object.fromEntries(names.map((name, index) => [name, (bits & (1 << index)) > 0])));
    ask(0);
    const found = Array.from({ length: 16 }, (_, bits) => ask(bits));
    expect(found.filter((plan) => plan !== undefined)).toHaveLength(maxPlans);
    expect(ask(0)).toBe(found[0]);
    expect(ask(15)).toBeUndefined();
  });

  it('take a bounded memory, with the documents that they keep', () => {
    const plans = new ExecutionPlans();
    const documents = Array.from({ length: 100 }, (_, index) => read(`query N${index} { ${fields(500)} }`));
    for (const one of documents) find(plans, one);
    expect(plans.bytes).toBe(0);
    for (const one of documents) find(plans, one);
    expect(plans.bytes).toBeGreaterThan(defaultMaxBytes / 2);
    expect(plans.bytes).toBeLessThanOrEqual(defaultMaxBytes);
    // The least recently used have gone.
    const last = documents.at(-1)!;
    const first = documents[0]!;
    expect(keysOf(find(plans, last))).toHaveLength(500);
    const anew = find(plans, first);
    expect(anew).toBeDefined();
    expect(find(plans, first)).toBe(anew);
    // Larger than one document may be.
    const large = read(`{ ${fields(5000)} }`);
    find(plans, large);
    find(plans, large);
    expect(find(plans, large)).toBeUndefined();
    expect(plans.bytes).toBeLessThanOrEqual(defaultMaxBytes);
  });

  it('count what executions add to them while they run', async () => {
    const own = buildSchema('type Query { query: Query, number: Int, late: Int }');
    const document = parse(`query { query { query { ${fields(50)} late } } }`);
    const root = {
      number: 1,
      late: () => new Promise(() => undefined),
      get query(): object {
        return root;
      },
    };
    const executor = new PlanExecutor();
    void executor.execute({ schema: own, document, rootValue: root });
    void executor.execute({ schema: own, document, rootValue: root });
    await Promise.resolve();
    const length = document.loc?.source.body.length ?? 0;
    expect(executor.bytesOf(own)).toBe(fieldBytes * (1 + 53) + characterBytes * length);
  });
});
