/** @database none */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { execute } from 'graphql';
import { PlanExecutor } from '../src/plan-executor.ts';
import { documentOf, everyKind, Numbers, seenOf, variablesOf } from './executions.ts';

const { execute: planned } = new PlanExecutor();

const unhandled: unknown[] = [];
const collect = (error: unknown): void => void unhandled.push(error);

/** Those of the test runner, for which each of them is a failure: graphql-js has some. */
let others: NodeJS.UnhandledRejectionListener[] = [];

beforeAll(() => {
  others = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', collect);
});
afterAll(() => {
  process.off('unhandledRejection', collect);
  for (const listener of others) process.on('unhandledRejection', listener);
});

describe('the planned execution of any operation', () => {
  it('is that of graphql-js: data, order, nulls, errors, the calls of resolvers, and whether it waits', async () => {
    let withErrors = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const numbers = new Numbers(seed);
        const document = documentOf(numbers);
        // From its second execution on, a document has plans.
        const first = { yes: true, no: true, maybe: true };
        await seenOf(planned, { schema: everyKind, document, variableValues: first, seed });
        // Repeated with other variables, because the plan of the first execution serves the others.
        for (let time = 0; time < 3; time += 1) {
          const asked = {
            schema: everyKind,
            document,
            variableValues: variablesOf(numbers),
            seed: seed + time,
          };
          const expected = await seenOf(execute, asked);
          // graphql-js leaves the other items of a list alone when one of them has failed.
          unhandled.splice(0);
          expect(await seenOf(planned, asked)).toEqual(expected);
          expect(unhandled).toEqual([]);
          if ((expected as { errors?: unknown }).errors) withErrors += 1;
        }
      }),
      { numRuns: 2000 },
    );
    expect(withErrors).toBeGreaterThan(500);
  });
});
