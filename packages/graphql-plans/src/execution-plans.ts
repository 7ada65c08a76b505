import { type DocumentNode, type GraphQLObjectType, Kind, visit } from 'graphql';
import type { ExecutionContext } from 'graphql/execution/execute.js';
import { type CountingOf, OperationPlan } from './execution-plan.ts';

/** Bytes of all kept plans with their documents. */
export const defaultMaxBytes = 32 * 1024 * 1024;

/** The part of them that the plans of one document may take. */
const documentPart = 1 / 16;

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

interface Kept {
  readonly plans: Map<string, OperationPlan>;
  bytes: number;
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
  /** The least recently used first. */
  readonly #kept = new Map<DocumentNode, Kept>();
  readonly #executed = new WeakSet<DocumentNode>();
  /** Documents whose plans are not kept. */
  readonly #tooLarge = new WeakSet<DocumentNode>();
  readonly #maxBytes: number;
  readonly #countingOf: CountingOf | undefined;
  #bytes = 0;

  constructor(maxBytes = defaultMaxBytes, countingOf?: CountingOf) {
    this.#maxBytes = maxBytes;
    this.#countingOf = countingOf;
  }

  /** Bytes of all of them. */
  get bytes(): number {
    return this.#bytes;
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
    const plans = this.#use(document)?.plans ?? new Map<string, OperationPlan>();
    const key = keyOf(document, context);
    const known = plans.get(key);
    if (known || plans.size >= maxPlans) return known;
    const plan = new OperationPlan(context, rootType, this.#countingOf, () => this.#weigh(document, plans));
    plans.set(key, plan);
    this.#weigh(document, plans);
    return plan;
  }

  #use(document: DocumentNode): Kept | undefined {
    const kept = this.#kept.get(document);
    if (!kept) return undefined;
    this.#kept.delete(document);
    this.#kept.set(document, kept);
    return kept;
  }

  /** A plan grows by the object types that occur in executions. */
  #weigh(document: DocumentNode, plans: Map<string, OperationPlan>): void {
    const present = this.#kept.get(document);
    if (this.#tooLarge.has(document) || (present && present.plans !== plans)) return;
    const bytes = bytesOf(document, plans);
    if (bytes > this.#maxBytes * documentPart) {
      this.#tooLarge.add(document);
      this.#forget(document);
      return;
    }
    if (present) this.#bytes -= present.bytes;
    this.#bytes += bytes;
    if (present) present.bytes = bytes;
    else this.#kept.set(document, { plans, bytes });
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#forget(oldest);
    }
  }

  #forget(document: DocumentNode): void {
    this.#bytes -= this.#kept.get(document)?.bytes ?? 0;
    this.#kept.delete(document);
  }
}
