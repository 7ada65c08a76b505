import { getOperationAST, GraphQLError, type GraphQLSchema, OperationTypeNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import { RequestError } from '../errors.ts';
import { checkCost } from '../graphql/cost.ts';
import { type DocumentLimits, type Parsed, parseDocument } from '../graphql/limits.ts';
import type { TrustedDocuments } from '../graphql/trusted-documents.ts';
import { type Selection, selectionKey } from '../live/selection.ts';

/** What a client sends to subscribe. */
export interface SubscribePayload {
  readonly query?: string | undefined;
  readonly operationName?: string | null | undefined;
  readonly variables?: Record<string, unknown> | null | undefined;
  readonly extensions?: Record<string, unknown> | null | undefined;
}

export interface AcceptOptions {
  readonly schema: GraphQLSchema;
  readonly limits: DocumentLimits & { readonly maxQueryCost: number; readonly maxEventCost: number };
  /** Undefined: any subscription may run. */
  readonly trusted: TrustedDocuments | undefined;
}

/** A subscription that may start, or the errors that its client is told. */
type Accepted =
  | { readonly errors: readonly GraphQLError[] }
  | { readonly errors?: undefined; readonly selection: Selection };

/** How many characters of documents are kept parsed: pages send the same few again and again. */
const maxDocumentCharacters = 4 * 1024 * 1024;
/** How many operations' costs are kept. */
const maxCosts = 10_000;

/** How long the variables of a subscription may be as JSON: they are kept for as long as it is open. */
const maxVariablesLength = 8192;

/** @throws RequestError BAD_USER_INPUT */
function boundedVariables(variables: Record<string, unknown>): Record<string, unknown> {
  let length = Number.POSITIVE_INFINITY;
  try {
    length = JSON.stringify(variables).length;
  } catch (error) {
    // They nest deeper than can be written.
    if (!(error instanceof RangeError)) throw error;
  }
  if (length <= maxVariablesLength) return variables;
  throw new RequestError(
    'BAD_USER_INPUT',
    `The variables of a subscription take ${maxVariablesLength} characters at most.`,
  );
}

/** One expected refusal, as the protocols' libraries take it. */
export function refusal(error: RequestError): GraphQLError[] {
  return [new GraphQLError(error.message, { originalError: error })];
}

/** Parses and checks subscriptions as HTTP does queries, each document once; and takes nothing else. */
export class SubscriptionGate {
  readonly #options: AcceptOptions;
  readonly #documents: LRUCache<string, Parsed>;
  readonly #costs = new LRUCache<string, { readonly cost: number }>({ max: maxCosts });

  constructor(options: AcceptOptions) {
    this.#options = options;
    this.#documents = new LRUCache({
      maxSize: maxDocumentCharacters,
      sizeCalculation: (_parsed, source) => Math.max(1, source.length),
    });
  }

  get schema(): GraphQLSchema {
    return this.#options.schema;
  }

  accept(payload: SubscribePayload): Accepted {
    try {
      return this.#check(payload);
    } catch (error) {
      if (error instanceof RequestError) return { errors: refusal(error) };
      if (error instanceof GraphQLError) return { errors: [error] };
      throw error;
    }
  }

  #check(payload: SubscribePayload): Accepted {
    const { trusted } = this.#options;
    const parsed = this.#parse(trusted ? trusted.resolve(payload) : (payload.query ?? ''));
    if (parsed.errors) return { errors: parsed.errors };
    const { document } = parsed;
    const operationName = payload.operationName ?? undefined;
    const operation = getOperationAST(document, operationName);
    if (!operation) throw new RequestError('OPERATION_RESOLUTION_FAILURE');
    if (operation.operation !== OperationTypeNode.SUBSCRIPTION) throw new RequestError('SUBSCRIPTIONS_ONLY');
    const selection = { document, operationName, variables: boundedVariables(payload.variables ?? {}) };
    return { selection: { ...selection, cost: this.#costOf(selection) } };
  }

  #parse(source: string): Parsed {
    const known = this.#documents.get(source);
    if (known) return known;
    const parsed = parseDocument(this.#options.schema, source, this.#options.limits);
    this.#documents.set(source, parsed);
    return parsed;
  }

  /** @throws GraphQLError, RequestError as `checkCost` */
  #costOf(selection: Omit<Selection, 'cost'>): number {
    const { schema, limits } = this.#options;
    const key = selectionKey(selection);
    const known = this.#costs.get(key);
    if (known) return known.cost;
    const cost = checkCost({ schema, ...selection }, Math.min(limits.maxQueryCost, limits.maxEventCost));
    // The key holds what the client sent: long ones are counted anew each time.
    if (key.length <= 1024) this.#costs.set(key, { cost });
    return cost;
  }
}
