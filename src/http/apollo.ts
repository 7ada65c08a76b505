import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';
import type { Context } from '../graphql/context.ts';
import { checkCost } from '../graphql/cost.ts';
import { type DocumentLimits, limitRule } from '../graphql/limits.ts';
import { type FaultReporter, presentError } from '../graphql/present-error.ts';
import type { Metrics } from './metrics.ts';

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly limits: DocumentLimits & { readonly maxQueryCost: number };
  readonly metrics: Metrics;
  readonly onFault: FaultReporter;
}

/** Refuses what costs too much: after the variables are known, before anything runs. */
function costPlugin({ schema, limits }: ApolloOptions): ApolloServerPlugin<Context> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation: ({ document, operationName, request }) => {
          const variables = request.variables ?? {};
          checkCost(
            { schema, document, operationName: operationName ?? undefined, variables },
            limits.maxQueryCost,
          );
          return Promise.resolve();
        },
      }),
  };
}

/** Status codes by GraphQL over HTTP: a request that was refused as a whole is a 4xx, one that failed for us a 503. */
function statusPlugin(): ApolloServerPlugin<Context> {
  const statuses: Readonly<Record<string, number>> = { UNAVAILABLE: 503, RATE_LIMITED: 429 };
  const refusals = new Set(['QUERY_TOO_COSTLY', 'BAD_USER_INPUT']);
  return {
    requestDidStart: () =>
      Promise.resolve({
        willSendResponse: ({ response }) => {
          if (response.body.kind !== 'single') return Promise.resolve();
          const { errors, data } = response.body.singleResult;
          const codes = (errors ?? []).map((error) => String(error.extensions?.code));
          const status = codes.map((code) => statuses[code]).find((found) => found !== undefined);
          if (status !== undefined) response.http.status = status;
          else if (data === undefined && codes.some((code) => refusals.has(code))) response.http.status = 400;
          const retryAfter = errors?.find((error) => error.extensions?.code === 'RATE_LIMITED')?.extensions;
          if (retryAfter) response.http.headers.set('retry-after', String(retryAfter.retryAfterSeconds));
          return Promise.resolve();
        },
      }),
  };
}

function metricsPlugin({ metrics }: ApolloOptions): ApolloServerPlugin<Context> {
  return {
    requestDidStart: () => {
      const start = performance.now();
      return Promise.resolve({
        willSendResponse: ({ response, operation }) => {
          const errors = response.body.kind === 'single' ? response.body.singleResult.errors : undefined;
          const outcome = errors?.length ? 'error' : 'ok';
          metrics.countOperation(
            operation?.operation ?? 'unknown',
            outcome,
            (performance.now() - start) / 1000,
          );
          for (const error of errors ?? []) metrics.countError(String(error.extensions?.code));
          return Promise.resolve();
        },
      });
    },
  };
}

/** Apollo Server over the schema, with the limits of the first day. */
export function createApollo(options: ApolloOptions): ApolloServer<Context> {
  return new ApolloServer<Context>({
    schema: options.schema,
    introspection: true,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: options.limits.maxQueryTokens },
    validationRules: [limitRule(options.limits)],
    formatError: (formatted, error) => presentError(error, options.onFault, formatted),
    plugins: [costPlugin(options), statusPlugin(), metricsPlugin(options)],
  });
}
