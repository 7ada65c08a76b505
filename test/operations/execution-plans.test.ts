/** @database either */
import { describe, expect, it } from '@jest/globals';
import { buildSchema, execute, parse } from 'graphql';
import { AnswerSize, countAnswers } from '../../src/graphql/answer-size.ts';
import type { Context } from '../../src/graphql/context.ts';
import { chooseExecutor, executeOperation } from '../../src/operations/execute.ts';
import { ExecutionPlans, maxFields } from '../../src/operations/execution-plans.ts';
import { executePlanned } from '../../src/operations/plan-executor.ts';
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
      const answer = new AnswerSize(1_000_000);
      const { data } = await run({
        schema,
        document: parse(wide),
        rootValue,
        contextValue: contextOf(answer),
      });
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
      const results = [100, 2000, 4000, 5000].map((bytes) =>
        executeOperation({ ...operation, contextValue: contextOf(new AnswerSize(bytes)) }),
      );
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
      const { data } = await executeOperation({ ...operation, contextValue: contextOf(new AnswerSize(100)) });
      return Object.getPrototypeOf(data) as unknown;
    };
    expect(await prototypeOf('planned')).toBe(Object.prototype);
    // graphql-js makes objects without a prototype.
    expect(await prototypeOf('graphql-js')).toBe(null);
  });
});

describe('kept plans', () => {
  const planOf = (plans: ExecutionPlans, text: string, variableValues: Record<string, unknown> = {}) => {
    const document = documents.get(text) ?? parse(text);
    documents.set(text, document);
    const context = buildExecutionContext({ schema, document, variableValues });
    const rootType = schema.getQueryType();
    if (!('schema' in context) || !rootType) throw new Error('The operation is wrong');
    return plans.find(document, context, rootType);
  };
  const documents = new Map<string, ReturnType<typeof parse>>();

  it('serve a document again, for the same values of its conditions alone', () => {
    const plans = new ExecutionPlans();
    const text = 'query ($all: Boolean!, $other: Int) { number @include(if: $all) text }';
    const all = planOf(plans, text, { all: true });
    expect(planOf(plans, text, { all: true, other: 3 })).toBe(all);
    const few = planOf(plans, text, { all: false });
    expect(few.root.fields.map(({ key }) => key)).toEqual(['text']);
    expect(planOf(plans, text, { all: false })).toBe(few);
    expect(planOf(plans, text, { all: true })).toBe(all);
  });

  it('take a bounded number of fields, those of types that were found later included', async () => {
    const plans = new ExecutionPlans();
    const fields = Array.from({ length: 500 }, (_, index) => `f${index}: number`).join(' ');
    const texts = Array.from({ length: 100 }, (_, index) => `query N${index} { ${fields} }`);
    for (const text of texts) planOf(plans, text);
    expect(plans.fields).toBeGreaterThan(maxFields / 2);
    expect(plans.fields).toBeLessThanOrEqual(maxFields);
    const [first = '', last = ''] = [texts[0], texts.at(-1)];
    expect(planOf(plans, last)).toBe(planOf(plans, last));
    const before = planOf(plans, first);
    planOf(plans, `{ query { ${fields} } }`);
    expect(planOf(plans, first)).toBe(before);
    expect(await Promise.resolve(plans.fields)).toBeLessThanOrEqual(maxFields);
  });

  it('count what executions add to them', async () => {
    const document = parse(
      `query { query { query { ${Array.from({ length: 50 }, (_, i) => `n${i}: number`).join(' ')} } } }`,
    );
    const own = buildSchema('type Query { query: Query, number: Int }');
    const root = {
      number: 1,
      get query(): object {
        return root;
      },
    };
    const { plansOf } = await import('../../src/operations/execution-plans.ts');
    await executePlanned({ schema: own, document, rootValue: root });
    expect(plansOf(own).fields).toBe(1);
    await executePlanned({ schema: own, document, rootValue: root });
    expect(plansOf(own).fields).toBe(52);
  });
});
