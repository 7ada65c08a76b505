import {
  type Counting,
  type FieldCounting,
  PlanExecutor,
  type ResponseSize,
} from '@standfirst/graphql-plans';
import {
  defaultFieldResolver,
  type ExecutionArgs,
  type ExecutionResult,
  getNamedType,
  type GraphQLField,
  GraphQLError,
  type GraphQLSchema,
  isLeafType,
  isObjectType,
} from 'graphql';

/** The size of one response. */
export class Size implements ResponseSize {
  bytes = 0;
  exceeded: GraphQLError | undefined;
  readonly never = new Promise<never>(() => undefined);
  readonly #maxBytes: number;
  readonly #refuse: (error: GraphQLError) => void;

  constructor(maxBytes: number, refuse: (error: GraphQLError) => void) {
    this.#maxBytes = maxBytes;
    this.#refuse = refuse;
  }

  add(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes <= this.#maxBytes || this.exceeded) return;
    this.exceeded = new GraphQLError(`The response takes more than ${this.#maxBytes} bytes.`);
    this.#refuse(this.exceeded);
  }
}

interface Context {
  readonly size: Size;
}

const fieldCountings = new WeakMap<GraphQLField<unknown, unknown>, FieldCounting>();

const counting: Counting<Size> = {
  countingOf: (field) => fieldCountings.get(field),
  sizeOf: (context) => (context as Context).size,
  counted(value, size, weight) {
    size.add(weight * Buffer.byteLength(JSON.stringify(value) ?? 'null'));
    return size.exceeded ? size.never : value;
  },
};

/** Makes a field count where graphql-js executes it; a plan takes the resolver inside. */
function countField(field: GraphQLField<unknown, unknown>): void {
  const { resolve = defaultFieldResolver } = field;
  const bytesOfKey = (key: string) => key.length + 4;
  const isLeaf = isLeafType(getNamedType(field.type));
  fieldCountings.set(field, { resolve, weight: 1, bytesOfKey });
  field.resolve = (source, args, context, info) => {
    const { size } = context as Context;
    if (size.exceeded) return size.never;
    size.add(bytesOfKey(String(info.path.key)));
    const value: unknown = resolve(source, args, context, info);
    if (!isLeaf) return value;
    return value instanceof Promise
      ? value.then((settled) => counting.counted(settled, size, 1))
      : counting.counted(value, size, 1);
  };
}

/** Makes every field of a schema count. */
export function countFields(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap()))
    if (isObjectType(type) && !type.name.startsWith('__'))
      Object.values(type.getFields()).forEach(countField);
}

const executor = new PlanExecutor({ counting });

/** Executes an operation; a response that is larger than `maxBytes` is refused while it is made. */
export const executeWithin = (maxBytes: number, args: ExecutionArgs): Promise<ExecutionResult> =>
  new Promise((resolve) => {
    const size = new Size(maxBytes, (error) => resolve({ errors: [error] }));
    void Promise.resolve(executor.execute({ ...args, contextValue: { size } })).then(resolve);
  });
