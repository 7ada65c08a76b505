import {
  getNamedType,
  getNullableType,
  getVariableValues,
  GraphQLError,
  isLeafType,
  isListType,
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
} from 'graphql';
import { type ComplexityEstimator, fieldExtensionsEstimator, getComplexity } from 'graphql-query-complexity';
import { RequestError } from '../errors/errors.ts';
import { type PageArgs, pageRequest } from '../graphql/page.ts';
import { pointsOfCount, priced, type PriceExtensions, type PriceSettings } from '../graphql/price.ts';
import { maxFields } from './extent.ts';
import { plainError, RefusedError } from './refused.ts';
import { textPoints } from './text-lengths.ts';

/** Points of one leaf field, and of one that is computed for its viewer. */
const leafPoints = 0.05;
const viewerLeafPoints = 0.2;

/** Points of introspection, whatever it selects: its result is finite. */
const introspectionPoints = new Map<unknown, number>([
  [SchemaMetaFieldDef, 2000],
  [TypeMetaFieldDef, 200],
]);

/** The size of a page; an invalid page is refused with its location in the document. */
function pageLimit(args: PageArgs, node: FieldNode): number {
  try {
    return pageRequest(args).limit;
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    throw new GraphQLError(error.message, { nodes: node, originalError: error });
  }
}

/** Bytes of text that cost one point. */
const bytesOfPoint = 20_000;

/** Points of a leaf, by the amount of data that it can hold. */
function leafPrice({ textBytes, viewerDependent }: PriceExtensions, settings: PriceSettings): number {
  if (textBytes !== undefined) return Math.ceil(priced(textBytes, settings) / bytesOfPoint);
  return viewerDependent ? viewerLeafPoints : leafPoints;
}

/** State of one calculation. */
interface Calculation {
  readonly settings: PriceSettings;
  /**
   * Number of the counts whose connection has not been calculated yet. Selections are calculated before the field that
   * they belong to, so a connection finds here what is counted for itself, and nothing else.
   */
  counts: number;
  /** Points of the texts in values of arguments, by value. */
  readonly texts: Map<object, number>;
}

/**
 * An operation costs one point for each object that it may return, and a fraction of one for each leaf: pages count by
 * their size, other lists by the most that they can hold, large texts by their length.
 */
const estimate: ComplexityEstimator = ({ type, field, node, args, childComplexity, context }) => {
  const introspection = introspectionPoints.get(field);
  if (introspection !== undefined) return introspection;
  const named = getNamedType(field.type);
  const extensions = field.extensions as PriceExtensions;
  const calculation = context as unknown as Calculation;
  const { settings } = calculation;
  if (extensions.isCounted === true) calculation.counts += 1;
  if (isLeafType(named)) return leafPrice(extensions, settings);
  // Checked here as well as in the resolver, so that an invalid page is refused before anything is executed.
  if (named.name.endsWith('Connection')) {
    const { counts } = calculation;
    calculation.counts = 0;
    const { page = 0, count = pointsOfCount } = extensions.listPrice?.(args) ?? {};
    return 1 + page + counts * count + pageLimit(args, node) * childComplexity;
  }
  const each = 1 + childComplexity;
  // The lists inside a connection were already multiplied with the connection.
  if (!isListType(getNullableType(field.type)) || type.name.endsWith('Connection')) return each;
  // Below an introspection field, which was priced as a whole.
  if (type.name.startsWith('__')) return each;
  const { listBound } = extensions;
  if (listBound === undefined) throw new Error(`${type.name}.${field.name} is a list without a bound`);
  return each * priced(listBound, settings);
};

const ownPrice = fieldExtensionsEstimator();

/** The price of a field with the texts that it is given, at each of its places: one variable may be used by many. */
const withTexts: ComplexityEstimator = (field) => {
  const { texts } = field.context as unknown as Calculation;
  return Number(ownPrice(field) ?? estimate(field)) + textPoints(field.args, texts);
};

export interface CostRequest {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** As the client sent them: a page size in a variable counts as one in the document does. */
  readonly variables: Record<string, unknown>;
  readonly settings: PriceSettings;
}

/** Most errors that are reported for one operation's variables. */
const maxVariableErrors = 5;

/**
 * Checks that the variables match their types.
 * @throws RefusedError BAD_USER_INPUT
 */
export function checkVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Record<string, unknown>,
): void {
  const { errors } = getVariableValues(schema, variableDefinitions, variables, {
    maxErrors: maxVariableErrors,
  });
  if (errors) throw new RefusedError(errors.map((error) => plainError(error, 'BAD_USER_INPUT')));
}

/**
 * The cost of an operation in points, computed before any of it is executed. The variables must match their types.
 * @throws RefusedError BAD_USER_INPUT for an invalid page; RequestError QUERY_TOO_COSTLY where the operation has too
 * many fields to be counted
 */
export function operationCost({ schema, document, operation, variables, settings }: CostRequest): number {
  const calculation: Calculation = { settings, counts: 0, texts: new Map() };
  const points = (): number =>
    getComplexity({
      schema,
      query: document,
      variables,
      ...(operation.name ? { operationName: operation.name.value } : {}),
      estimators: [withTexts],
      context: calculation,
      maxQueryNodes: maxFields,
    });
  try {
    // Counts of connections with a price of their own remain.
    return Math.ceil(points() + calculation.counts * pointsOfCount);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    if (error.message.startsWith('Query exceeds the maximum allowed number of nodes'))
      throw new RequestError('QUERY_TOO_COSTLY', 'The operation expands to more fields than can be counted.');
    throw new RefusedError([plainError(error, 'BAD_USER_INPUT')]);
  }
}
