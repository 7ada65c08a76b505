import { type DocumentNode, type GraphQLObjectType, type GraphQLSchema, Kind, visit } from 'graphql';
import type { ExecutionContext } from 'graphql/execution/execute.js';
import { LRUCache } from 'lru-cache';
import { documentNumber } from './document-number.ts';
import { OperationPlan } from './execution-plan.ts';

/** Number of fields in all kept plans, each of some 500 bytes, and the part of them that one operation may have. */
export const maxFields = 40_000;
const maxPlanFields = maxFields / 8;

/** Longest key of a kept plan, in characters. */
const maxKey = 1024;

/** By document, because documents are kept after their first request. */
const conditions = new WeakMap<DocumentNode, readonly string[]>();

/** The variables that decide which fields are selected: those of `@skip` and `@include`. */
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

function keyOf(document: DocumentNode, { operation, variableValues }: ExecutionContext): string {
  const values = conditionsOf(document).map((name) =>
    Object.hasOwn(variableValues, name) ? String(variableValues[name]) : '',
  );
  return [documentNumber(document), operation.name?.value ?? '', ...values].join(' ');
}

interface Kept {
  readonly plan: OperationPlan;
  /** The number of its fields when it was last stored. */
  readonly fieldCount: number;
}

/** The plans of a schema's operations, by document and the values of the variables that decide on fields. */
export class ExecutionPlans {
  readonly #kept = new LRUCache<string, Kept>({
    maxSize: maxFields,
    maxEntrySize: maxPlanFields,
    sizeCalculation: ({ fieldCount }) => Math.max(1, fieldCount),
  });

  /** Number of fields in all of them. */
  get fields(): number {
    return this.#kept.calculatedSize;
  }

  /** @throws GraphQLError where a condition has no value */
  find(document: DocumentNode, context: ExecutionContext, rootType: GraphQLObjectType): OperationPlan {
    const key = keyOf(document, context);
    if (key.length > maxKey) return new OperationPlan(context, rootType);
    const kept = this.#kept.get(key);
    const plan = kept?.plan ?? new OperationPlan(context, rootType);
    // It has grown by the types that occurred in executions since.
    if (kept?.fieldCount !== plan.fieldCount) this.#kept.set(key, { plan, fieldCount: plan.fieldCount });
    return plan;
  }
}

const bySchema = new WeakMap<GraphQLSchema, ExecutionPlans>();

export function plansOf(schema: GraphQLSchema): ExecutionPlans {
  let plans = bySchema.get(schema);
  if (plans === undefined) bySchema.set(schema, (plans = new ExecutionPlans()));
  return plans;
}
