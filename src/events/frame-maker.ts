import type { StreamItem } from './event.ts';
import type { Feed } from './feed.ts';
import { type FrameMemory, FrameStore } from './frame-store.ts';
import { Frame, type Renderer, type RenderPermit, type SharedRendering } from './frame.ts';
import type { Member } from './member.ts';
import { Waiting } from './waiting.ts';

/** Batches of one group that are made at once: subscribers who replay from different places need different ones. */
const maxBatches = 4;

/** The most clients on whose account a permit is asked for, beside the one with the least work of those who wait at first. */
const maxAsked = 8;

/** A batch that is yet to be begun. */
interface Queued {
  /** The number of its first event. */
  readonly from: number;
  permit: RenderPermit | undefined;
  /** Addresses that came later, on whose account a permit was asked for. */
  readonly asked: Set<string>;
  /** Permits that were asked for and are neither granted nor refused. */
  pending: number;
}

/** A batch that is being made. */
interface Batch {
  readonly from: number;
  readonly last: number;
  readonly waiting: Waiting;
  readonly permit: RenderPermit;
}

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
  /** Batches that are yet to be begun. */
  readonly #queued = new Map<Waiting, Queued>();
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
    const queued = present && this.#queued.get(present);
    // One that was begun before something was taken back may show it: good for those who came before, too.
    if (present && (queued || present.revision === this.#feed.revision)) {
      for (const member of members) {
        present.members.add(member);
        if (queued) this.#askFor(present, queued, member.address);
      }
      return present;
    }
    const waiting = new Waiting(members, this.#feed.revision);
    this.#waiting.set(sequence, waiting);
    const added: Queued = { from: sequence, permit: undefined, asked: new Set(), pending: 0 };
    this.#queued.set(waiting, added);
    this.#ask(waiting, added, waiting.addresses());
    return waiting;
  }

  /** Asks for a permit on the account of one more client: those who came first may have used up what they may have. */
  #askFor(waiting: Waiting, queued: Queued, address: string): void {
    if (queued.permit || queued.asked.has(address) || queued.asked.size >= maxAsked) return;
    queued.asked.add(address);
    this.#ask(waiting, queued, [address]);
  }

  #ask(waiting: Waiting, queued: Queued, addresses: Iterable<string>): void {
    queued.pending += 1;
    const permit = this.#renderer.permit(addresses);
    if (!(permit instanceof Promise)) return this.#admit(waiting, queued, permit);
    permit.then(
      (granted) => this.#admit(waiting, queued, granted),
      () => this.#refuse(waiting, queued),
    );
  }

  #admit(waiting: Waiting, queued: Queued, permit: RenderPermit): void {
    queued.pending -= 1;
    // Granted on somebody else's account meanwhile.
    if (queued.permit || !this.#queued.has(waiting)) return permit.release();
    queued.permit = permit;
    this.#begin();
  }

  #refuse(waiting: Waiting, queued: Queued): void {
    queued.pending -= 1;
    if (queued.permit || queued.pending > 0 || !this.#queued.delete(waiting)) return;
    if (this.#waiting.get(queued.from) === waiting) this.#waiting.delete(queued.from);
    for (const member of waiting.members) member.fail(waiting);
  }

  /** Begins batches that have a permit: what waits for one takes up no place. */
  #begin(): void {
    while (this.#making < maxBatches) {
      let next:
        { readonly waiting: Waiting; readonly from: number; readonly permit: RenderPermit } | undefined;
      for (const [waiting, { from, permit }] of this.#queued)
        if (permit && (next === undefined || from > next.from)) next = { waiting, from, permit };
      if (next === undefined) return;
      const { waiting, from, permit } = next;
      this.#queued.delete(waiting);
      waiting.revision = this.#feed.revision;
      void this.#makeBatch({ from, last: this.#claim(from, waiting), waiting, permit });
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

  async #makeBatch(batch: Batch): Promise<void> {
    const { from, last, waiting, permit } = batch;
    const { generation } = this.#feed;
    this.#making += 1;
    const outcome = await this.#render(batch).catch((): 'failed' => 'failed');
    permit.release();
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
  async #render({ from, last, waiting, permit }: Batch): Promise<'made' | 'gone'> {
    const { generation, epoch } = this.#feed;
    const events = await this.#feed.read(from, last);
    if (events[0]?.sequence !== from) return 'gone';
    const items = events.map((event) => ({ type: 'event', epoch, event }) as const);
    const shared = await this.#renderer.renderShared(items, permit);
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
