import type { GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import { type DocumentLimits, type ReadDocument, readDocument, requireLength } from './read-document.ts';

/**
 * Size of the cache in characters of documents; pages send the same few. As a syntax tree, one character takes about 90
 * bytes.
 */
const maxCharacters = 512 * 1024;

/** Runs work when its client's turn has come. Rejects where the work is refused. */
export type Scheduler = <T>(work: () => T) => Promise<T>;

const sizeOf = ({ errors = [] }: ReadDocument, source: string): number =>
  Math.max(1, source.length + errors.reduce((sum, { message }) => sum + message.length, 0));

/** Cache of parsed and validated documents, shared by all carriers. */
export class Documents {
  readonly #known = new LRUCache<string, ReadDocument>({ maxSize: maxCharacters, sizeCalculation: sizeOf });

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly limits: DocumentLimits,
  ) {}

  /**
   * Checks the length of a text before any other processing. @throws RequestError GRAPHQL_PARSE_FAILED where it is too
   * long
   */
  requireLength(source: string | undefined): void {
    if (source !== undefined) requireLength(source, this.limits);
  }

  /** @returns undefined for a document that is not in the cache */
  find(source: string): ReadDocument | undefined {
    return this.#known.get(source);
  }

  /**
   * Parses and validates a document, once for concurrent requests of it. Each request waits for a turn of its own,
   * since the first one may have to wait for longer.
   */
  read(source: string, schedule: Scheduler): Promise<ReadDocument> {
    return schedule(() => this.#known.get(source) ?? this.#read(source));
  }

  #read(source: string): ReadDocument {
    const document = readDocument(this.schema, source, this.limits);
    this.#known.set(source, document);
    return document;
  }
}
