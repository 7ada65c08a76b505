import { type DocumentNode, type GraphQLObjectType, type GraphQLSchema, Kind, visit } from 'graphql';
import type { ExecutionContext } from 'graphql/execution/execute.js';
import { LRUCache } from 'lru-cache';
import { OperationPlan } from './execution-plan.ts';

/** Bytes of all kept plans with their documents, and the part of them that those of one document may take. */
export const maxBytes = 32 * 1024 * 1024;
const maxDocumentBytes = maxBytes / 16;

/** About the bytes of a field of a plan, and of a character of a document, which is in memory as a syntax tree. */
export const [fieldBytes, characterBytes] = [600, 100];

/** Most plans of one document: it may have several operations, and conditions. */
export const maxPlans = 4;

/** By document, because documents are kept after their first request. */
const conditions = new WeakMap<DocumentNode, readonly string[]>();

/** The variables that decide which fields are selected, by any operation of the document: those of `@skip` and `@include`. */
function conditionsOf(document: DocumentNode): readonly string[] {
  let names = conditions.get(document);
  if (names === undefined) {
    const found = new Set<string>();
    visit(document, {
      Directive: ({ name, arguments: given = [] }) => {
        if (name.value !== 'skip' && name.value !== 'include') return;
        for (const { value } of given) if (value.kind === Kind.VARIABLE) found.add(value.name.value);
      },
    });
    conditions.set(document, (names = [...found]));
  }
  return names;
}

/** One letter for each value, whatever it is: a variable of another operation may have the same name and any type. */
function letterOf(variables: Readonly<Record<string, unknown>>, name: string): string {
  if (!Object.hasOwn(variables, name)) return '-';
  const value = variables[name];
  if (value === true) return 't';
  if (value === false) return 'f';
  return value === null ? 'n' : 'o';
}

const keyOf = (document: DocumentNode, { operation, variableValues }: ExecutionContext): string =>
  `${conditionsOf(document)
    .map((name) => letterOf(variableValues, name))
    .join('')} ${operation.name?.value ?? ''}`;

type Plans = ReadonlyMap<string, OperationPlan>;

/** A new object for each weight, which the store takes for another value. */
interface Kept {
  readonly plans: Map<string, OperationPlan>;
}

function bytesOf(document: DocumentNode, plans: Plans): number {
  let fields = 0;
  for (const { fieldCount } of plans.values()) fields += fieldCount;
  return fieldBytes * (1 + fields) + characterBytes * (document.loc?.source.body.length ?? 0);
}

/**
 * The plans of a schema's operations, by document and the values of the variables that decide on fields. A document gets
 * one with its second execution: most of those that are executed once, with their values written into the text, are
 * never sent again.
 */
export class ExecutionPlans {
  readonly #kept = new LRUCache<DocumentNode, Kept>({
    maxSize: maxBytes,
    sizeCalculation: ({ plans }, document) => bytesOf(document, plans),
  });
  readonly #executed = new WeakSet<DocumentNode>();
  /** Documents whose plans are not kept. */
  readonly #tooLarge = new WeakSet<DocumentNode>();

  /** Bytes of all of them. */
  get bytes(): number {
    return this.#kept.calculatedSize;
  }

  /**
   * @returns undefined: the operation is executed without a plan
   * @throws GraphQLError where a condition has no value
   */
  find(
    document: DocumentNode,
    context: ExecutionContext,
    rootType: GraphQLObjectType,
  ): OperationPlan | undefined {
    if (this.#tooLarge.has(document)) return undefined;
    if (!this.#executed.has(document)) {
      this.#executed.add(document);
      return undefined;
    }
    const plans = this.#kept.get(document)?.plans ?? new Map<string, OperationPlan>();
    const key = keyOf(document, context);
    const known = plans.get(key);
    if (known || plans.size >= maxPlans) return known;
    const plan = new OperationPlan(context, rootType, () => this.#weigh(document, plans));
    plans.set(key, plan);
    this.#weigh(document, plans);
    return plan;
  }

  /** A plan grows by the object types that occur in executions. */
  #weigh(document: DocumentNode, plans: Map<string, OperationPlan>): void {
    const present = this.#kept.peek(document);
    if (present && present.plans !== plans) return;
    if (bytesOf(document, plans) > maxDocumentBytes) {
      this.#tooLarge.add(document);
      this.#kept.delete(document);
    } else if (!this.#tooLarge.has(document)) this.#kept.set(document, { plans });
  }
}

const bySchema = new WeakMap<GraphQLSchema, ExecutionPlans>();

export function plansOf(schema: GraphQLSchema): ExecutionPlans {
  let plans = bySchema.get(schema);
  if (plans === undefined) bySchema.set(schema, (plans = new ExecutionPlans()));
  return plans;
}
