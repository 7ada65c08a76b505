import {
  defaultFieldResolver,
  getNamedType,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isLeafType,
  isObjectType,
} from 'graphql';
import { RequestError } from '../errors.ts';

/** Bytes of a field beside its name and value: quotation marks, colon, comma. */
const fieldOverhead = 4;

/** About as many bytes as a number, a boolean or a date takes. */
const smallValue = 8;

/** Counts the bytes of one answer while the answer is made. */
export class AnswerSize {
  readonly #max: number;
  /** The value of each field that is asked for once the answer is too large: the execution never ends, and is left behind. */
  readonly never = new Promise<never>(() => undefined);
  #bytes = 0;
  #exceeded: RequestError | undefined;
  #listener: ((error: RequestError) => void) | undefined;

  constructor(maxBytes: number) {
    this.#max = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The refusal of an answer that is too large; undefined while the answer is within its bound. */
  get exceeded(): RequestError | undefined {
    return this.#exceeded;
  }

  /** Calls the listener once the answer is too large. */
  onExceeded(listener: (error: RequestError) => void): void {
    this.#listener = listener;
    if (this.#exceeded) listener(this.#exceeded);
  }

  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes <= this.#max || this.#exceeded) return;
    this.#exceeded = new RequestError('QUERY_TOO_COSTLY', `The answer takes more than ${this.#max} bytes.`, {
      maxBytes: this.#max,
    });
    this.#listener?.(this.#exceeded);
  }
}

/** Bytes of a value as JSON, escapes counted. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(JSON.stringify(value));
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + sizeOf(item) + 1, 2);
  return smallValue;
}

type Resolver = GraphQLFieldResolver<unknown, { readonly answer: AnswerSize }>;

function counted(resolve: Resolver, isLeaf: boolean): Resolver {
  return (source, args, context, info) => {
    const size = context.answer;
    if (size.exceeded) return size.never;
    size.add(info.path.key.toString().length + fieldOverhead);
    const value: unknown = resolve(source, args, context, info);
    if (!isLeaf) return value;
    return value instanceof Promise
      ? value.then((settled: unknown) => countedValue(settled, size))
      : countedValue(value, size);
  };
}

function countedValue(value: unknown, size: AnswerSize): unknown {
  size.add(sizeOf(value));
  return size.exceeded ? size.never : value;
}

/** Makes each field of a schema count its part of the answer, and stop the execution where the answer is too large. */
export function countAnswers(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const resolve = (field.resolve ?? defaultFieldResolver) as Resolver;
      field.resolve = counted(resolve, isLeafType(getNamedType(field.type))) as GraphQLFieldResolver<
        unknown,
        unknown
      >;
    }
  }
}
