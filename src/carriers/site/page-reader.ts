import type { FastifyRequest } from 'fastify';
import type { ExecutionResult } from 'graphql';
import { clientKey } from '../../auth/client-key.ts';
import type { Context } from '../../graphql/context.ts';
import { type FaultReporter, presentError } from '../../graphql/present-error.ts';
import { executeOperation } from '../../operations/execute.ts';
import type { Door, Gate } from '../../operations/gate.ts';
import type { Lanes } from '../../operations/lanes.ts';
import { KeptAnswer } from '../../kept/kept-answers.ts';
import type { SharedAnswers } from '../../operations/shared-answers.ts';
import type { Metrics } from '../../http/metrics.ts';
import type { PageOperation, PageVariables } from './page-operations.ts';

export interface PageReaderOptions {
  readonly gate: Gate;
  readonly door: Door;
  readonly lanes: Lanes;
  /** Undefined: no answer is kept in memory. */
  readonly shared: SharedAnswers | undefined;
  /** The context of a client that is signed out. */
  readonly anonymousContext: (request: FastifyRequest) => Context;
  readonly metrics: Metrics;
  readonly onFault: FaultReporter;
}

const parsed = <Data>({ body }: KeptAnswer): { data: Data; errors?: undefined } =>
  JSON.parse(`${body.toString()}}`) as { data: Data };

/**
 * Reads public data for the page, by the schema that all clients use. The operations are the service's own, so that no
 * list of trusted documents has to name them. Their cost is charged to the reader's address, so that a client gets no
 * more out of the service by requesting pages than by requesting their data.
 */
export class PageReader {
  readonly #options: PageReaderOptions;

  constructor(options: PageReaderOptions) {
    this.#options = options;
  }

  /**
   * Runs one operation.
   * @param request whose address is charged for the operation
   * @returns undefined if the data could not be read: the budget is spent, or the database is away; null if the service
   * refuses the variables, such as a cursor that belongs to another article
   */
  async read<Data, Variables extends PageVariables>(
    { source }: PageOperation<Data, Variables>,
    variables: Variables,
    request: FastifyRequest,
  ): Promise<Data | null | undefined> {
    const { gate, door, lanes, shared, anonymousContext, metrics } = this.#options;
    const contextValue = anonymousContext(request);
    const admitted = await gate.admit({ query: source, variables }, contextValue, door);
    if (admitted.errors) return undefined;
    const start = performance.now();
    const execute = (context: Context): Promise<ExecutionResult> =>
      lanes.run(clientKey(context), admitted.cost, () =>
        executeOperation({ ...admitted, schema: gate.schema, contextValue: context }),
      );
    const running = shared ? shared.run(admitted, contextValue, execute) : execute(contextValue);
    const { data, errors = [] } = await running
      .then((result) => (result instanceof KeptAnswer ? parsed<Data>(result) : result))
      .catch((error: unknown) => ({ data: null, errors: [error] }));
    const codes = errors.map((error) => this.#count(error));
    metrics.countOperation('query', errors.length > 0 ? 'error' : 'ok', (performance.now() - start) / 1000);
    if (codes.length === 0) return data as Data;
    return codes.every((code) => code === 'BAD_USER_INPUT') ? null : undefined;
  }

  /** Counts an error. @returns its code */
  #count(error: unknown): string {
    const { metrics, onFault } = this.#options;
    const code = String(presentError(error, onFault).extensions?.code);
    metrics.countError(code);
    return code;
  }
}
