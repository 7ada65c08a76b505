import { PlanExecutor } from '@standfirst/graphql-plans';
import { execute, type ExecutionArgs, type ExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql';
import type { RequestError } from '../errors/errors.ts';
import { type AnswerSize, countedValue, countingOf } from '../graphql/answer-size.ts';
import type { Context } from '../graphql/context.ts';
import type { Admitted } from './gate.ts';

const planned = new PlanExecutor<AnswerSize>({
  counting: {
    countingOf,
    sizeOf: (context) => (context as Partial<Context> | null | undefined)?.answer,
    counted: countedValue,
  },
});

/** Schemas whose operations graphql-js itself executes. */
const stock = new WeakSet<GraphQLSchema>();

/** Chooses what executes the operations of a schema; plans do by default. */
export function chooseExecutor(schema: GraphQLSchema, executor: 'planned' | 'graphql-js'): void {
  if (executor === 'graphql-js') stock.add(schema);
  else stock.delete(schema);
}

const run = (args: ExecutionArgs): ExecutionResult | Promise<ExecutionResult> =>
  stock.has(args.schema) ? execute(args) : planned.execute(args);

export interface Execution extends Pick<Admitted, 'document' | 'operationName' | 'variables'> {
  readonly schema: GraphQLSchema;
  readonly contextValue: Context;
  /** The event of a subscription. */
  readonly rootValue?: unknown;
}

/**
 * Executes an admitted operation, for all carriers alike. Execution is aborted when the answer grows too large; the
 * result is then a single QUERY_TOO_COSTLY error.
 */
export async function executeOperation(execution: Execution): Promise<ExecutionResult> {
  const { schema, document, operationName, variables, contextValue, rootValue } = execution;
  const { answer } = contextValue;
  answer.begin();
  if (answer.exceeded) return refusal(answer.exceeded);
  try {
    const executed = run({
      schema,
      document,
      operationName,
      variableValues: variables,
      contextValue,
      rootValue,
    });
    if (!(executed instanceof Promise) && !answer.exceeded) return executed;
    return await Promise.race([
      executed,
      new Promise<ExecutionResult>((resolve) => answer.onExceeded((error) => resolve(refusal(error)))),
    ]);
  } finally {
    answer.release();
  }
}

const refusal = (error: RequestError): ExecutionResult => ({
  errors: [new GraphQLError(error.message, { originalError: error })],
});
