import { type DocumentNode, execute, type GraphQLSchema, parse, validate } from 'graphql';
import type { CostBudget } from '../auth/cost-budget.ts';
import type { Context } from '../graphql/context.ts';
import { operationCost } from '../graphql/cost.ts';
import { type FaultReporter, presentError } from '../graphql/present-error.ts';
import { budgetKey } from './budget-key.ts';
import type { Metrics } from './metrics.ts';
import type { PageOperation, PageVariables } from './page-operations.ts';

export interface PageReaderOptions {
  readonly schema: GraphQLSchema;
  /** Undefined: costs are not counted. */
  readonly budget: CostBudget | undefined;
  /** Makes the context of one request. */
  readonly createContext: (request: { authenticated: null; address: string }) => Context;
  readonly metrics: Metrics;
  readonly onFault: FaultReporter;
}

/**
 * Reads for the page what anybody may read who is signed out, by the schema that everybody uses. The operations are the
 * service's own: no list of trusted documents has to name them, and what they cost their reader pays, so that asking for
 * pages gets nobody more out of the service than asking for their data.
 */
export class PageReader {
  readonly #options: PageReaderOptions;
  readonly #documents = new Map<string, DocumentNode>();

  constructor(options: PageReaderOptions) {
    this.#options = options;
  }

  /**
   * Runs one operation.
   * @param address whose budget pays for it
   * @returns undefined where it could not be read: the budget is spent, or the database is away
   */
  async read<Data, Variables extends PageVariables>(
    { source }: PageOperation<Data, Variables>,
    variables: Variables,
    address: string,
  ): Promise<Data | undefined> {
    const { schema, budget, createContext, metrics, onFault } = this.#options;
    const contextValue = createContext({ authenticated: null, address });
    const document = this.#documentOf(source);
    if (budget) {
      const cost = operationCost({
        schema,
        document,
        operationName: undefined,
        variables,
      });
      if (!(await budget.spend(budgetKey(contextValue), cost)).granted) return undefined;
    }
    const start = performance.now();
    const { data, errors = [] } = await execute({
      schema,
      document,
      variableValues: variables,
      contextValue,
    });
    for (const error of errors) metrics.countError(String(presentError(error, onFault).extensions?.code));
    metrics.countOperation('query', errors.length > 0 ? 'error' : 'ok', (performance.now() - start) / 1000);
    return errors.length > 0 ? undefined : (data as Data);
  }

  #documentOf(source: string): DocumentNode {
    let document = this.#documents.get(source);
    if (document === undefined) {
      document = parse(source, { noLocation: true });
      const [fault] = validate(this.#options.schema, document);
      // Not the reader's: the schema has changed, and the page was forgotten.
      if (fault) throw fault;
      this.#documents.set(source, document);
    }
    return document;
  }
}
