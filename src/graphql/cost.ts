import {
  getNamedType,
  getNullableType,
  GraphQLError,
  isLeafType,
  isListType,
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
} from 'graphql';
import { type ComplexityEstimator, fieldExtensionsEstimator, getComplexity } from 'graphql-query-complexity';
import { RequestError, type RequestErrorCode } from '../errors.ts';
import { type PageArgs, pageRequest } from './page.ts';

/** What a list that is not a connection is taken to hold: tags, signatures, ancestors. */
const listSize = 5;

/** The size of a page; one that can't be had is refused with its place in the document. */
function pageLimit(args: PageArgs, node: FieldNode): number {
  try {
    return pageRequest(args).limit;
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    throw new GraphQLError(error.message, { nodes: node, originalError: error });
  }
}

/** An operation costs one point for each object that it may return: pages by their size, other lists by a guess. */
const estimateObjects: ComplexityEstimator = ({ type, field, node, args, childComplexity }) => {
  const named = getNamedType(field.type);
  if (isLeafType(named)) return 0;
  // Here, and not only in the field itself: a page that can't be had is refused before anything runs.
  if (named.name.endsWith('Connection')) return 1 + pageLimit(args, node) * childComplexity;
  // A connection's own lists were multiplied with the connection.
  const inPage = type.name.endsWith('Connection');
  return isListType(getNullableType(field.type)) && !inPage
    ? listSize * (1 + childComplexity)
    : 1 + childComplexity;
};

export interface CostRequest {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  /** As the client sent them: a page size in a variable counts as one in the document does. */
  readonly variables: Record<string, unknown>;
}

/**
 * The cost of an operation, estimated before anything of it runs.
 * @throws GraphQLError for variables that don't fit their types
 */
export function operationCost({ schema, document, operationName, variables }: CostRequest): number {
  return getComplexity({
    schema,
    query: document,
    variables,
    ...(operationName === undefined ? {} : { operationName }),
    estimators: [fieldExtensionsEstimator(), estimateObjects],
  });
}

/**
 * Refuses an operation that costs more than `maxCost`.
 * @throws RequestError QUERY_TOO_COSTLY
 * @throws GraphQLError BAD_USER_INPUT for variables that don't fit their types
 */
export function checkCost(request: CostRequest, maxCost: number): number {
  let cost: number;
  try {
    cost = operationCost(request);
  } catch (error) {
    // The library gives up on documents that expand to more than 10,000 fields.
    if (
      error instanceof GraphQLError &&
      error.message.startsWith('Query exceeds the maximum allowed number of nodes')
    ) {
      throw new RequestError('QUERY_TOO_COSTLY', 'The operation expands to more fields than can be counted.');
    }
    // Variables that don't fit their types. Without a code of its own it would count as a fault of ours.
    if (error instanceof GraphQLError && !(error.originalError instanceof RequestError)) {
      const code: RequestErrorCode = 'BAD_USER_INPUT';
      throw new GraphQLError(error.message, { nodes: error.nodes, extensions: { code } });
    }
    throw error;
  }
  if (cost > maxCost) {
    throw new RequestError(
      'QUERY_TOO_COSTLY',
      `The operation may cost ${cost} points of ${maxCost} allowed.`,
      {
        cost,
        maxCost,
      },
    );
  }
  return cost;
}
