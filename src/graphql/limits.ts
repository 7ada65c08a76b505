import {
  type ASTNode,
  type ASTVisitor,
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  parse,
  type SelectionSetNode,
  specifiedRules,
  validate,
  type GraphQLSchema,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';
import type { RequestErrorCode } from '../errors.ts';

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
  const errors = validate(schema, document, [...specifiedRules, limitRule(limits)], { maxErrors: 20 });
  return errors.length === 0
    ? { document }
    : { errors: errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED')) };
}

function withCode(error: GraphQLError, code: RequestErrorCode): GraphQLError {
  const { message, nodes, source, positions, extensions } = error;
  return new GraphQLError(message, { nodes, source, positions, extensions: { ...extensions, code } });
}
