import type { Feed } from './feed.ts';
import type { RenderedItem } from './rendering.ts';

/**
 * Most renderings of a group that are kept for clients that return, and their bytes; and bytes of all groups of a node.
 */
const maxRenderings = 1024;
const maxRenderingBytes = 4 * 1024 * 1024;
const maxNodeBytes = 128 * 1024 * 1024;
/**
 * Greatest age of a rendering, after which changes that are in no log, such as of an account's picture, must show. In
 * milliseconds.
 */
const maxRenderingAge = 10_000;

/** Time for which a failed rendering is not tried again, in milliseconds. */
export const maxFailureAge = 500;

/** Memory of the renderings of all groups of a node. */
export class RenderingMemory {
  #bytes = 0;
  /** Stores with renderings, the one first that has added none for the longest time. */
  readonly #stores = new Set<RenderingStore>();

  get bytes(): number {
    return this.#bytes;
  }

  /** @param bytes by how much the store's renderings have grown, or shrunk */
  count(store: RenderingStore, bytes: number): void {
    this.#bytes += bytes;
    if (bytes > 0 || store.isEmpty) this.#stores.delete(store);
    if (!store.isEmpty) this.#stores.add(store);
  }

  /** Drops the oldest renderings, of any group, while all together are too large. */
  makeRoom(): void {
    for (const store of this.#stores) while (this.#bytes > maxNodeBytes && store.dropOldest());
  }
}

/** The renderings of one group's last events, for as long as they are up to date. */
export class RenderingStore {
  readonly #items = new Map<number, RenderedItem>();
  #bytes = 0;
  #closed = false;

  constructor(
    private readonly feed: Feed,
    private readonly memory: RenderingMemory,
  ) {}

  get isEmpty(): boolean {
    return this.#items.size === 0;
  }

  /** The rendering of an event. @param batch renderings of this batch are returned even if outdated */
  get(sequence: number, batch: object | undefined): RenderedItem | undefined {
    const rendered = this.#items.get(sequence);
    if (rendered === undefined || rendered.batch === batch || this.#isFresh(rendered)) return rendered;
    this.drop(sequence);
    return undefined;
  }

  /** Drops everything, and stores nothing any more, once the group has no subscriber. */
  close(): void {
    this.clear();
    this.#closed = true;
  }

  set(sequence: number, rendered: RenderedItem): void {
    if (this.#closed) return;
    this.drop(sequence);
    this.#items.set(sequence, rendered);
    this.#grow(rendered.bytes);
  }

  drop(sequence: number): void {
    const rendered = this.#items.get(sequence);
    if (rendered === undefined) return;
    this.#items.delete(sequence);
    this.#grow(-rendered.bytes);
  }

  /** Drops a rendering, unless a newer one has taken its place. */
  remove(rendered: RenderedItem): void {
    const { item } = rendered;
    if (item.type === 'event' && this.#items.get(item.event.sequence) === rendered)
      this.drop(item.event.sequence);
  }

  /** @returns whether there was a rendering */
  dropOldest(): boolean {
    for (const sequence of this.#items.keys()) {
      this.drop(sequence);
      return true;
    }
    return false;
  }

  dropOfSubject(subjectId: string): void {
    for (const [sequence, { item }] of this.#items) {
      if (item.type === 'event' && item.event.subjectId === subjectId) this.drop(sequence);
    }
  }

  dropOld(): void {
    const oldest = performance.now() - maxRenderingAge;
    for (const [sequence, rendered] of this.#items) if (rendered.renderedAt < oldest) this.drop(sequence);
  }

  clear(): void {
    this.#items.clear();
    this.#grow(-this.#bytes);
  }

  /**
   * Drops the oldest renderings. Called before new ones are added, so that these remain for the subscribers that wait
   * for them.
   */
  makeRoom(count: number): void {
    while (this.#items.size > maxRenderings - count || this.#bytes > maxRenderingBytes)
      if (!this.dropOldest()) break;
    this.memory.makeRoom();
  }

  /** Bytes of the existing renderings after a position. */
  bytesAfter(position: number): number {
    let bytes = 0;
    for (const [sequence, rendered] of this.#items) if (sequence > position) bytes += rendered.bytes;
    return bytes;
  }

  #grow(bytes: number): void {
    this.#bytes += bytes;
    this.memory.count(this, bytes);
  }

  #isFresh({ revision, renderedAt, failed }: RenderedItem): boolean {
    const maxAge = failed ? maxFailureAge : Math.min(maxRenderingAge, this.feed.maxRenderingMs);
    return revision === this.feed.revision && performance.now() - renderedAt < maxAge;
  }
}
