import {
  defaultFieldResolver,
  type FieldNode,
  getNamedType,
  type GraphQLAbstractType,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js';
import { type ExecutionContext, getFieldDef } from 'graphql/execution/execute.js';
import type { FieldCounting } from './counting.ts';

/** How a field is counted; undefined for one that is not. */
export type CountingOf = (field: GraphQLField<unknown, unknown>) => FieldCounting | undefined;

/** What an execution has to do for the values of one type. */
export type Shape =
  | { readonly kind: 'leaf'; readonly isNonNull: boolean; readonly type: GraphQLLeafType }
  | { readonly kind: 'list'; readonly isNonNull: boolean; readonly item: Shape }
  | { readonly kind: 'object'; readonly isNonNull: boolean; readonly type: GraphQLObjectType }
  | { readonly kind: 'abstract'; readonly isNonNull: boolean; readonly type: GraphQLAbstractType };

function shapeOf(type: GraphQLOutputType, isNonNull = false): Shape {
  if (isNonNullType(type)) return shapeOf(type.ofType as GraphQLOutputType, true);
  if (isListType(type)) return { kind: 'list', isNonNull, item: shapeOf(type.ofType) };
  if (isLeafType(type)) return { kind: 'leaf', isNonNull, type };
  if (isAbstractType(type)) return { kind: 'abstract', isNonNull, type };
  if (isObjectType(type)) return { kind: 'object', isNonNull, type };
  throw new Error(`${String(type)} is no type of a field`);
}

/** What does not change from one execution of an operation to the next, for one field of one object type. */
export class FieldPlan {
  /** Its place among all fields of the operation. */
  readonly number: number;
  /** The name in the response. */
  readonly key: string;
  /** The name in the schema. */
  readonly name: string;
  readonly nodes: readonly [FieldNode, ...FieldNode[]];
  readonly parentType: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
  readonly shape: Shape;
  /** Whether its value is a leaf, or a list of leaves. */
  readonly isLeaf: boolean;
  /** Undefined: the resolver by default. */
  readonly resolve: GraphQLFieldResolver<unknown, unknown> | undefined;
  /** By how much its bytes count in the size of the answer; 0: they are not counted. */
  readonly weight: number;
  /** The counted bytes beside the value. */
  readonly keyBytes: number;
  readonly #plan: OperationPlan;
  readonly #objects = new Map<GraphQLObjectType, ObjectPlan>();

  constructor(
    plan: OperationPlan,
    parentType: GraphQLObjectType,
    key: string,
    nodes: FieldPlan['nodes'],
    field: GraphQLField<unknown, unknown>,
  ) {
    this.#plan = plan;
    this.number = plan.fieldCount;
    plan.fieldCount += 1;
    this.key = key;
    this.name = field.name;
    this.nodes = nodes;
    this.parentType = parentType;
    this.field = field;
    this.shape = shapeOf(field.type);
    this.isLeaf = isLeafType(getNamedType(field.type));
    const counting = plan.countingOf?.(field);
    const resolve = counting ? counting.resolve : field.resolve;
    this.resolve = resolve === defaultFieldResolver ? undefined : (resolve ?? undefined);
    this.weight = counting?.weight ?? 0;
    this.keyBytes = counting?.bytesOfKey(key) ?? 0;
  }

  /** The fields that are selected of a value of this type. */
  objectOf(context: ExecutionContext, type: GraphQLObjectType): ObjectPlan {
    let object = this.#objects.get(type);
    if (object === undefined) {
      const { schema, fragments, variableValues } = context;
      const fields = collectSubfields(schema, fragments, variableValues, type, [...this.nodes]);
      object = new ObjectPlan(this.#plan, context, type, fields);
      this.#objects.set(type, object);
    }
    return object;
  }
}

/** The fields that are selected of one object type, in the order of the response. */
export class ObjectPlan {
  readonly type: GraphQLObjectType;
  readonly fields: readonly FieldPlan[];
  /** Whether a field has the name by which JavaScript sets a prototype. */
  readonly namesPrototype: boolean;

  constructor(
    plan: OperationPlan,
    { schema }: ExecutionContext,
    type: GraphQLObjectType,
    selected: ReadonlyMap<string, readonly FieldNode[]>,
  ) {
    this.type = type;
    const fields: FieldPlan[] = [];
    for (const [key, nodes] of selected) {
      const [first, ...others] = nodes;
      const field = first && getFieldDef(schema, type, first);
      // What the type does not have is left out, as in graphql-js.
      if (field) fields.push(new FieldPlan(plan, type, key, [first, ...others], field));
    }
    this.fields = fields;
    this.namesPrototype = selected.has('__proto__');
    plan.onGrown();
  }
}

/** What does not change from one execution of an operation to the next. Object types are added when they occur first. */
export class OperationPlan {
  /** Number of fields so far, those of different object types counted apart. */
  fieldCount = 0;
  readonly root: ObjectPlan;
  /** How a field is counted; undefined: none is. */
  readonly countingOf: CountingOf | undefined;
  /** Called when it has got further fields. */
  readonly onGrown: () => void;

  constructor(
    context: ExecutionContext,
    rootType: GraphQLObjectType,
    countingOf: CountingOf | undefined,
    onGrown: () => void,
  ) {
    this.countingOf = countingOf;
    this.onGrown = onGrown;
    const { schema, fragments, variableValues, operation } = context;
    const fields = collectFields(schema, fragments, variableValues, rootType, operation.selectionSet);
    this.root = new ObjectPlan(this, context, rootType, fields);
  }
}
