import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import { type GraphQLSchema, OperationTypeNode } from 'graphql';
import { RequestError } from '../errors.ts';
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
        didResolveOperation: ({ document, operationName, operation, request }) => {
          if (operation?.operation === OperationTypeNode.SUBSCRIPTION) {
            throw new RequestError('BAD_REQUEST', 'Subscriptions go over WebSocket, at this same address.');
          }
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

const responseType = 'application/graphql-response+json';

/**
 * Status codes by GraphQL over HTTP. A request that was refused as a whole is a 400 for clients that ask for
 * `application/graphql-response+json`, where a status speaks of the operation, and a 200 for those of `application/json`,
 * where it speaks of the transport. One that failed for us, or came too often, is a 503 or 429 for both.
 */
function statusPlugin(): ApolloServerPlugin<Context> {
  const statuses: Readonly<Record<string, number>> = { UNAVAILABLE: 503, RATE_LIMITED: 429 };
  const refusals = new Set(['QUERY_TOO_COSTLY', 'BAD_USER_INPUT']);
  // What is no GraphQL request at all stays a 400 for everybody.
  const isRefused = (status: number | undefined, codes: readonly string[]) =>
    codes.some((code) => refusals.has(code)) || (status === 400 && !codes.includes('BAD_REQUEST'));
  return {
    requestDidStart: () =>
      Promise.resolve({
        willSendResponse: ({ request, response }) => {
          if (response.body.kind !== 'single') return Promise.resolve();
          const { http } = response;
          const { errors, data } = response.body.singleResult;
          const codes = (errors ?? []).map((error) => String(error.extensions?.code));
          const status = codes.map((code) => statuses[code]).find((found) => found !== undefined);
          const asks = request.http?.headers.get('accept')?.includes(responseType) ?? false;
          if (asks) http.headers.set('content-type', `${responseType}; charset=utf-8`);
          if (status !== undefined) http.status = status;
          else if (data === undefined && isRefused(http.status, codes)) http.status = asks ? 400 : 200;
          const retryAfter = errors?.find((error) => error.extensions?.code === 'RATE_LIMITED')?.extensions;
          if (retryAfter) http.headers.set('retry-after', String(retryAfter.retryAfterSeconds));
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
    formatError: (formatted, error) => {
      const presented = presentError(error, options.onFault, formatted);
      // Here and not in a plugin: requests that are refused before they are one have no plugins.
      options.metrics.countError(String(presented.extensions?.code));
      return presented;
    },
    plugins: [
      // It would look at every field of every answer, to find that none may be cached. The route says so at once.
      ApolloServerPluginCacheControlDisabled(),
      costPlugin(options),
      statusPlugin(),
      metricsPlugin(options),
    ],
  });
}
