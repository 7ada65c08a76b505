import {
  type ASTVisitor,
  type DocumentNode,
  GraphQLError,
  type GraphQLFormattedError,
  GraphQLIncludeDirective,
  type GraphQLSchema,
  GraphQLSkipDirective,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
  type ValidationContext,
} from 'graphql';
import { rootSelections } from '../graphql/root-fields.ts';
import { RequestError } from '../errors/errors.ts';
import {
  type Extent,
  extentOf,
  findFragmentCycle,
  maxFields,
  maxPairs,
  TooExtensiveError,
} from './extent.ts';
import { plainError, plainRequestError } from './refused.ts';

/** The bounds of one operation's document. */
export interface DocumentLimits {
  readonly maxQueryCharacters: number;
  readonly maxQueryTokens: number;
  readonly maxQueryDepth: number;
  readonly maxQueryAliases: number;
}

/** The result of parsing and validation: a valid document within all limits, or the errors that its sender receives. */
export type ReadDocument =
  | { readonly document: DocumentNode; readonly extent: Extent; readonly errors?: undefined }
  | {
      readonly document?: undefined;
      readonly extent?: undefined;
      readonly errors: readonly GraphQLFormattedError[];
    };

/** Most errors that are reported for one document. */
const maxErrors = 20;

const conditions: ReadonlySet<string> = new Set([GraphQLIncludeDirective.name, GraphQLSkipDirective.name]);

/**
 * The root field of a subscription must not be conditional (GraphQL of September 2025, 5.2.4.1). graphql-js throws at a
 * condition with a variable, instead of reporting it, so this rule runs before the others.
 */
function unconditionalRootRule(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(node) {
      if (node.operation !== OperationTypeNode.SUBSCRIPTION) return false;
      const nodes = rootSelections(context.getDocument(), node)
        .flatMap(({ directives = [] }) => directives)
        .filter(({ name }) => conditions.has(name.value));
      if (nodes.length > 0)
        context.reportError(
          new GraphQLError('The root field of a subscription can be neither skipped nor included.', {
            nodes,
          }),
        );
      return false;
    },
  };
}

/** @throws RequestError where a document is too large to be validated */
function checkExtent(document: DocumentNode, limits: DocumentLimits): Extent {
  const cycle = findFragmentCycle(document);
  if (cycle !== undefined)
    throw new RequestError('GRAPHQL_VALIDATION_FAILED', `Cannot spread fragment "${cycle}" within itself.`);
  const extent = extentOf(document);
  const { depth, aliases } = extent;
  if (depth > limits.maxQueryDepth)
    throw new RequestError(
      'QUERY_TOO_DEEP',
      `The operation nests ${depth} levels deep, ${limits.maxQueryDepth} are allowed.`,
    );
  if (aliases > limits.maxQueryAliases)
    throw new RequestError(
      'TOO_MANY_ALIASES',
      `The document has ${aliases} aliases, ${limits.maxQueryAliases} are allowed.`,
    );
  return extent;
}

/** Parses and validates one document within all limits; each step's work is bounded beforehand. */
export function readDocument(schema: GraphQLSchema, source: string, limits: DocumentLimits): ReadDocument {
  try {
    return read(schema, source, limits);
  } catch (error) {
    if (error instanceof RequestError) return { errors: [plainRequestError(error)] };
    if (error instanceof TooExtensiveError) {
      const message = `The document expands to more than ${maxFields} fields, or repeats fields and fragments in more than ${maxPairs} pairs.`;
      return { errors: [plainRequestError(new RequestError('QUERY_TOO_COSTLY', message))] };
    }
    // The parser and some validation rules are recursive, for example in lists of lists.
    if (error instanceof RangeError)
      return {
        errors: [
          plainRequestError(new RequestError('QUERY_TOO_DEEP', 'The document nests too deep to be read.')),
        ],
      };
    throw error;
  }
}

const hasSubscription = ({ definitions }: DocumentNode): boolean =>
  definitions.some(
    (definition) => 'operation' in definition && definition.operation === OperationTypeNode.SUBSCRIPTION,
  );

/** @throws RequestError GRAPHQL_PARSE_FAILED */
export function requireLength(source: string, { maxQueryCharacters }: DocumentLimits): void {
  if (source.length > maxQueryCharacters)
    throw new RequestError(
      'GRAPHQL_PARSE_FAILED',
      `The document has ${source.length} characters, ${maxQueryCharacters} are allowed.`,
    );
}

function read(schema: GraphQLSchema, source: string, limits: DocumentLimits): ReadDocument {
  requireLength(source, limits);
  let document: DocumentNode;
  try {
    document = parse(source, { maxTokens: limits.maxQueryTokens });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return { errors: [plainError(error, 'GRAPHQL_PARSE_FAILED')] };
  }
  const extent = checkExtent(document, limits);
  const conditional = hasSubscription(document) ? validate(schema, document, [unconditionalRootRule]) : [];
  const errors =
    conditional.length > 0 ? conditional : validate(schema, document, specifiedRules, { maxErrors });
  return errors.length === 0
    ? { document, extent }
    : { errors: errors.map((error) => plainError(error, 'GRAPHQL_VALIDATION_FAILED')) };
}
