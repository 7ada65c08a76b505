import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  buildSchema,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLOutputType,
  parse,
} from 'graphql';

/** Every kind of type, with and without null, in and out of lists. */
export const everyKind = buildSchema(`
  enum Colour { RED GREEN }
  interface Named { name: String, other: Named }
  union Either = Leaf | Branch
  type Leaf implements Named {
    name: String
    other: Named
    number(add: Int = 1, list: [Int!], within: Range): Int!
    colour: Colour
    either: Either
  }
  type Branch implements Named {
    name: String
    other: Named
    leaf: Leaf!
    leaves: [Leaf!]!
    some: [Leaf]
    deep: [[Leaf!]]!
    named: [Named!]
    either: Either!
    names: [String!]
    texts: [[String]!]
    is(it: Boolean!): Boolean!
  }
  input Range { from: Int! = 1, to: Int }
  type Query { branch: Branch, sure: Branch!, list: [Branch!]!, either: [Either], named: Named! }
  type Mutation { first: Branch, second(value: String = "x"): Branch!, third: [Leaf!], fourth: Int }
`);

/** Numbers that depend on the seed alone. */
export class Numbers {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  // Mulberry32: every state has its turn.
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  one<Value>(...values: readonly Value[]): Value {
    return values[this.below(values.length)] as Value;
  }

  /** @returns true once in `times` */
  is(times: number): boolean {
    return this.below(times) === 0;
  }
}

const hashOf = (text: string): number =>
  [...text].reduce((sum, letter) => Math.imul(sum, 31) + letter.charCodeAt(0), 7);

/** A document that is mostly valid: whatever it selects, two executors have to agree on it. */
export function documentOf(numbers: Numbers): DocumentNode {
  const fragments: string[] = [];
  let aliases = 0;
  const condition = (): string =>
    numbers.is(6)
      ? ` @${numbers.one('skip', 'include')}(if: ${numbers.one('true', 'false', '$yes', '$no', '$maybe')})`
      : '';
  const argumentsOf = (name: string): string => {
    if (name === 'number')
      return numbers.one(
        '',
        '(add: 2)',
        '(add: $number)',
        '(list: [1, $number])',
        '(within: {to: $number})',
        '(add: null)',
      );
    if (name === 'is') return numbers.one('(it: true)', '(it: $yes)', '(it: $maybe)', '');
    return name === 'second' ? numbers.one('', '(value: $text)', '(value: "y")') : '';
  };
  const selection = (typeName: string, depth: number): string => {
    const type = everyKind.getType(typeName);
    if (!type || (!isObjectType(type) && !isAbstractType(type))) return '';
    const parts = Array.from({ length: 1 + numbers.below(4) }, () => {
      if (numbers.is(5) && depth > 0)
        return `...${numbers.is(2) ? '' : ` on ${numbers.one('Leaf', 'Branch', 'Named')}`}${condition()} ${selection(typeName, depth - 1)}`;
      if (numbers.is(8) && depth > 0) {
        const name = `F${fragments.length}`;
        fragments.push('');
        fragments[Number(name.slice(1))] =
          `fragment ${name} on ${typeName} ${selection(typeName, depth - 1)}`;
        return `...${name}${condition()}`;
      }
      if (numbers.is(9)) return '__typename';
      // Not in a mutation, where graphql-js waits one step for it: resolvers beside an error then run before the next field.
      if (numbers.is(40) && type !== everyKind.getMutationType()) return 'unknown';
      const fields = 'getFields' in type ? Object.values(type.getFields()) : [];
      const field = fields[numbers.below(Math.max(1, fields.length))];
      if (!field) return '__typename';
      const named = getNamedType(field.type);
      const isComposite = isObjectType(named) || isAbstractType(named);
      if (isComposite && depth === 0) return '__typename';
      const alias = numbers.is(4)
        ? `${numbers.one('a', 'then', '__proto__', 'constructor')}${numbers.is(2) ? '' : (aliases += 1)}: `
        : '';
      return `${alias}${field.name}${argumentsOf(field.name)}${condition()}${isComposite ? ` ${selection(named.name, depth - 1)}` : ''}`;
    });
    return `{ ${parts.join(' ')} }`;
  };
  const [kind, root] = numbers.is(5) ? (['mutation', 'Mutation'] as const) : (['query', 'Query'] as const);
  const operation = `${kind} Named($yes: Boolean = true, $no: Boolean!, $maybe: Boolean, $number: Int, $text: String) ${selection(root, 4)}`;
  return parse([operation, ...fragments].join('\n'));
}

/** Values of the document's variables, some of them wrong. */
export const variablesOf = (numbers: Numbers): Record<string, unknown> => ({
  ...(numbers.is(3) ? {} : { yes: numbers.one(true, false) }),
  ...(numbers.is(20) ? {} : { no: numbers.one(true, false) }),
  ...(numbers.is(3) ? {} : { maybe: numbers.one(true, false, null) }),
  ...(numbers.is(3) ? {} : { number: numbers.one<unknown>(3, null, 4, 5, 'wrong') }),
  ...(numbers.is(3) ? {} : { text: numbers.one('one', null) }),
});

/** A promise that may be left alone when an error beside it has ended everything. */
function handled<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined);
  return promise;
}

/** Waits as many steps as it is told. */
async function stepsLater<Value>(steps: number, make: () => Value): Promise<Value> {
  for (let step = 0; step < steps; step += 1) await Promise.resolve();
  return make();
}

const after = <Value>(steps: number, make: () => Value): Promise<Value> => handled(stepsLater(steps, make));

/** One execution's resolvers, which do the same for the same seed and the same place in the answer. */
export function resolversOf(seed: number): {
  readonly resolve: GraphQLFieldResolver<unknown, unknown>;
  readonly calls: string[];
} {
  const calls: string[] = [];
  const wrong = (numbers: Numbers): unknown =>
    numbers.one<unknown>({}, 'text', 2 ** 40, Symbol.iterator, () => 1);
  const fail = (place: string, numbers: Numbers): never => {
    throw numbers.is(5)
      ? numbers.one<unknown>('no error', undefined, { message: 'none' })
      : new Error(`failed at ${place}`);
  };
  const valueOf = (type: GraphQLOutputType, place: string, numbers: Numbers): unknown => {
    const delayed = (make: () => unknown): unknown =>
      numbers.is(4) ? after(numbers.below(6), make) : make();
    if (numbers.is(25)) return delayed(() => fail(place, numbers));
    if (numbers.is(30)) return delayed(() => new Error(`returned at ${place}`));
    if (numbers.is(25)) return delayed(() => numbers.one(null, undefined));
    if (numbers.is(60)) return delayed(() => wrong(numbers));
    if (isNonNullType(type)) return valueOf(type.ofType as GraphQLOutputType, place, numbers);
    if (isListType(type)) {
      const items = Array.from({ length: numbers.below(4) }, (_, index) => {
        try {
          return valueOf(type.ofType, `${place}[${index}]`, numbers);
        } catch (error) {
          return handled(Promise.reject(error as Error));
        }
      });
      return delayed(() => (numbers.is(4) ? new Set(items) : items));
    }
    if (isObjectType(type)) return delayed(() => ({ __typename: type.name }));
    if (isAbstractType(type))
      return delayed(() => ({
        __typename: numbers.is(15)
          ? numbers.one<unknown>('Query', 'Unknown', 'Colour', 7, undefined)
          : numbers.one('Leaf', 'Branch'),
      }));
    return delayed(() =>
      isEnumType(type)
        ? numbers.one('RED', 'GREEN')
        : type.toString() === 'String'
          ? place
          : type.toString() === 'Boolean'
            ? numbers.is(2)
            : numbers.below(100),
    );
  };
  const resolve: GraphQLFieldResolver<unknown, unknown> = (_source, args, _context, info) => {
    const place = placeOf(info.path);
    calls.push(
      `${place} ${info.parentType.name}.${info.fieldName} ${JSON.stringify(args)} ${info.fieldNodes.length}`,
    );
    const numbers = new Numbers(seed ^ hashOf(place));
    return valueOf(info.returnType, place, numbers);
  };
  return { resolve, calls };
}

const placeOf = (path: { readonly prev: unknown; readonly key: string | number } | undefined): string =>
  path === undefined ? '' : `${placeOf(path.prev as never)}/${path.key}`;

type Executor = (args: ExecutionArgs) => ExecutionResult | PromiseLike<ExecutionResult>;

/** All that can be seen of an execution. */
export async function seenOf(
  execute: Executor,
  {
    seed,
    ...args
  }: {
    readonly schema: GraphQLSchema;
    readonly document: DocumentNode;
    readonly variableValues: Record<string, unknown>;
    readonly seed: number;
  },
): Promise<unknown> {
  const { resolve, calls } = resolversOf(seed);
  const started = execute({ ...args, fieldResolver: resolve, rootValue: {} });
  const isLate = 'then' in started;
  const { data, errors, ...rest } = await started;
  // Resolvers beside an error that ended everything still run.
  await nextTurn();
  const shownErrors = errors?.map((error) => ({
    ...error.toJSON(),
    nodes: error.nodes?.map((node) => node.loc?.start),
    cause: String(error.originalError),
  }));
  return { isLate, text: JSON.stringify(data), errors: shownErrors, rest, calls };
}
