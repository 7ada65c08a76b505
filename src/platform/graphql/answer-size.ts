import type { FieldCounting } from '@standfirst/graphql-plans';
import {
  defaultFieldResolver,
  getNamedType,
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

/** Approximate bytes of a number, a boolean or a date. */
const smallValue = 8;

/** One response's share of the node's memory and time. */
export interface AnswerShare {
  /**
   * Accounts for memory.
   * @param spare bytes that must be free besides
   * @returns a function that releases the memory; undefined if there is no room
   */
  hold(bytes: number, spare?: number): (() => void) | undefined;
  /** Waits until the response may take CPU time; undefined: it need not wait. */
  turn(): Promise<void> | undefined;
  /** As `turn`, for a large text. */
  turnForText(bytes: number): Promise<void> | undefined;
}

/** For responses that are limited by other means. */
const unshared: AnswerShare = {
  hold: () => () => undefined,
  turn: () => undefined,
  turnForText: () => undefined,
};

/** The size in bytes from which a text counts as large. */
const largeText = 1024;

/**
 * Bytes that may be read for any response. Beyond that the limit is twice the response's, since a row has its text in
 * several forms.
 */
const leastReadBytes = 16 * 1024 * 1024;

/** Bytes that every operation accounts for at its beginning, and steps in which rows beyond that are accounted for. */
const ownBytes = 64 * 1024;
const holdStep = 512 * 1024;

/** Counts the bytes of one response, and of the rows that are read for it, while the response is made. */
export class AnswerSize implements RowCounter {
  readonly #max: number;
  readonly #maxRead: number;
  readonly #share: AnswerShare;
  /**
   * The value of each field that is resolved after the response became too large: the execution never ends, and is
   * abandoned.
   */
  readonly never = new Promise<never>(() => undefined);
  #bytes = 0;
  #read = 0;
  #held = ownBytes;
  #inAnyCase = false;
  /** Whether many rows were read since the last turn. */
  #isHeavy = false;
  #releases: (() => void)[] = [];
  #exceeded: RequestError | undefined;
  #isOver = false;
  #listener: ((error: RequestError) => void) | undefined;

  constructor(maxBytes: number, share = unshared) {
    this.#max = maxBytes;
    this.#maxRead = Math.max(2 * maxBytes, leastReadBytes);
    this.#share = share;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes that the response may still take. */
  get left(): number {
    return this.#max - this.#bytes;
  }

  /** The refusal of a response that is too large; undefined while the response is within its limits. */
  get exceeded(): RequestError | undefined {
    // An error costs more than all other work of the release, and nearly no operation needs it.
    if (this.#isOver) this.#exceeded ??= new RequestError('UNAVAILABLE', 'The operation is over.');
    return this.#exceeded;
  }

  /** Calls the listener once the response is too large. */
  onExceeded(listener: (error: RequestError) => void): void {
    this.#listener = listener;
    if (this.exceeded) listener(this.exceeded);
  }

  /** For an operation that changes something: once it has begun, its response is not refused for lack of room. */
  holdInAnyCase(): void {
    this.#inAnyCase = true;
  }

  /** Before any read, refuses an operation if no room is left for the largest response that it may have. */
  begin(): void {
    this.#take(ownBytes, this.#max);
  }

  /** Counts a part of the response. */
  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#max) this.#tooLarge('answer takes', this.#max);
  }

  /** Counts a row that was read, of which the response may show a part or nothing. */
  countRow(bytes: number): void {
    this.#read += bytes;
    if (this.#read > this.#maxRead) this.#tooLarge('operation reads', this.#maxRead);
    const more = this.#read - this.#held;
    if (more < holdStep || this.exceeded) return;
    this.#held += more;
    this.#take(more);
    this.#isHeavy = true;
  }

  /** Waits for a turn after many rows; undefined: it need not wait. */
  afterRows(): Promise<void> | undefined {
    if (!this.#isHeavy || this.exceeded) return undefined;
    this.#isHeavy = false;
    return this.#share.turn();
  }

  /** Waits for a turn before a large text is measured, or a response is written; undefined: it need not wait. */
  forText(bytes: number): Promise<void> | undefined {
    return bytes < largeText ? undefined : this.#share.turnForText(bytes);
  }

  /**
   * Releases the accounted memory once the response is made or abandoned. If an error has ended the operation early,
   * its other fields are still being resolved: they send no further statement, and keep no row.
   */
  release(): void {
    this.#listener = undefined;
    this.#isOver = true;
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
    if (this.exceeded) return;
    this.#exceeded = error;
    this.#listener?.(error);
  }
}

const noRoom = 'Answers to this address, or to all, take too much memory: read them, then ask again.';

/** A text of which each character is one byte of JSON, as most are. */
const plainText = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/** Bytes of a value as JSON, escapes counted. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string')
    return plainText.test(value) ? value.length + 2 : Buffer.byteLength(JSON.stringify(value));
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + sizeOf(item) + 1, 2);
  return smallValue;
}

/**
 * Weight of introspection fields: introspection runs without a pause, so that its part of a response counts for more,
 * and takes no longer than other operations.
 */
const introspectionWeight = 4;

function counted(
  { resolve, weight, bytesOfKey }: FieldCounting,
  isLeaf: boolean,
): GraphQLFieldResolver<unknown, unknown> {
  return (source, args, context, info) => {
    const size = (context as { readonly answer?: AnswerSize } | undefined)?.answer;
    // The introspection types are shared by all schemas of the process.
    if (!size) return resolve(source, args, context, info);
    if (size.exceeded) return size.never;
    size.add(bytesOfKey(info.path.key.toString()));
    const value: unknown = resolve(source, args, context, info);
    if (!isLeaf) return value;
    return value instanceof Promise
      ? value.then((settled: unknown) => countedValue(settled, size, weight))
      : countedValue(value, size, weight);
  };
}

/** Counts the value of a leaf. @returns the value, a promise of it after a turn, or the size's `never` */
export function countedValue(value: unknown, size: AnswerSize, weight: number): unknown {
  const turn = typeof value === 'string' ? size.forText(value.length) : undefined;
  return turn ? measuredLater(turn, value, size, weight) : measuredValue(value, size, weight);
}

/** In a function of its own: its closure costs those nothing that wait for no turn. */
const measuredLater = (
  turn: Promise<void>,
  value: unknown,
  size: AnswerSize,
  weight: number,
): Promise<unknown> => turn.then(() => measuredValue(value, size, weight));

function measuredValue(value: unknown, size: AnswerSize, weight: number): unknown {
  // A value that was loaded together with the one that exceeded the limit is not even measured.
  if (size.exceeded) return size.never;
  size.add(weight * (typeof value === 'string' && value.length > size.left ? value.length : sizeOf(value)));
  return size.exceeded ? size.never : value;
}

/** The fields whose resolvers count, which may be of several schemas. */
const countings = new WeakMap<object, FieldCounting>();

/** @returns undefined for a field that is not counted */
export const countingOf = (field: object): FieldCounting | undefined => countings.get(field);

/** Makes each field of a schema count its part of the response, and stop the execution if the response is too large. */
export function countAnswers(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    const weight = isIntrospectionType(type) ? introspectionWeight : 1;
    for (const field of Object.values(type.getFields())) {
      if (countings.has(field)) continue;
      const resolve = field.resolve ?? defaultFieldResolver;
      const bytesOfKey = (key: string) => weight * (key.length + fieldOverhead);
      const counting = { resolve, weight, bytesOfKey };
      countings.set(field, counting);
      field.resolve = counted(counting, isLeafType(getNamedType(field.type)));
    }
  }
}
