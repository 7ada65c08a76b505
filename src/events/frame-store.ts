import type { Feed } from './feed.ts';
import type { Frame } from './frame.ts';

/**
 * Most renderings of a group that are kept for clients that return, and their bytes; and bytes of all groups of a node.
 */
const maxFrames = 1024;
const maxFrameBytes = 4 * 1024 * 1024;
const maxNodeBytes = 128 * 1024 * 1024;
/**
 * Greatest age of a rendering, after which changes that are in no log, such as of an account's picture, must show. In
 * milliseconds.
 */
const maxFrameAge = 10_000;

/** Time for which a failed rendering is not tried again, in milliseconds. */
export const maxFailureAge = 500;

/** Memory of the renderings of all groups of a node. */
export class FrameMemory {
  #bytes = 0;
  /** Stores with renderings, the one first that has added none for the longest time. */
  readonly #stores = new Set<FrameStore>();

  get bytes(): number {
    return this.#bytes;
  }

  /** @param bytes by how much the store's renderings have grown, or shrunk */
  count(store: FrameStore, bytes: number): void {
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
export class FrameStore {
  readonly #feed: Feed;
  readonly #memory: FrameMemory;
  readonly #frames = new Map<number, Frame>();
  #bytes = 0;
  #closed = false;

  constructor(feed: Feed, memory: FrameMemory) {
    this.#feed = feed;
    this.#memory = memory;
  }

  get isEmpty(): boolean {
    return this.#frames.size === 0;
  }

  /** The rendering of an event. @param batch renderings of this batch are returned even if outdated */
  get(sequence: number, batch: object | undefined): Frame | undefined {
    const frame = this.#frames.get(sequence);
    if (frame === undefined || frame.batch === batch || this.#isFresh(frame)) return frame;
    this.drop(sequence);
    return undefined;
  }

  /** Drops everything, and stores nothing any more, once the group has no subscriber. */
  close(): void {
    this.clear();
    this.#closed = true;
  }

  set(sequence: number, frame: Frame): void {
    if (this.#closed) return;
    this.drop(sequence);
    this.#frames.set(sequence, frame);
    this.#grow(frame.bytes);
  }

  drop(sequence: number): void {
    const frame = this.#frames.get(sequence);
    if (frame === undefined) return;
    this.#frames.delete(sequence);
    this.#grow(-frame.bytes);
  }

  /** @returns whether there was a rendering */
  dropOldest(): boolean {
    for (const sequence of this.#frames.keys()) {
      this.drop(sequence);
      return true;
    }
    return false;
  }

  dropOfComment(commentId: string): void {
    for (const [sequence, { item }] of this.#frames) {
      if (item.type === 'event' && item.event.commentId === commentId) this.drop(sequence);
    }
  }

  dropOld(): void {
    const oldest = performance.now() - maxFrameAge;
    for (const [sequence, frame] of this.#frames) if (frame.renderedAt < oldest) this.drop(sequence);
  }

  clear(): void {
    this.#frames.clear();
    this.#grow(-this.#bytes);
  }

  /**
   * Drops the oldest renderings. Called before new ones are added, so that these remain for the subscribers that wait
   * for them.
   */
  makeRoom(count: number): void {
    while (this.#frames.size > maxFrames - count || this.#bytes > maxFrameBytes)
      if (!this.dropOldest()) break;
    this.#memory.makeRoom();
  }

  /** Bytes of the existing renderings after a position. */
  bytesAfter(position: number): number {
    let bytes = 0;
    for (const [sequence, frame] of this.#frames) if (sequence > position) bytes += frame.bytes;
    return bytes;
  }

  #grow(bytes: number): void {
    this.#bytes += bytes;
    this.#memory.count(this, bytes);
  }

  #isFresh({ revision, renderedAt, failed }: Frame): boolean {
    const maxAge = failed ? maxFailureAge : maxFrameAge;
    return revision === this.#feed.revision && performance.now() - renderedAt < maxAge;
  }
}
