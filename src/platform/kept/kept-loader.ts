import type { RequestClock, Seen } from './request-clock.ts';
import type { KeptRow } from './kept-rows.ts';

/** The part of a DataLoader that readers use. */
export interface Loader<Key, Value> {
  load(key: Key): Promise<Value>;
  loadMany(keys: readonly Key[]): Promise<(Value | Error)[]>;
  /** Sets the value of a key that was read otherwise. */
  prime(key: Key, value: Value): unknown;
}

/** A head of a published article, as it was read. */
export interface ReadHead {
  readonly articleId: string;
  readonly epoch: string;
  readonly head: number;
}

/** How the values of a loader depend on articles. The values are the same for all viewers. */
export interface Coverage<Key, Value> {
  /** Distinguishes the keys. */
  readonly keyText: (key: Key) => string;
  /** The article whose log tells of every change of the key's value; undefined: known only by the value. */
  readonly articleOf: (key: Key) => string | undefined;
  /** Whether the log tells of every change of this value. It does not of what is hidden from the public. */
  readonly isPublic: (value: Value) => boolean;
  /** The head that was read together with the value, by the same statement; absent: none was. */
  readonly headOf?: (value: Value) => ReadHead | undefined;
}

/** A loader that answers from memory what was read of an article at the head that still stands. */
export class KeptLoader<Key, Value> implements Loader<Key, Value> {
  /** Values of this request, by key. */
  readonly #loaded = new Map<string, Promise<Value>>();

  /** @param name distinguishes the loaders that share a store */
  constructor(
    private readonly name: string,
    private readonly coverage: Coverage<Key, Value>,
    private readonly clock: RequestClock,
    private readonly source: Loader<Key, Value>,
  ) {}

  load(key: Key): Promise<Value> {
    const text = this.coverage.keyText(key);
    let value = this.#loaded.get(text);
    if (value === undefined) this.#loaded.set(text, (value = this.#find(key, `${this.name} ${text}`)));
    return value;
  }

  loadMany(keys: readonly Key[]): Promise<(Value | Error)[]> {
    return Promise.all(keys.map((key) => this.load(key).catch((error: unknown) => error as Error)));
  }

  prime(key: Key, value: Value): void {
    const text = this.coverage.keyText(key);
    if (!this.#loaded.has(text)) this.#loaded.set(text, Promise.resolve(value));
  }

  #find(key: Key, name: string): Promise<Value> {
    const row = this.clock.rows.get(name);
    if (row === undefined) return this.#read(key, name);
    const seen = this.clock.see(row.articleId);
    if (seen instanceof Promise) return seen.then((now) => this.#check(row, now, key, name));
    return this.#check(row, seen, key, name);
  }

  #check(row: KeptRow, now: Seen, key: Key, name: string): Promise<Value> {
    const { rows, recorder } = this.clock;
    if (row.head !== now.head || row.site !== now.site) {
      rows.delete(name);
      return this.#read(key, name);
    }
    rows.counts.hits += 1;
    recorder?.add(row.articleId, row);
    return Promise.resolve(row.value as Value);
  }

  async #read(key: Key, name: string): Promise<Value> {
    const { clock, rows, recorder } = this.clock;
    rows.counts.misses += 1;
    const articleId = this.coverage.articleOf(key);
    // What is known before the read: a head of the article, or at least a moment.
    const since = await (articleId === undefined ? this.clock.moment : this.#since(articleId));
    const value = await this.source.load(key);
    const read = this.coverage.headOf?.(value);
    if (read) {
      clock.learn(read.articleId, read);
      // What was known of an article may be from before the request, and says nothing of the site's present state.
      this.clock.saw(read.articleId, read.head, articleId === undefined ? since.site : undefined);
    }
    const of = read?.articleId ?? articleId;
    const head = read?.head ?? ('head' in since ? since.head : undefined);
    if (of !== undefined && head !== undefined && this.coverage.isPublic(value)) {
      rows.set(name, { articleId: of, head, site: since.site, value });
      recorder?.add(of, { site: since.site, head });
    } else recorder?.addEverything();
    return value;
  }

  /** What is known of an article before it is read. It is asked for only if nobody has read it before. */
  #since(articleId: string): Seen | Promise<Seen> {
    const { clock } = this.clock;
    const { latest } = clock;
    const head = clock.knownHead(articleId);
    return latest && head !== undefined ? { site: latest.site, head } : this.clock.see(articleId);
  }
}
