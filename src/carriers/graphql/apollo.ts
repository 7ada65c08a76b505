import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLFormattedError, GraphQLSchema } from 'graphql';
import type { Context } from '../../platform/graphql/context.ts';
import { type FaultReporter, presentError } from '../../platform/graphql/present-error.ts';
import { executeOperation } from '../../platform/operations/execute.ts';
import type { Admitted } from '../../platform/operations/gate.ts';
import type { Metrics } from '../../platform/metrics/metrics.ts';

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly metrics: Metrics;
  readonly onFault: FaultReporter;
}

/** The context of an operation that the gate has admitted. */
interface AdmittedContext extends Context {
  readonly admitted: Admitted;
}

/** The result of an operation that ran. */
export interface OperationResult {
  readonly data: Record<string, unknown> | null | undefined;
  readonly errors: readonly GraphQLFormattedError[] | undefined;
}

/** Runs admitted operations by Apollo Server, which neither parses nor validates anything. */
export class ApolloExecutor {
  readonly #apollo: ApolloServer<AdmittedContext>;

  constructor({ schema, metrics, onFault }: ApolloOptions) {
    this.#apollo = new ApolloServer<AdmittedContext>({
      gateway: executorOf(schema),
      includeStacktraceInErrorResponses: false,
      stopOnTerminationSignals: false,
      documentStore: null,
      persistedQueries: false,
      formatError: (formatted, error) => {
        const presented = presentError(error, onFault, formatted);
        metrics.countError(String(presented.extensions?.code));
        return presented;
      },
      plugins: [
        ApolloServerPluginCacheControlDisabled(),
        ApolloServerPluginInlineTraceDisabled(),
        ApolloServerPluginLandingPageDisabled(),
        admittedDocument(),
      ],
    });
  }

  start(): Promise<void> {
    return this.#apollo.start();
  }

  stop(): Promise<void> {
    return this.#apollo.stop();
  }

  async run(admitted: Admitted, context: Context): Promise<OperationResult> {
    const { source, operationName, variables } = admitted;
    const { body } = await this.#apollo.executeOperation(
      { query: source, variables, ...(operationName === undefined ? {} : { operationName }) },
      { contextValue: { ...context, admitted } },
    );
    if (body.kind !== 'single') throw new Error('The schema has no incremental delivery');
    const { data, errors } = body.singleResult;
    return { data, errors: errors?.length ? errors : undefined };
  }
}

/** Sets the parsed document where Apollo looks for one before it parses. */
function admittedDocument(): ApolloServerPlugin<AdmittedContext> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveSource: (asked) => {
          Object.assign(asked, { document: asked.contextValue.admitted.document });
          return Promise.resolve();
        },
      }),
  };
}

/** A gateway, which is Apollo's extension point for a custom executor. */
function executorOf(schema: GraphQLSchema) {
  const loaded = { apiSchema: schema, coreSupergraphSdl: '' };
  let announce: ((context: typeof loaded) => void) | undefined;
  return {
    onSchemaLoadOrUpdate(callback: (context: typeof loaded) => void) {
      announce = callback;
      return () => undefined;
    },
    load: () => {
      announce?.(loaded);
      return Promise.resolve({
        executor: ({ context }: { context: Record<string, unknown> }) => {
          const contextValue = context as unknown as AdmittedContext;
          const { document, operationName, variables } = contextValue.admitted;
          return executeOperation({ schema, document, operationName, variables, contextValue });
        },
      });
    },
    stop: () => Promise.resolve(),
  };
}
