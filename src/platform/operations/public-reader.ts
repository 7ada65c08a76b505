import type { ExecutionResult, GraphQLFormattedError } from 'graphql';
import { clientKey } from '../auth/client-key.ts';
import type { Context } from '../graphql/context.ts';
import { type FaultReporter, presentError } from '../graphql/present-error.ts';
import { KeptAnswer } from '../kept/kept-answers.ts';
import { executeOperation } from './execute.ts';
import type { Door, Gate } from './gate.ts';
import type { OperationSlots } from './operation-slots.ts';
import type { SharedAnswers } from './shared-answers.ts';

/** Variables of the service's own operations, taken from addresses. */
export type OwnVariables = Readonly<Record<string, unknown>>;

/** A query of the service's own, and the types of its variables and its result. */
export interface OwnOperation<Data, Variables extends OwnVariables> {
  readonly source: string;
  /** Type-level marker; absent at run time. */
  readonly types?: (variables: Variables) => Data;
}

/** The counts of operations and of errors, for operators. */
interface OperationCounts {
  countOperation(type: string, outcome: 'ok' | 'error', seconds: number): void;
  countError(code: string): void;
}

export interface PublicReaderOptions<Request> {
  readonly gate: Gate;
  readonly door: Door;
  readonly slots: OperationSlots;
  /** Undefined: no answer is kept in memory. */
  readonly shared: SharedAnswers | undefined;
  /** The context of a client that is signed out. */
  readonly anonymousContext: (request: Request) => Context;
  readonly metrics: OperationCounts;
  readonly onFault: FaultReporter;
}

/** The result of an operation: all of its data, or the reasons why there are none. */
export type OwnResult<Data> =
  | { readonly data: Data; readonly errors?: undefined }
  | { readonly data?: undefined; readonly errors: readonly GraphQLFormattedError[] };

const parsed = <Data>({ body }: KeptAnswer): { data: Data; errors?: undefined } =>
  JSON.parse(`${body.toString()}}`) as { data: Data };

/**
 * Reads public data for what the service itself makes of them, such as its page and its feeds, by the schema that all
 * clients use. The operations are the service's own, so that no list of trusted documents has to name them. Their cost
 * is charged to the reader's address, so that a client gets no more out of the service by requesting pages than by
 * requesting their data.
 */
export class PublicReader<Request> {
  constructor(private readonly options: PublicReaderOptions<Request>) {}

  /**
   * Runs one operation.
   * @param request whose address is charged for the operation
   */
  async run<Data, Variables extends OwnVariables>(
    { source }: OwnOperation<Data, Variables>,
    variables: Variables,
    request: Request,
  ): Promise<OwnResult<Data>> {
    const { gate, door, slots, shared, anonymousContext, metrics } = this.options;
    const contextValue = anonymousContext(request);
    const admitted = await gate.admit({ query: source, variables }, contextValue, door);
    if (admitted.errors) return { errors: admitted.errors };
    const start = performance.now();
    const execute = (context: Context): Promise<ExecutionResult> =>
      slots.run(clientKey(context), admitted.cost, () =>
        executeOperation({ ...admitted, schema: gate.schema, contextValue: context }),
      );
    const running = shared ? shared.run(admitted, contextValue, execute) : execute(contextValue);
    const { data, errors = [] } = await running
      .then((result) => (result instanceof KeptAnswer ? parsed<Data>(result) : result))
      .catch((error: unknown) => ({ data: null, errors: [error] }));
    const shown = errors.map((error) => this.#present(error));
    metrics.countOperation('query', errors.length > 0 ? 'error' : 'ok', (performance.now() - start) / 1000);
    return shown.length === 0 ? { data: data as Data } : { errors: shown };
  }

  /**
   * As `run`, for a page, which is shown without what could not be read.
   * @returns undefined if the data could not be read: the budget is spent, or the database is away; null if the service
   * refuses the variables, such as a cursor that belongs to another article
   */
  async read<Data, Variables extends OwnVariables>(
    operation: OwnOperation<Data, Variables>,
    variables: Variables,
    request: Request,
  ): Promise<Data | null | undefined> {
    const { data, errors } = await this.run(operation, variables, request);
    if (!errors) return data;
    return errors.every(({ extensions }) => extensions?.code === 'BAD_USER_INPUT') ? null : undefined;
  }

  #present(error: unknown): GraphQLFormattedError {
    const { metrics, onFault } = this.options;
    const shown = presentError(error, onFault);
    metrics.countError(String(shown.extensions?.code));
    return shown;
  }
}
