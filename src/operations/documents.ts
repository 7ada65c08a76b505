import type { GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import { type DocumentLimits, type ReadDocument, readDocument, requireLength } from './read-document.ts';

/** Number of characters of documents that are kept: pages send the same few. As a tree one character takes about 90 bytes. */
const maxCharacters = 512 * 1024;

/** Does a piece of work when its time has come. Rejects where it never does. */
export type Scheduler = <T>(work: () => T) => Promise<T>;

const sizeOf = ({ errors = [] }: ReadDocument, source: string): number =>
  Math.max(1, source.length + errors.reduce((sum, { message }) => sum + message.length, 0));

/** Documents that were read, the same for every carrier. */
export class Documents {
  readonly #schema: GraphQLSchema;
  readonly #limits: DocumentLimits;
  readonly #known = new LRUCache<string, ReadDocument>({ maxSize: maxCharacters, sizeCalculation: sizeOf });

  constructor(schema: GraphQLSchema, limits: DocumentLimits) {
    this.#schema = schema;
    this.#limits = limits;
  }

  /** Before anything else is done with a text. @throws RequestError GRAPHQL_PARSE_FAILED where it is too long for a document */
  requireLength(source: string | undefined): void {
    if (source !== undefined) requireLength(source, this.#limits);
  }

  /** @returns undefined for a document that has to be read first */
  find(source: string): ReadDocument | undefined {
    return this.#known.get(source);
  }

  /**
   * Reads a document, once for all who ask for it meanwhile: each waits for a turn of its own, since the first one may have to
   * wait for longer.
   */
  read(source: string, schedule: Scheduler): Promise<ReadDocument> {
    return schedule(() => this.#known.get(source) ?? this.#read(source));
  }

  #read(source: string): ReadDocument {
    const document = readDocument(this.#schema, source, this.#limits);
    this.#known.set(source, document);
    return document;
  }
}
