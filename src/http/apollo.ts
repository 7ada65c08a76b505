import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLFormattedError } from 'graphql';
import type { RequestErrorCode } from '../errors.ts';
import type { Context } from '../graphql/context.ts';
import { limitRule } from '../graphql/limits.ts';
import { type FaultReporter, presentError } from '../graphql/present-error.ts';
import type { Metrics } from './metrics.ts';
import { type GateOptions, gatePlugin } from './operation-gate.ts';
import { cachePlugin } from './public-answers.ts';
import { statusPlugin } from './status.ts';

export interface ApolloOptions extends GateOptions {
  readonly publicCacheSeconds: number;
  readonly metrics: Metrics;
  readonly onFault: FaultReporter;
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

/** Faults of a persisted query that Apollo gives no code of their own. */
const persistedQueryFaults: Readonly<Record<string, RequestErrorCode>> = {
  'provided sha does not match query': 'PERSISTED_QUERY_HASH_MISMATCH',
  'Unsupported persisted query version': 'BAD_REQUEST',
};

function withCode(formatted: GraphQLFormattedError): GraphQLFormattedError {
  const code = persistedQueryFaults[formatted.message];
  return code === undefined ? formatted : { ...formatted, extensions: { code } };
}

/** Apollo Server over the schema, with the limits of the first day. */
export function createApollo(options: ApolloOptions): ApolloServer<Context> {
  const { schema, limits, trusted, metrics } = options;
  return new ApolloServer<Context>({
    schema,
    introspection: true,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    // Ours keeps them for every transport.
    documentStore: null,
    // Documents that clients registered by hash: 30 MiB, the oldest go first.
    cache: 'bounded',
    // What runs by its id is listed then, not registered.
    ...(trusted ? { persistedQueries: false } : {}),
    parseOptions: { maxTokens: limits.maxQueryTokens },
    validationRules: [limitRule(limits)],
    formatError: (formatted, error) => {
      const presented = presentError(error, options.onFault, withCode(formatted));
      // Here and not in a plugin: requests that are refused before they are one have no plugins.
      metrics.countError(String(presented.extensions?.code));
      return presented;
    },
    plugins: [
      // Ours knows which fields depend on the viewer without a hint on each.
      ApolloServerPluginCacheControlDisabled(),
      // Its page comes from the internet.
      ApolloServerPluginLandingPageDisabled(),
      gatePlugin(options),
      statusPlugin(),
      cachePlugin(schema, options.publicCacheSeconds),
      metricsPlugin(options),
    ],
  });
}
