/** @database either */
import { describe, expect, it } from '@jest/globals';
import { buildSchema, parse } from 'graphql';
import { AnswerSize, countAnswers } from '../../../src/platform/graphql/answer-size.ts';
import type { Context } from '../../../src/platform/graphql/context.ts';
import { chooseExecutor, executeOperation } from '../../../src/platform/operations/execute.ts';

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
    const counted = async (executor: 'planned' | 'graphql-js') => {
      chooseExecutor(schema, executor);
      const operation = { schema, document: parse(wide), operationName: undefined, variables: {}, rootValue };
      const [first, answer] = [new AnswerSize(1_000_000), new AnswerSize(1_000_000)];
      await executeOperation({ ...operation, contextValue: contextOf(first) });
      const { data } = await executeOperation({ ...operation, contextValue: contextOf(answer) });
      return { data, bytes: answer.bytes };
    };
    const stock = await counted('graphql-js');
    expect(stock.bytes).toBeGreaterThan(4000);
    expect(await counted('planned')).toEqual(stock);
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
