import {
  defaultFieldResolver,
  execute,
  type ExecutionArgs,
  type ExecutionResult,
  getArgumentValues,
  GraphQLError,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isObjectType,
  locatedError,
  OperationTypeNode,
  responsePathAsArray,
} from 'graphql';
import {
  assertValidExecutionArguments,
  buildExecutionContext,
  buildResolveInfo,
  type ExecutionContext,
} from 'graphql/execution/execute.js';
import { inspect } from 'graphql/jsutils/inspect.js';
import { isIterableObject } from 'graphql/jsutils/isIterableObject.js';
import { addPath, type Path } from 'graphql/jsutils/Path.js';
import type { Counting, ResponseSize } from './counting.ts';
import type { FieldPlan, ObjectPlan, OperationPlan, Shape } from './execution-plan.ts';
import { ExecutionPlans } from './execution-plans.ts';

export type { Counting, FieldCounting, ResponseSize } from './counting.ts';

/*
 * Executes operations as graphql-js does, with the same results, errors, nulls, order of fields, and order of
 * resolvers: this is its algorithm (`graphql/execution/execute.js`), and whatever it exports is used. What depends on
 * the document alone (the fields of each object type, their types and resolvers) is found once, and kept
 * (`execution-plan.ts`); arguments are read once for each execution; and what only a resolver, a promise or an error
 * needs is made only for them.
 */

type Values = Record<string, unknown>;
type OptionalPath = Path | undefined;
/** Its sizes are given back to it alone. */
type AnyCounting = Counting<ResponseSize>;

/** One execution. */
class Run {
  readonly context: ExecutionContext;
  readonly value: unknown;
  readonly counting: AnyCounting | undefined;
  /** Counts the bytes of the response; undefined: they are not counted. */
  readonly size: ResponseSize | undefined;
  /** Undefined: the default of graphql-js. */
  readonly resolve: ExecutionContext['fieldResolver'] | undefined;
  readonly #arguments: (Values | undefined)[] = [];

  constructor(context: ExecutionContext, counting: AnyCounting | undefined) {
    this.context = context;
    this.value = context.contextValue;
    this.counting = counting;
    this.size = counting?.sizeOf(context.contextValue);
    this.resolve = context.fieldResolver === defaultFieldResolver ? undefined : context.fieldResolver;
  }

  /**
   * The arguments of a field, in an object of its own for each call; undefined: it takes none.
   * @throws GraphQLError
   */
  argumentsOf({ number, field, nodes }: FieldPlan): Values | undefined {
    if (field.args.length === 0) return undefined;
    return {
      ...(this.#arguments[number] ??= getArgumentValues(field, nodes[0], this.context.variableValues)),
    };
  }
}

/** What a resolver is told of the execution. */
const infoOf = ({ field, nodes, parentType }: FieldPlan, { context }: Run, path: Path): GraphQLResolveInfo =>
  buildResolveInfo(context, field, nodes, parentType, path);

const pathOf = ({ key, parentType }: FieldPlan, parent: OptionalPath): Path =>
  addPath(parent, key, parentType.name);

type Thenable = Promise<unknown>;

/** As graphql-js decides it. */
const isPromise = (value: unknown): value is Thenable =>
  ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
  typeof (value as { then?: unknown }).then === 'function';

/** Options of an executor. */
export interface PlanExecutorOptions<Size extends ResponseSize> {
  /** Counts the bytes of each response. Undefined: they are not counted. */
  readonly counting?: Counting<Size>;
  /** Most bytes that the kept plans of one schema take with their documents, by estimate; 32 MiB by default. */
  readonly maxBytes?: number;
}

/** Executes operations by plans, which it keeps for each schema. */
export class PlanExecutor<Size extends ResponseSize = ResponseSize> {
  readonly #counting: AnyCounting | undefined;
  readonly #maxBytes: number | undefined;
  readonly #plans = new WeakMap<GraphQLSchema, ExecutionPlans>();

  constructor({ counting, maxBytes }: PlanExecutorOptions<Size> = {}) {
    this.#counting = counting;
    this.#maxBytes = maxBytes;
  }

  /**
   * Executes an operation as graphql-js's `execute` does, or by it where there is no plan.
   * @returns the result, at once if nothing had to be waited for; a promise of it does not reject
   */
  readonly execute = (args: ExecutionArgs): ExecutionResult | Promise<ExecutionResult> => {
    const { schema, document, variableValues, rootValue } = args;
    assertValidExecutionArguments(schema, document, variableValues);
    const context = buildExecutionContext(args);
    if (!('schema' in context)) return { errors: context };
    const failed = (error: unknown): ExecutionResult => {
      context.collectedErrors.add(error as GraphQLError, undefined);
      return resultOf(context, null);
    };
    try {
      const plan = this.#planOf(document, context);
      if (!plan) return execute(args);
      const run = new Run(context, this.#counting);
      const data =
        context.operation.operation === OperationTypeNode.MUTATION
          ? executeSerially(run, plan.root, rootValue)
          : executeFields(run, plan.root, rootValue, undefined);
      return isPromise(data)
        ? data.then((done) => resultOf(context, done as Values), failed)
        : resultOf(context, data);
    } catch (error) {
      return failed(error);
    }
  };

  /** Bytes of a schema's plans and their documents, by estimate. */
  bytesOf(schema: GraphQLSchema): number {
    return this.#plans.get(schema)?.bytes ?? 0;
  }

  #planOf(document: ExecutionArgs['document'], context: ExecutionContext): OperationPlan | undefined {
    const { schema, operation } = context;
    const rootType = schema.getRootType(operation.operation);
    if (rootType == null)
      throw new GraphQLError(`Schema is not configured to execute ${operation.operation} operation.`, {
        nodes: operation,
      });
    let plans = this.#plans.get(schema);
    if (plans === undefined) {
      const counting = this.#counting;
      plans = new ExecutionPlans(this.#maxBytes, counting && ((field) => counting.countingOf(field)));
      this.#plans.set(schema, plans);
    }
    return plans.find(document, context, rootType);
  }
}

function resultOf({ collectedErrors: { errors } }: ExecutionContext, data: Values | null): ExecutionResult {
  return errors.length === 0 ? { data } : { errors, data };
}

const emptyValues = ({ namesPrototype }: ObjectPlan): Values =>
  namesPrototype ? (Object.create(null) as Values) : {};

/** The fields of a mutation, each after the one before it. */
function executeSerially(run: Run, plan: ObjectPlan, source: unknown): Values | Thenable {
  const values = emptyValues(plan);
  const set = (field: FieldPlan, value: unknown): Values => {
    values[field.key] = value;
    return values;
  };
  const executeOne = (field: FieldPlan): Values | Thenable => {
    const value = executeField(run, field, source, undefined);
    return isPromise(value) ? value.then((done) => set(field, done)) : set(field, value);
  };
  return plan.fields.reduce<Values | Thenable>(
    (before, field) => (isPromise(before) ? before.then(() => executeOne(field)) : executeOne(field)),
    values,
  );
}

/** The fields of an object, side by side. */
function executeFields(run: Run, plan: ObjectPlan, source: unknown, path: OptionalPath): Values | Thenable {
  const values = emptyValues(plan);
  const { fields } = plan;
  let waiting: FieldPlan[] | undefined;
  try {
    for (const field of fields) {
      const value = executeField(run, field, source, path);
      values[field.key] = value;
      if (isPromise(value)) (waiting ??= []).push(field);
    }
  } catch (error) {
    if (!waiting) throw error;
    // The others may fail as well, and must not be unhandled then.
    return settled(values, waiting).finally(() => {
      throw error;
    });
  }
  return waiting ? settled(values, waiting) : values;
}

/** Waits for the values of these fields. */
async function settled(values: Values, waiting: readonly FieldPlan[]): Promise<Values> {
  const done = await Promise.all(waiting.map(({ key }) => values[key]));
  waiting.forEach(({ key }, index) => (values[key] = done[index]));
  return values;
}

function executeField(run: Run, plan: FieldPlan, source: unknown, parent: OptionalPath): unknown {
  const { shape } = plan;
  // Nothing is below a leaf, so that the place of its error is only needed if there is one.
  const path = shape.kind === 'leaf' ? undefined : pathOf(plan, parent);
  try {
    const value = resolved(run, plan, source, parent, path);
    if (isPromise(value))
      return completedLater(run, plan, shape, parent, path ?? pathOf(plan, parent), value);
    const completed = complete(run, plan, shape, parent, path, value);
    return isPromise(completed)
      ? refusedLater(run, plan, shape, path ?? pathOf(plan, parent), completed)
      : completed;
  } catch (error) {
    return refused(run, plan, shape, path ?? pathOf(plan, parent), error);
  }
}

/*
 * What happens later is in functions of its own: where a function has a closure, its variables are allocated at each call,
 * also at the many that wait for nothing.
 */

/** As `complete` and `refused`, for a value that is not there yet. */
function completedLater(
  run: Run,
  plan: FieldPlan,
  shape: Shape,
  parent: OptionalPath,
  path: Path,
  value: Thenable,
): Thenable {
  const completed = value.then((done) => complete(run, plan, shape, parent, path, done));
  return refusedLater(run, plan, shape, path, completed);
}

/** As `refused`, for a value that is being completed. */
const refusedLater = (run: Run, plan: FieldPlan, shape: Shape, path: Path, completed: Thenable): Thenable =>
  completed.then(undefined, (error: unknown) => refused(run, plan, shape, path, error));

/** The value of a field as its resolver returns it, counted. */
function resolved(
  run: Run,
  plan: FieldPlan,
  source: unknown,
  parent: OptionalPath,
  path: OptionalPath,
): unknown {
  const given = run.argumentsOf(plan);
  const { counting } = run;
  const size = plan.weight === 0 ? undefined : run.size;
  if (!counting || !size) return called(run, plan, source, given, parent, path);
  if (size.exceeded) return size.never;
  size.add(plan.keyBytes);
  const value = called(run, plan, source, given, parent, path);
  if (!plan.isLeaf) return value;
  return isPromise(value)
    ? countedLater(value, counting, size, plan.weight)
    : counting.counted(value, size, plan.weight);
}

const countedLater = (value: Thenable, counting: AnyCounting, size: ResponseSize, weight: number): Thenable =>
  value.then((done) => counting.counted(done, size, weight));

function called(
  run: Run,
  plan: FieldPlan,
  source: unknown,
  given: Values | undefined,
  parent: OptionalPath,
  path: OptionalPath,
): unknown {
  const resolve = plan.resolve ?? run.resolve;
  if (resolve)
    return resolve(source, given ?? {}, run.value, infoOf(plan, run, path ?? pathOf(plan, parent)));
  // The resolver by default of graphql-js.
  if ((typeof source !== 'object' || source === null) && typeof source !== 'function') return undefined;
  const { name } = plan;
  const property = (source as Values)[name];
  if (typeof property !== 'function') return property;
  return (source as Record<string, (...all: unknown[]) => unknown>)[name]?.(
    given ?? {},
    run.value,
    infoOf(plan, run, path ?? pathOf(plan, parent)),
  );
}

/** The error of a field or of an item takes its place, or goes on to what it is in. */
function refused(run: Run, { nodes }: FieldPlan, shape: Shape, path: Path, error: unknown): null {
  const located = locatedError(error, nodes, responsePathAsArray(path));
  if (shape.isNonNull) throw located;
  run.context.collectedErrors.add(located, path);
  return null;
}

/**
 * Makes a field's value, or one item of it, what the response shows.
 * @param path undefined for a leaf
 * @throws any error, which has no place yet
 */
function complete(
  run: Run,
  plan: FieldPlan,
  shape: Shape,
  parent: OptionalPath,
  path: OptionalPath,
  value: unknown,
): unknown {
  if (value instanceof Error) throw value;
  const completed = value == null ? null : completeValue(run, plan, shape, parent, path, value);
  if (completed === null && shape.isNonNull)
    throw new Error(`Cannot return null for non-nullable field ${nameOf(plan)}.`);
  return completed;
}

function completeValue(
  run: Run,
  plan: FieldPlan,
  shape: Shape,
  parent: OptionalPath,
  path: OptionalPath,
  value: unknown,
): unknown {
  switch (shape.kind) {
    case 'leaf':
      return completeLeaf(shape.type, value);
    case 'object':
      return completeObject(run, plan, shape.type, parent, path, value);
    case 'list':
      return completeList(run, plan, shape.item, parent, path, value);
    case 'abstract':
      return completeAbstract(run, plan, shape, parent, path, value);
  }
}

const nameOf = ({ parentType, field }: FieldPlan): string => `${parentType.name}.${field.name}`;

function completeLeaf(type: GraphQLLeafType, value: unknown): unknown {
  const shown = type.serialize(value);
  if (shown == null)
    throw new Error(
      `Expected \`${inspect(type)}.serialize(${inspect(value)})\` to return non-nullable value, returned: ${inspect(shown)}`,
    );
  return shown;
}

function completeList(
  run: Run,
  plan: FieldPlan,
  item: Shape,
  parent: OptionalPath,
  path: OptionalPath,
  value: unknown,
): unknown {
  if (!isIterableObject(value))
    throw new GraphQLError(`Expected Iterable, but did not find one for field "${nameOf(plan)}".`);
  const items: unknown[] = [];
  let waits = false;
  try {
    for (const one of value) {
      const completed = completeItem(run, plan, item, parent, path, one, items.length);
      items.push(completed);
      if (isPromise(completed)) waits = true;
    }
  } catch (error) {
    // What is under way may fail as well, and must not be unhandled then.
    for (const one of items) if (isPromise(one)) one.then(undefined, () => undefined);
    throw error;
  }
  return waits ? Promise.all(items) : items;
}

function completeItem(
  run: Run,
  plan: FieldPlan,
  shape: Shape,
  parent: OptionalPath,
  list: OptionalPath,
  value: unknown,
  index: number,
): unknown {
  const path = shape.kind === 'leaf' ? undefined : addPath(list, index, undefined);
  try {
    if (isPromise(value))
      return completedLater(run, plan, shape, parent, path ?? addPath(list, index, undefined), value);
    const completed = complete(run, plan, shape, parent, path, value);
    return isPromise(completed)
      ? refusedLater(run, plan, shape, path ?? addPath(list, index, undefined), completed)
      : completed;
  } catch (error) {
    return refused(run, plan, shape, path ?? addPath(list, index, undefined), error);
  }
}

function completeObject(
  run: Run,
  plan: FieldPlan,
  type: GraphQLObjectType,
  parent: OptionalPath,
  path: OptionalPath,
  value: unknown,
): unknown {
  // In this order, because the selection may have an error of its own.
  const object = plan.objectOf(run.context, type);
  if (!type.isTypeOf) return executeFields(run, object, value, path);
  const isOfType = type.isTypeOf(value, run.value, infoOf(plan, run, pathOf(plan, parent)));
  return executeFieldsIf(isOfType, run, plan, object, type.name, path, value);
}

/** As `executeFields`, of a type that says whether the value is of it. */
function executeFieldsIf(
  isOfType: boolean | Promise<boolean>,
  run: Run,
  plan: FieldPlan,
  object: ObjectPlan,
  typeName: string,
  path: OptionalPath,
  value: unknown,
): Values | Thenable {
  const go = (answer: boolean): Values | Thenable => {
    if (!answer)
      throw new GraphQLError(`Expected value of type "${typeName}" but got: ${inspect(value)}.`, {
        nodes: plan.nodes,
      });
    return executeFields(run, object, value, path);
  };
  return isPromise(isOfType) ? isOfType.then((answer) => go(answer)) : go(isOfType);
}

function completeAbstract(
  run: Run,
  plan: FieldPlan,
  { type }: Extract<Shape, { kind: 'abstract' }>,
  parent: OptionalPath,
  path: OptionalPath,
  value: unknown,
): unknown {
  const resolve = type.resolveType ?? run.context.typeResolver;
  const info = infoOf(plan, run, pathOf(plan, parent));
  const named: unknown = resolve(value, run.value, info, type);
  const go = (name: unknown): unknown =>
    completeObject(run, plan, runtimeType(run, plan, type, name, value), parent, path, value);
  return isPromise(named) ? named.then(go) : go(named);
}

/** The object type of a value of an abstract type, with the errors of graphql-js. */
function runtimeType(
  { context: { schema } }: Run,
  plan: FieldPlan,
  abstract: Extract<Shape, { kind: 'abstract' }>['type'],
  name: unknown,
  value: unknown,
): GraphQLObjectType {
  const { nodes } = plan;
  const { name: wanted } = abstract;
  const field = nameOf(plan);
  if (name == null)
    throw new GraphQLError(
      `Abstract type "${wanted}" must resolve to an Object type at runtime for field "${field}". Either the "${wanted}" type should provide a "resolveType" function or each possible type should provide an "isTypeOf" function.`,
      { nodes },
    );
  if (isObjectType(name))
    throw new GraphQLError(
      'Support for returning GraphQLObjectType from resolveType was removed in graphql-js@16.0.0 please return type name instead.',
    );
  if (typeof name !== 'string')
    throw new GraphQLError(
      `Abstract type "${wanted}" must resolve to an Object type at runtime for field "${field}" with value ${inspect(value)}, received "${inspect(name)}".`,
    );
  const type = schema.getType(name);
  if (type == null)
    throw new GraphQLError(
      `Abstract type "${wanted}" was resolved to a type "${name}" that does not exist inside the schema.`,
      { nodes },
    );
  if (!isObjectType(type))
    throw new GraphQLError(`Abstract type "${wanted}" was resolved to a non-object type "${name}".`, {
      nodes,
    });
  if (!schema.isSubType(abstract, type))
    throw new GraphQLError(`Runtime Object type "${type.name}" is not a possible type for "${wanted}".`, {
      nodes,
    });
  return type;
}
