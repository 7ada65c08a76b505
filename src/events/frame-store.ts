import type { Feed } from './feed.ts';
import type { Frame } from './frame.ts';

/** How many frames of a group, and bytes of them, are kept for those who come back; and bytes of all groups of a node. */
const maxFrames = 1024;
const maxFrameBytes = 4 * 1024 * 1024;
const maxNodeBytes = 128 * 1024 * 1024;
/** How old a frame may be: what is in no log, such as somebody's picture, shows by then. In milliseconds. */
const maxFrameAge = 10_000;

/** How long nobody tries again what could not be made, in milliseconds. */
export const maxFailureAge = 500;

/** What the frames of all groups of a node take. */
export class FrameMemory {
  #bytes = 0;
  /** Stores with frames, the one first that got none for the longest time. */
  readonly #stores = new Set<FrameStore>();

  get bytes(): number {
    return this.#bytes;
  }

  /** @param store whose frames have grown, or shrunk, by so much */
  count(store: FrameStore, bytes: number): void {
    this.#bytes += bytes;
    if (bytes > 0 || store.isEmpty) this.#stores.delete(store);
    if (!store.isEmpty) this.#stores.add(store);
  }

  /** Where all together are too large, the oldest go, of whomever. */
  makeRoom(): void {
    for (const store of this.#stores) while (this.#bytes > maxNodeBytes && store.dropOldest());
  }
}

/** The frames of one group's last events, for as long as they show things as they are. */
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

  /** The frame of an event. @param batch one of these frames is taken however it is by now */
  get(sequence: number, batch: object | undefined): Frame | undefined {
    const frame = this.#frames.get(sequence);
    if (frame === undefined || frame.batch === batch || this.#isFresh(frame)) return frame;
    this.drop(sequence);
    return undefined;
  }

  /** Nothing is kept once nobody is there any more. */
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

  /** @returns whether there was one */
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

  /** The oldest go; before others come, so that what has just been made is there for those who wait for it. */
  makeRoom(count: number): void {
    while (this.#frames.size > maxFrames - count || this.#bytes > maxFrameBytes)
      if (!this.dropOldest()) break;
    this.#memory.makeRoom();
  }

  /** How many bytes lie behind a position, as far as they have been made. */
  bytesBehind(position: number): number {
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
