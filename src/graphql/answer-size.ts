import {
  defaultFieldResolver,
  getNamedType,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isIntrospectionType,
  isLeafType,
  isObjectType,
} from 'graphql';
import type { RowCounter } from '../db/counted-query.ts';
import { RequestError } from '../errors/errors.ts';

/** Bytes of a field beside its name and value: quotation marks, colon, comma. */
const fieldOverhead = 4;

/** About as many bytes as a number, a boolean or a date takes. */
const smallValue = 8;

/** Memory and time of the node, as far as one answer has a part in them. */
export interface AnswerShare {
  /**
   * Takes memory into account.
   * @param spare bytes that must be free besides
   * @returns gives it back; undefined where there is no room for so much
   */
  hold(bytes: number, spare?: number): (() => void) | undefined;
  /** Waits until the answer may take time of the processor; undefined: it need not wait. */
  turn(): Promise<void> | undefined;
  /** As `turn`, for a large text. */
  turnForText(bytes: number): Promise<void> | undefined;
}

/** For answers that are bounded by other means. */
const unshared: AnswerShare = {
  hold: () => () => undefined,
  turn: () => undefined,
  turnForText: () => undefined,
};

/** A text of so many characters is a large one. */
const largeText = 1024;

/** What is read for an answer may be twice as large as the answer, since a row has its text in several forms, and at least so large. */
const leastReadBytes = 16 * 1024 * 1024;

/** Every operation is taken into account with so much, and what is read for it beyond that in such steps. */
const ownBytes = 64 * 1024;
const holdStep = 512 * 1024;

/** Counts the bytes of one answer, and of what is read for it, while the answer is made. */
export class AnswerSize implements RowCounter {
  readonly #max: number;
  readonly #maxRead: number;
  readonly #share: AnswerShare;
  /** The value of each field that is asked for once the answer is too large: the execution never ends, and is left behind. */
  readonly never = new Promise<never>(() => undefined);
  #bytes = 0;
  #read = 0;
  #held = ownBytes;
  #inAnyCase = false;
  /** Many rows were read since the last turn. */
  #isHeavy = false;
  #releases: (() => void)[] = [];
  #exceeded: RequestError | undefined;
  #listener: ((error: RequestError) => void) | undefined;

  constructor(maxBytes: number, share = unshared) {
    this.#max = maxBytes;
    this.#maxRead = Math.max(2 * maxBytes, leastReadBytes);
    this.#share = share;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes that the answer may still take. */
  get left(): number {
    return this.#max - this.#bytes;
  }

  /** The refusal of an answer that is too large; undefined while the answer is within its bounds. */
  get exceeded(): RequestError | undefined {
    return this.#exceeded;
  }

  /** Calls the listener once the answer is too large. */
  onExceeded(listener: (error: RequestError) => void): void {
    this.#listener = listener;
    if (this.#exceeded) listener(this.#exceeded);
  }

  /** The operation changes something: where it has begun, its answer is not refused for want of room. */
  holdInAnyCase(): void {
    this.#inAnyCase = true;
  }

  /** Before anything is read: refuses an operation where no room is left for an answer as large as this one may become. */
  begin(): void {
    this.#take(ownBytes, this.#max);
  }

  /** Counts a part of the answer. */
  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#max) this.#tooLarge('answer takes', this.#max);
  }

  /** Counts a row that was read, of which the answer may show a part or nothing. */
  countRow(bytes: number): void {
    this.#read += bytes;
    if (this.#read > this.#maxRead) this.#tooLarge('operation reads', this.#maxRead);
    const more = this.#read - this.#held;
    if (more < holdStep || this.#exceeded) return;
    this.#held += more;
    this.#take(more);
    this.#isHeavy = true;
  }

  /** To go on with many rows takes a turn. */
  afterRows(): Promise<void> | undefined {
    if (!this.#isHeavy || this.#exceeded) return undefined;
    this.#isHeavy = false;
    return this.#share.turn();
  }

  /** To measure a text, or to write what was made, takes a turn where it is large. */
  forText(bytes: number): Promise<void> | undefined {
    return bytes < largeText ? undefined : this.#share.turnForText(bytes);
  }

  /**
   * Gives back the memory that was taken into account: the answer is made, or given up. Where an error has ended it early, its
   * other fields are still being read: no statement of theirs is sent any more, and no row kept.
   */
  release(): void {
    this.#listener = undefined;
    this.#exceeded ??= new RequestError('UNAVAILABLE', 'The operation is over.');
    for (const release of this.#releases.splice(0)) release();
  }

  #take(bytes: number, spare?: number): void {
    const release = this.#share.hold(bytes, spare);
    if (release) this.#releases.push(release);
    else if (spare !== undefined || !this.#inAnyCase)
      this.#refuse(new RequestError('RATE_LIMITED', noRoom, { retryAfterSeconds: 1 }));
  }

  #tooLarge(what: string, maxBytes: number): void {
    this.#refuse(
      new RequestError('QUERY_TOO_COSTLY', `The ${what} more than ${maxBytes} bytes.`, { maxBytes }),
    );
  }

  #refuse(error: RequestError): void {
    if (this.#exceeded) return;
    this.#exceeded = error;
    this.#listener?.(error);
  }
}

const noRoom = 'Answers to this address, or to all, take too much memory: read them, then ask again.';

/** Bytes of a value as JSON, escapes counted. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(JSON.stringify(value));
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + sizeOf(item) + 1, 2);
  return smallValue;
}

type Resolver = GraphQLFieldResolver<unknown, { readonly answer?: AnswerSize } | undefined>;

/** The schema's description is made in one go: its part of an answer counts for more, so that this takes no longer than anything else. */
const introspectionWeight = 4;

function counted(resolve: Resolver, isLeaf: boolean, weight: number): Resolver {
  return (source, args, context, info) => {
    const size = context?.answer;
    // The types of introspection belong to every schema of the process.
    if (!size) return resolve(source, args, context, info);
    if (size.exceeded) return size.never;
    size.add(weight * (info.path.key.toString().length + fieldOverhead));
    const value: unknown = resolve(source, args, context, info);
    if (!isLeaf) return value;
    return value instanceof Promise
      ? value.then((settled: unknown) => countedValue(settled, size, weight))
      : countedValue(value, size, weight);
  };
}

function countedValue(value: unknown, size: AnswerSize, weight: number): unknown {
  const turn = typeof value === 'string' ? size.forText(value.length) : undefined;
  return turn ? turn.then(() => measuredValue(value, size, weight)) : measuredValue(value, size, weight);
}

function measuredValue(value: unknown, size: AnswerSize, weight: number): unknown {
  // Loaded together with what was too much: it is not even measured.
  if (size.exceeded) return size.never;
  size.add(weight * (typeof value === 'string' && value.length > size.left ? value.length : sizeOf(value)));
  return size.exceeded ? size.never : value;
}

/** Fields that count already. */
const counting = new WeakSet<GraphQLField<unknown, unknown>>();

/** Makes each field of a schema count its part of the answer, and stop the execution where the answer is too large. */
export function countAnswers(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    const weight = isIntrospectionType(type) ? introspectionWeight : 1;
    for (const field of Object.values(type.getFields())) {
      if (counting.has(field)) continue;
      counting.add(field);
      const resolve = (field.resolve ?? defaultFieldResolver) as Resolver;
      field.resolve = counted(resolve, isLeafType(getNamedType(field.type)), weight) as GraphQLFieldResolver<
        unknown,
        unknown
      >;
    }
  }
}
