/** @database either */
import { describe, expect, it } from '@jest/globals';
import { buildSchema, execute, parse } from 'graphql';
import { AnswerSize, countAnswers } from '../../../src/platform/graphql/answer-size.ts';
import type { Context } from '../../../src/platform/graphql/context.ts';
import { chooseExecutor, executeOperation } from '../../../src/platform/operations/execute.ts';
import {
  characterBytes,
  ExecutionPlans,
  fieldBytes,
  maxBytes,
  maxPlans,
  plansOf,
} from '../../../src/platform/operations/plans/execution-plans.ts';
import { executePlanned } from '../../../src/platform/operations/plans/plan-executor.ts';
import { buildExecutionContext } from 'graphql/execution/execute.js';

const schema = buildSchema(
  'type Query { names: [String!]!, text: String, number: Int, query: Query, then: String }',
);
const rootValue = {
  names: ['a', 'é"', 'b'.repeat(2000)],
  text: () => Promise.resolve('line\n'),
  number: 7,
  then: undefined,
  get query() {
    return rootValue;
  },
};
countAnswers(schema);

const contextOf = (answer: AnswerSize) => ({ answer }) as unknown as Context;
const wide =
  'query { names text n: number query { number names query { again: text __typename } } __typename }';

describe('the two executors', () => {
  it('count the same bytes of an answer', async () => {
    const counted = async (run: typeof execute) => {
      const [first, answer] = [new AnswerSize(1_000_000), new AnswerSize(1_000_000)];
      const asked = { schema, document: parse(wide), rootValue };
      await run({ ...asked, contextValue: contextOf(first) });
      const { data } = await run({ ...asked, contextValue: contextOf(answer) });
      return { data, bytes: answer.bytes };
    };
    const stock = await counted(execute);
    expect(stock.bytes).toBeGreaterThan(4000);
    expect(await counted(executePlanned)).toEqual(stock);
  });

  it.each(['planned', 'graphql-js'] as const)(
    'end an answer that is too large alike: %s',
    async (executor) => {
      chooseExecutor(schema, executor);
      const operation = { schema, document: parse(wide), operationName: undefined, variables: {}, rootValue };
      const answer = (bytes: number) =>
        executeOperation({ ...operation, contextValue: contextOf(new AnswerSize(bytes)) });
      await answer(5000);
      const results = [100, 2000, 4000, 5000].map(answer);
      const codes = (await Promise.all(results)).map(({ errors = [] }) =>
        errors.map(({ message }) => message),
      );
      expect(codes).toEqual([
        ['The answer takes more than 100 bytes.'],
        ['The answer takes more than 2000 bytes.'],
        ['The answer takes more than 4000 bytes.'],
        [],
      ]);
    },
  );

  it('are chosen for a schema', async () => {
    const prototypeOf = async (executor: 'planned' | 'graphql-js') => {
      chooseExecutor(schema, executor);
      const operation = {
        schema,
        document: parse('{ number }'),
        operationName: undefined,
        variables: {},
        rootValue,
      };
      const answer = () => executeOperation({ ...operation, contextValue: contextOf(new AnswerSize(100)) });
      await answer();
      const { data } = await answer();
      return Object.getPrototypeOf(data) as unknown;
    };
    expect(await prototypeOf('planned')).toBe(Object.prototype);
    // graphql-js makes objects without a prototype.
    expect(await prototypeOf('graphql-js')).toBe(null);
  });
});

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
    expect(plans.bytes).toBeGreaterThan(maxBytes / 2);
    expect(plans.bytes).toBeLessThanOrEqual(maxBytes);
    // Larger than one document may be.
    const large = read(`{ ${fields(5000)} }`);
    find(plans, large);
    find(plans, large);
    expect(find(plans, large)).toBeUndefined();
    expect(plans.bytes).toBeLessThanOrEqual(maxBytes);
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
    void executePlanned({ schema: own, document, rootValue: root });
    void executePlanned({ schema: own, document, rootValue: root });
    await Promise.resolve();
    const length = document.loc?.source.body.length ?? 0;
    expect(plansOf(own).bytes).toBe(fieldBytes * (1 + 53) + characterBytes * length);
  });
});
