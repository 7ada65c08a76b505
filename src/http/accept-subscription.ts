import {
  type DocumentNode,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
  OperationTypeNode,
} from 'graphql';
import { RequestError } from '../errors.ts';
import { checkCost } from '../graphql/cost.ts';
import { type DocumentLimits, parseDocument } from '../graphql/limits.ts';
import type { TrustedDocuments } from '../graphql/trusted-documents.ts';

/** The payload of a `subscribe` message. */
export interface SubscribePayload {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Record<string, unknown> | null | undefined;
  readonly extensions?: Record<string, unknown> | null | undefined;
}

interface Options {
  readonly schema: GraphQLSchema;
  readonly limits: DocumentLimits & { readonly maxQueryCost: number };
  /** Undefined: any subscription may run. */
  readonly trusted: TrustedDocuments | undefined;
}

/** A subscription that may start, or the errors that its client is told. */
type Accepted =
  | { readonly errors: readonly GraphQLError[] }
  | {
      readonly errors?: undefined;
      readonly document: DocumentNode;
      readonly operationName: string | undefined;
      readonly variableValues: Record<string, unknown>;
      readonly cost: number;
    };

/** One expected refusal, as the protocol's library takes it. */
export function refusal(error: RequestError): GraphQLError[] {
  return [new GraphQLError(error.message, { originalError: error })];
}

function check({ schema, limits, trusted }: Options, payload: SubscribePayload): Accepted {
  const source = trusted ? trusted.resolve(payload) : payload.query;
  const parsed = parseDocument(schema, source, limits);
  if (parsed.errors) return { errors: parsed.errors };
  const { document } = parsed;
  const operationName = payload.operationName ?? undefined;
  const operation = getOperationAST(document, operationName);
  if (!operation) throw new RequestError('OPERATION_RESOLUTION_FAILURE');
  if (operation.operation !== OperationTypeNode.SUBSCRIPTION) throw new RequestError('SUBSCRIPTIONS_ONLY');
  const variables = payload.variables ?? {};
  const cost = checkCost({ schema, document, operationName, variables }, limits.maxQueryCost);
  return { document, operationName, variableValues: variables, cost };
}

/** Parses and checks one operation as HTTP does, and takes subscriptions only. */
export function acceptSubscription(options: Options, payload: SubscribePayload): Accepted {
  try {
    return check(options, payload);
  } catch (error) {
    if (error instanceof RequestError) return { errors: refusal(error) };
    if (error instanceof GraphQLError) return { errors: [error] };
    throw error;
  }
}
