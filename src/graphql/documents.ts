import type { GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import { type DocumentLimits, type Parsed, parseDocument } from './limits.ts';

/** How many characters of documents are kept: pages send the same few again and again. As a tree one takes about 90 bytes. */
const maxCharacters = 512 * 1024;

/** Does a piece of work when its time has come. Rejects where it never does. */
export type Scheduler = <T>(work: () => T) => Promise<T>;

/** Parsed and validated documents, the same for every transport. */
export class Documents {
  readonly #schema: GraphQLSchema;
  readonly #limits: DocumentLimits;
  readonly #known = new LRUCache<string, Parsed>({
    maxSize: maxCharacters,
    sizeCalculation: (_parsed, source) => Math.max(1, source.length),
  });
  readonly #reading = new Map<string, Promise<Parsed>>();

  constructor(schema: GraphQLSchema, limits: DocumentLimits) {
    this.#schema = schema;
    this.#limits = limits;
  }

  /** @returns undefined: it has to be read */
  find(source: string): Parsed | undefined {
    return this.#known.get(source);
  }

  /**
   * Reads a document, once for all who ask for it meanwhile.
   * @param schedule of whoever is first; where it rejects, the next one's
   */
  async read(source: string, schedule: Scheduler): Promise<Parsed> {
    for (;;) {
      const known = this.#known.get(source);
      if (known) return known;
      const reading = this.#reading.get(source);
      if (!reading) break;
      await reading.catch(() => undefined);
    }
    const own = schedule(() => this.#parse(source)).finally(() => this.#reading.delete(source));
    this.#reading.set(source, own);
    return own;
  }

  #parse(source: string): Parsed {
    const parsed = parseDocument(this.#schema, source, this.#limits);
    this.#known.set(source, parsed);
    return parsed;
  }
}
