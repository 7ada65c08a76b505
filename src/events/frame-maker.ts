import type { StreamItem } from './event.ts';
import type { Feed } from './feed.ts';
import { type FrameMemory, FrameStore } from './frame-store.ts';
import { Frame, type Renderer, type RenderPermit, type SharedRendering } from './frame.ts';
import type { Member } from './member.ts';
import { Waiting } from './waiting.ts';

/**
 * Most batches of one group that are rendered at once: subscribers that replay from different positions need different
 * ones.
 */
const maxBatches = 4;

/**
 * The most additional clients on whose account a permit is requested. The first request is made on the account of the
 * client with the least work among those that wait then.
 */
const maxAsked = 8;

/** A batch whose rendering has not begun. */
interface Queued {
  /** The number of its first event. */
  readonly from: number;
  permit: RenderPermit | undefined;
  /** Addresses of subscribers that joined later, on whose account a permit was requested. */
  readonly asked: Set<string>;
  /** Requested permits that are neither granted nor refused. */
  pending: number;
}

/** A batch that is being rendered. */
interface Batch {
  readonly from: number;
  readonly last: number;
  readonly waiting: Waiting;
  readonly permit: RenderPermit;
}

/**
 * Renders one group's events in batches, each for all subscribers that wait for it. Among several batches, the one with
 * the newest events comes first: live events do not wait for replays.
 */
export class FrameMaker {
  readonly #feed: Feed;
  readonly #renderer: Renderer;
  readonly frames: FrameStore;
  /** Waiting subscribers, by the number of the event. */
  readonly #waiting = new Map<number, Waiting>();
  /** Batches whose rendering has not begun. */
  readonly #queued = new Map<Waiting, Queued>();
  /** Number of batches that are being rendered, and the comments whose reactions have changed meanwhile. */
  #making = 0;
  readonly #changedMeanwhile = new Set<string>();

  constructor(feed: Feed, renderer: Renderer, memory: FrameMemory) {
    this.#feed = feed;
    this.#renderer = renderer;
    this.frames = new FrameStore(feed, memory);
  }

  /** Drops the renderings of a comment whose reactions have changed. */
  commentChanged(commentId: string): void {
    if (this.#making > 0) this.#changedMeanwhile.add(commentId);
    this.frames.dropOfComment(commentId);
  }

  /**
   * Renders an event and those behind it, unless a batch for it exists already.
   * @param members subscribers that are woken when the rendering exists
   * @returns the object that they are woken with
   */
  make(sequence: number, members: Iterable<Member>): Waiting {
    const present = this.#waiting.get(sequence);
    const queued = present && this.#queued.get(present);
    // A batch that was begun before content was taken back may show it; only subscribers that came before that may
    // still receive it. A queued batch suits all.
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

  /** Requests a permit on the account of one more client, because the first ones may have used up their share. */
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
    // A permit was granted on another client's account meanwhile.
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

  /** Begins batches that have a permit; a batch that waits for its permit takes up no place. */
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

  /** Reserves a range of events from a number on, as far as no other batch renders them and no rendering exists. */
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
    // The feed follows another log: waiting subscribers detect that themselves.
    if (outcome === 'made' || this.#feed.generation !== generation) return waiting.wake();
    for (const member of waiting.members) {
      if (outcome === 'failed') member.fail(waiting);
      else member.expire(from, waiting);
      // A subscriber that this batch was to notify requests the event itself, and is answered in turn.
      member.changed();
    }
  }

  /** Rejects if the log can't be read; the feed's own reads report that. */
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
      // Valid for the subscribers that wait for it, and for none after them.
      const outdated = commentId !== null && this.#changedMeanwhile.has(commentId);
      const revision = outdated ? -1 : waiting.revision;
      if (rendering) this.frames.set(sequence, frameOf(item, rendering, revision, waiting));
    }
    return 'made';
  }
}

/** @param revision the feed's revision when the rendering began */
export function frameOf(item: StreamItem, shared: SharedRendering, revision: number, batch: Waiting): Frame {
  return new Frame(item, shared, { revision, renderedAt: performance.now(), batch });
}
