import { getOperationAST, GraphQLError, type GraphQLSchema, OperationTypeNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import { RequestError } from '../errors.ts';
import { checkCost } from '../graphql/cost.ts';
import type { Documents, Scheduler } from '../graphql/documents.ts';
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
  readonly documents: Documents;
  readonly limits: { readonly maxQueryCost: number; readonly maxEventCost: number };
  /** Undefined: any subscription may run. */
  readonly trusted: TrustedDocuments | undefined;
}

/** A subscription that may start, or the errors that its client is told. */
export type Accepted =
  | { readonly errors: readonly GraphQLError[] }
  | { readonly errors?: undefined; readonly selection: Selection };

/** How many operations' costs are kept. */
const maxCosts = 10_000;

/** When what is unknown is looked at. */
export interface Reading {
  /** A document. Rejects with a RequestError where that may not be read. */
  readonly document: (source: string) => Scheduler;
  /** What takes a moment, and is not counted. */
  readonly quick: Scheduler;
}

/** What an operation costs, or why it may not. */
type Priced = { readonly cost: number } | { readonly refused: Error };

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
  readonly #costs = new LRUCache<string, Priced>({ max: maxCosts });

  constructor(options: AcceptOptions) {
    this.#options = options;
  }

  get schema(): GraphQLSchema {
    return this.#options.schema;
  }

  async accept(payload: SubscribePayload, reading: Reading): Promise<Accepted> {
    try {
      return await this.#check(payload, reading);
    } catch (error) {
      if (error instanceof RequestError) return { errors: refusal(error) };
      if (error instanceof GraphQLError) return { errors: [error] };
      throw error;
    }
  }

  async #check(payload: SubscribePayload, reading: Reading): Promise<Accepted> {
    const { trusted, documents } = this.#options;
    const source = trusted ? trusted.resolve(payload) : (payload.query ?? '');
    // What is on the list is as good as known.
    const parsed = await documents.read(source, trusted ? reading.quick : reading.document(source));
    if (parsed.errors) return { errors: parsed.errors };
    const { document } = parsed;
    const operationName = payload.operationName ?? undefined;
    const operation = getOperationAST(document, operationName);
    if (!operation) throw new RequestError('OPERATION_RESOLUTION_FAILURE');
    if (operation.operation !== OperationTypeNode.SUBSCRIPTION) throw new RequestError('SUBSCRIPTIONS_ONLY');
    const selection = { document, operationName, variables: boundedVariables(payload.variables ?? {}) };
    const priced = await this.#price(selection, reading.quick);
    if ('refused' in priced) throw priced.refused;
    return { selection: { ...selection, cost: priced.cost } };
  }

  async #price(selection: Omit<Selection, 'cost'>, quick: Scheduler): Promise<Priced> {
    const key = selectionKey(selection);
    return this.#costs.get(key) ?? (await quick(() => this.#priceNow(selection, key)));
  }

  #priceNow(selection: Omit<Selection, 'cost'>, key: string): Priced {
    const priced = this.#costs.get(key) ?? this.#priceOf(selection);
    // The key holds what the client sent: long ones are counted anew each time.
    if (key.length <= 1024) this.#costs.set(key, priced);
    return priced;
  }

  #priceOf(selection: Omit<Selection, 'cost'>): Priced {
    const { schema, limits } = this.#options;
    try {
      return {
        cost: checkCost({ schema, ...selection }, Math.min(limits.maxQueryCost, limits.maxEventCost)),
      };
    } catch (error) {
      if (error instanceof RequestError || error instanceof GraphQLError) return { refused: error };
      throw error;
    }
  }
}
