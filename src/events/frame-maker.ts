import type { StreamItem } from './event.ts';
import type { Feed } from './feed.ts';
import { type FrameMemory, FrameStore } from './frame-store.ts';
import { Frame, type Renderer, type SharedRendering } from './frame.ts';
import type { Member } from './member.ts';
import { Waiting } from './waiting.ts';

/** Batches of one group that are made at once: subscribers who replay from different places need different ones. */
const maxBatches = 4;

/**
 * Makes the frames of one group's events in batches, each for all who wait for it. Where many batches are wanted, the one with
 * the newest events comes first: what happens now does not wait for those who come back.
 */
export class FrameMaker {
  readonly #feed: Feed;
  readonly #renderer: Renderer;
  readonly frames: FrameStore;
  /** Those who wait, by the number of the event. */
  readonly #waiting = new Map<number, Waiting>();
  /** Batches that are yet to be begun, with the number of their first event. */
  readonly #queued = new Map<Waiting, number>();
  /** How many batches are being made, and whose reactions have changed meanwhile. */
  #making = 0;
  readonly #changedMeanwhile = new Set<string>();

  constructor(feed: Feed, renderer: Renderer, memory: FrameMemory) {
    this.#feed = feed;
    this.#renderer = renderer;
    this.frames = new FrameStore(feed, memory);
  }

  /** What was said of a comment is no longer so. */
  commentChanged(commentId: string): void {
    if (this.#making > 0) this.#changedMeanwhile.add(commentId);
    this.frames.dropOfComment(commentId);
  }

  /**
   * Makes the frame of an event, and of those behind it, unless somebody waits for it already.
   * @param members they are woken when it is there
   * @returns what they are woken with
   */
  make(sequence: number, members: Iterable<Member>): Waiting {
    const present = this.#waiting.get(sequence);
    // One that was begun before something was taken back may show it: good for those who came before, too.
    if (present && (present.revision === this.#feed.revision || this.#queued.has(present))) {
      for (const member of members) present.members.add(member);
      return present;
    }
    const waiting = new Waiting(members, this.#feed.revision);
    this.#waiting.set(sequence, waiting);
    this.#queued.set(waiting, sequence);
    this.#begin();
    return waiting;
  }

  #begin(): void {
    while (this.#making < maxBatches && this.#queued.size > 0) {
      const [waiting, from] = [...this.#queued].reduce((newest, each) =>
        each[1] > newest[1] ? each : newest,
      );
      this.#queued.delete(waiting);
      waiting.revision = this.#feed.revision;
      void this.#makeBatch(from, this.#claim(from, waiting), waiting);
    }
  }

  /** Takes over the making of frames from a number on, as far as nobody else does it. */
  #claim(from: number, waiting: Waiting): number {
    const end = Math.min(this.#feed.head, from + this.#renderer.batchSize - 1);
    let last = from;
    this.#waiting.set(from, waiting);
    while (last < end && !this.#waiting.has(last + 1) && this.frames.get(last + 1, undefined) === undefined) {
      last += 1;
      this.#waiting.set(last, waiting);
    }
    return last;
  }

  async #makeBatch(from: number, last: number, waiting: Waiting): Promise<void> {
    const { generation } = this.#feed;
    this.#making += 1;
    const outcome = await this.#render(from, last, waiting).catch((): 'failed' => 'failed');
    this.#making -= 1;
    if (this.#making === 0) this.#changedMeanwhile.clear();
    this.#begin();
    for (let sequence = from; sequence <= last; sequence++) {
      if (this.#waiting.get(sequence) === waiting) this.#waiting.delete(sequence);
    }
    // Another log: those who wait find out by themselves.
    if (outcome === 'made' || this.#feed.generation !== generation) return waiting.wake();
    for (const member of waiting.members) {
      if (outcome === 'failed') member.fail(waiting);
      else member.expire(from, waiting);
      // Who was to be told of it asks for it, and is answered in turn.
      member.changed();
    }
  }

  /** Rejects where the log can't be read; the feed's own reads report that. */
  async #render(from: number, last: number, waiting: Waiting): Promise<'made' | 'gone'> {
    const { generation, epoch } = this.#feed;
    const events = await this.#feed.read(from, last);
    if (events[0]?.sequence !== from) return 'gone';
    const items = events.map((event) => ({ type: 'event', epoch, event }) as const);
    const shared = await this.#renderer.renderShared(items, waiting.addresses);
    if (this.#feed.generation !== generation) return 'made';
    this.frames.makeRoom(items.length);
    for (const [index, item] of items.entries()) {
      const rendering = shared[index];
      const { sequence, commentId } = item.event;
      // Good for those who wait for it, and for nobody after them.
      const outdated = commentId !== null && this.#changedMeanwhile.has(commentId);
      const revision = outdated ? -1 : waiting.revision;
      if (rendering) this.frames.set(sequence, frameOf(item, rendering, revision, waiting));
    }
    return 'made';
  }
}

/** @param revision the feed's when its making began */
export function frameOf(item: StreamItem, shared: SharedRendering, revision: number, batch: Waiting): Frame {
  return new Frame(item, shared, { revision, renderedAt: performance.now(), batch });
}
