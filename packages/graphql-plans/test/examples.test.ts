/** @database none */
import { describe, expect, it } from '@jest/globals';
import { buildSchema, type ExecutionArgs, parse } from 'graphql';
import { countFields, executeWithin } from './counted-example.ts';
import { ask } from './example.ts';

describe('the examples of the README', () => {
  it('execute an operation by graphql-js first, and by its plan afterwards', async () => {
    const read = () => ask('query ($first: Int!) { articles(first: $first) { id title } }', { first: 2 });
    const first = await read();
    const second = await read();
    const articles = [
      { id: '0', title: 'Article 0' },
      { id: '1', title: 'Article 1' },
    ];
    expect(first).toEqual({ data: { articles } });
    expect(second).toEqual(first);
    expect([first, second].map(({ data }) => Object.getPrototypeOf(data) as unknown)).toEqual([
      null,
      Object.prototype,
    ]);
  });

  it('refuse a response that is too large at the same size, by graphql-js and by a plan', async () => {
    const schema = buildSchema('type Query { texts: [String!]!, text: String, late: Int, query: Query }');
    countFields(schema);
    const calls: string[] = [];
    const rootValue = {
      texts: ['a', 'b"'],
      text: () => Promise.resolve('é'),
      late: () => calls.push('late'),
      get query(): object {
        return rootValue;
      },
    };
    const argsOf = (text: string): ExecutionArgs => ({ schema, document: parse(text), rootValue });
    const whole = 'query { texts query { alias: text query { late } } }';
    const outcome = async (maxBytes: number, args: ExecutionArgs): Promise<unknown> => {
      calls.length = 0;
      const { data, errors = [] } = await executeWithin(maxBytes, args);
      return { hasData: data != null, errors: errors.map(({ message }) => message), calls: calls.length };
    };
    for (const maxBytes of [0, 8, 20, 40, 57, 58, 59, 60, 61, 62, 100]) {
      const args = argsOf(whole);
      const byGraphql = await outcome(maxBytes, args);
      expect([maxBytes, await outcome(maxBytes, args)]).toEqual([maxBytes, byGraphql]);
    }
    expect(await outcome(20, argsOf(whole))).toEqual({
      hasData: false,
      errors: ['The response takes more than 20 bytes.'],
      calls: 0,
    });
    expect(await outcome(100, argsOf(whole))).toEqual({ hasData: true, errors: [], calls: 1 });
  });
});
