import {
  type ASTNode,
  type ASTVisitor,
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  OperationTypeNode,
  parse,
  type SelectionSetNode,
  specifiedRules,
  validate,
  type GraphQLSchema,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';
import type { RequestErrorCode } from '../errors.ts';
import { rootSelections } from './root-fields.ts';

/** The bounds of one operation's document. */
export interface DocumentLimits {
  readonly maxQueryTokens: number;
  readonly maxQueryDepth: number;
  readonly maxQueryAliases: number;
}

/** Apollo gives every validation error its own code, so the sharper one travels beside it until it is presented. */
function limitError(code: RequestErrorCode, message: string, node: ASTNode | undefined) {
  return new GraphQLError(message, { nodes: node, extensions: { limitCode: code } });
}

/**
 * How many levels of fields a document's selections have. Each fragment is measured once, so the work is linear
 * however often and however deeply fragments are spread.
 */
class DepthGauge {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #measured = new Map<string, number>();

  constructor(document: DocumentNode) {
    this.#fragments = new Map(
      document.definitions
        .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
        .map((fragment) => [fragment.name.value, fragment]),
    );
  }

  depthOf(set: SelectionSetNode | undefined): number {
    let depth = 0;
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FIELD) {
        // The schema itself nests deep, is finite, and costs no statement.
        if (!selection.name.value.startsWith('__'))
          depth = Math.max(depth, 1 + this.depthOf(selection.selectionSet));
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        depth = Math.max(depth, this.depthOf(selection.selectionSet));
      } else {
        depth = Math.max(depth, this.#fragmentDepth(selection.name.value));
      }
    }
    return depth;
  }

  #fragmentDepth(name: string): number {
    const known = this.#measured.get(name);
    if (known !== undefined) return known;
    // A cycle ends here; the standard rules refuse it by name.
    this.#measured.set(name, 0);
    const depth = this.depthOf(this.#fragments.get(name)?.selectionSet);
    this.#measured.set(name, depth);
    return depth;
  }
}

const conditions: ReadonlySet<string> = new Set([GraphQLIncludeDirective.name, GraphQLSkipDirective.name]);

/** A subscription has one root field whatever its variables are (GraphQL of September 2025, 5.2.4.1). */
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

/** What GraphQL's own rule for a subscription's root field throws at, where a condition is a variable, instead of reporting it. */
function conditionalRoots(schema: GraphQLSchema, document: DocumentNode): readonly GraphQLError[] {
  return validate(schema, document, [unconditionalRootRule]);
}

/** The same of a document that has yet to be parsed; none also where it can't be. */
export function conditionalRootOf(
  schema: GraphQLSchema,
  source: string,
  limits: DocumentLimits,
): GraphQLError | undefined {
  if (!/@\s*(skip|include)\b/.test(source) || !source.includes('subscription')) return undefined;
  try {
    const [error] = conditionalRoots(schema, parse(source, { maxTokens: limits.maxQueryTokens }));
    return error && withCode(error, 'GRAPHQL_VALIDATION_FAILED');
  } catch (error) {
    if (error instanceof GraphQLError) return undefined;
    throw error;
  }
}

/** The validation rule for depth and aliases. */
export function limitRule(limits: DocumentLimits): ValidationRule {
  return (context: ValidationContext): ASTVisitor => {
    const gauge = new DepthGauge(context.getDocument());
    let aliases = 0;
    return {
      Field(node) {
        if (node.alias) aliases += 1;
      },
      OperationDefinition(node) {
        const depth = gauge.depthOf(node.selectionSet);
        if (depth > limits.maxQueryDepth) {
          const message = `The operation nests ${depth} levels deep, ${limits.maxQueryDepth} are allowed.`;
          context.reportError(limitError('QUERY_TOO_DEEP', message, node));
        }
      },
      Document: {
        leave(node) {
          if (aliases <= limits.maxQueryAliases) return;
          const message = `The document has ${aliases} aliases, ${limits.maxQueryAliases} are allowed.`;
          context.reportError(limitError('TOO_MANY_ALIASES', message, node.definitions[0]));
        },
      },
    };
  };
}

export type Parsed =
  | { readonly document: DocumentNode; readonly errors?: undefined }
  | { readonly document?: undefined; readonly errors: readonly GraphQLError[] };

/**
 * Parses and validates one document with all limits, as Apollo does for HTTP from the same rules; the WebSocket and
 * every other transport use this.
 */
export function parseDocument(schema: GraphQLSchema, source: string, limits: DocumentLimits): Parsed {
  let document: DocumentNode;
  try {
    document = parse(source, { maxTokens: limits.maxQueryTokens });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return { errors: [withCode(error, 'GRAPHQL_PARSE_FAILED')] };
  }
  const conditional = conditionalRoots(schema, document);
  const rules = [...specifiedRules, limitRule(limits)];
  const errors = conditional.length > 0 ? conditional : validate(schema, document, rules, { maxErrors: 20 });
  return errors.length === 0
    ? { document }
    : { errors: errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED')) };
}

function withCode(error: GraphQLError, code: RequestErrorCode): GraphQLError {
  const { message, nodes, source, positions, extensions } = error;
  return new GraphQLError(message, { nodes, source, positions, extensions: { ...extensions, code } });
}
