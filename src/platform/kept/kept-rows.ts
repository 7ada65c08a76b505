import { LRUCache } from 'lru-cache';
import { byteSize } from './byte-size.ts';
import { ownMemory } from './own-memory.ts';

/** A value of a loader, and since when it has been right. */
export interface KeptRow {
  readonly articleId: string;
  readonly head: number;
  readonly site: string;
  readonly value: unknown;
}

/** Numbers of a store since the process began. */
export interface StoreCounts {
  hits: number;
  misses: number;
  evictions: number;
}

/** Bytes of an entry beside its value and its key. */
const entryBytes = 200;

/** What loaders have read of published articles, bounded in bytes. An entry is used only while its head stands. */
export class KeptRows {
  readonly #entries: LRUCache<string, KeptRow> | undefined;
  readonly counts: StoreCounts = { hits: 0, misses: 0, evictions: 0 };

  /** @param maxBytes 0: nothing is kept */
  constructor(maxBytes: number) {
    if (maxBytes === 0) return;
    this.#entries = new LRUCache({
      maxSize: maxBytes,
      // No single list takes more than a part of all.
      maxEntrySize: Math.ceil(maxBytes / 16),
      sizeCalculation: ({ value }, key) => entryBytes + key.length + byteSize(value),
      dispose: (_row, _key, reason) => {
        if (reason === 'evict') this.counts.evictions += 1;
      },
    });
  }

  get bytes(): number {
    return this.#entries?.calculatedSize ?? 0;
  }

  get(key: string): KeptRow | undefined {
    return this.#entries?.get(key);
  }

  set(key: string, row: KeptRow): void {
    if (!this.#entries) return;
    ownMemory(row.value);
    this.#entries.set(key, row);
  }

  delete(key: string): void {
    this.#entries?.delete(key);
  }

  clear(): void {
    this.#entries?.clear();
  }
}
