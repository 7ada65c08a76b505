import type { StreamItem } from './event.ts';
import type { Feed } from './feed.ts';
import { type RenderingMemory, RenderingStore } from './rendering-store.ts';
import { RenderedItem, type Renderer, type RenderPermit, type SharedRendering } from './rendering.ts';
import { type Outcome, Pending, type Reader } from './pending.ts';

/**
 * Most batches of one group that are rendered at once: subscribers that replay from different positions need different
 * ones.
 */
const maxBatches = 4;

/**
 * Most addresses for which a further permit is requested for one batch. The first request is on the account of the client
 * with the least work among those that wait then.
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
  unanswered: number;
}

/** A batch that is being rendered. */
interface Batch {
  readonly from: number;
  readonly last: number;
  readonly pending: Pending;
  readonly permit: RenderPermit;
}

/**
 * Renders one group's events in batches, each for all subscribers that wait for it. Among several batches, the one with
 * the newest events comes first: live events do not wait for replays.
 */
export class RenderingMaker {
  readonly #feed: Feed;
  readonly #renderer: Renderer;
  readonly store: RenderingStore;
  /** Renderings that do not exist yet, by the number of the event. */
  readonly #pending = new Map<number, Pending>();
  /** Batches whose rendering has not begun. */
  readonly #queued = new Map<Pending, Queued>();
  /** The batches that are being rendered; for each, the subjects that have changed meanwhile. */
  readonly #making = new Set<Set<string>>();

  constructor(feed: Feed, renderer: Renderer, memory: RenderingMemory) {
    this.#feed = feed;
    this.#renderer = renderer;
    this.store = new RenderingStore(feed, memory);
  }

  /** Drops the renderings of a subject that has changed. */
  subjectChanged(subjectId: string): void {
    for (const changed of this.#making) changed.add(subjectId);
    this.store.dropOfSubject(subjectId);
  }

  /**
   * Renders an event and those after it, unless a batch for it exists already.
   * @param readers subscribers that are notified when the rendering exists, or will not exist
   */
  make(sequence: number, readers: Iterable<Reader>): Pending {
    const present = this.#pending.get(sequence);
    const queued = present && this.#queued.get(present);
    // A batch that was begun before content was removed may show that content. Its own subscribers may still receive it;
    // others need a new batch. A batch that has not begun suits all.
    if (present && (queued || present.revision === this.#feed.revision)) {
      for (const reader of readers) {
        present.readers.add(reader);
        if (queued) this.#askFor(present, queued, reader.address);
      }
      return present;
    }
    const pending = new Pending(readers, this.#feed.revision);
    this.#pending.set(sequence, pending);
    const added: Queued = { from: sequence, permit: undefined, asked: new Set(), unanswered: 0 };
    this.#queued.set(pending, added);
    this.#ask(pending, added, pending.addresses());
    return pending;
  }

  /** Requests a permit on the account of one more client, because the first ones may have used up their share. */
  #askFor(pending: Pending, queued: Queued, address: string): void {
    if (queued.permit || queued.asked.has(address) || queued.asked.size >= maxAsked) return;
    queued.asked.add(address);
    this.#ask(pending, queued, [address]);
  }

  #ask(pending: Pending, queued: Queued, addresses: Iterable<string>): void {
    queued.unanswered += 1;
    const permit = this.#renderer.permit(addresses);
    if (!(permit instanceof Promise)) return this.#admit(pending, queued, permit);
    permit.then(
      (granted) => this.#admit(pending, queued, granted),
      () => this.#refuse(pending, queued),
    );
  }

  #admit(pending: Pending, queued: Queued, permit: RenderPermit): void {
    queued.unanswered -= 1;
    // A permit was granted on another client's account meanwhile.
    if (queued.permit || !this.#queued.has(pending)) return permit.release();
    queued.permit = permit;
    this.#begin();
  }

  #refuse(pending: Pending, queued: Queued): void {
    queued.unanswered -= 1;
    if (queued.permit || queued.unanswered > 0 || !this.#queued.delete(pending)) return;
    if (this.#pending.get(queued.from) === pending) this.#pending.delete(queued.from);
    pending.settle({ type: 'failed' });
  }

  /** Begins batches that have a permit; a batch that waits for its permit takes up no place. */
  #begin(): void {
    while (this.#making.size < maxBatches) {
      let next:
        { readonly pending: Pending; readonly from: number; readonly permit: RenderPermit } | undefined;
      for (const [pending, { from, permit }] of this.#queued)
        if (permit && (next === undefined || from > next.from)) next = { pending, from, permit };
      if (next === undefined) return;
      const { pending, from, permit } = next;
      this.#queued.delete(pending);
      pending.revision = this.#feed.revision;
      void this.#makeBatch({ from, last: this.#claim(from, pending), pending, permit });
    }
  }

  /** Reserves a range of events from a number on, as far as no other batch renders them and no rendering exists. */
  #claim(from: number, pending: Pending): number {
    const end = Math.min(this.#feed.head, from + this.#renderer.batchSize - 1);
    let last = from;
    this.#pending.set(from, pending);
    while (last < end && !this.#pending.has(last + 1) && this.store.get(last + 1, undefined) === undefined) {
      last += 1;
      this.#pending.set(last, pending);
    }
    return last;
  }

  async #makeBatch(batch: Batch): Promise<void> {
    const { from, last, pending, permit } = batch;
    const { generation } = this.#feed;
    const changed = new Set<string>();
    this.#making.add(changed);
    const outcome = await this.#render(batch, changed).catch((error: unknown): Outcome => {
      this.#renderer.report(error);
      return { type: 'failed' };
    });
    permit.release();
    this.#making.delete(changed);
    this.#begin();
    for (let sequence = from; sequence <= last; sequence++) {
      if (this.#pending.get(sequence) === pending) this.#pending.delete(sequence);
    }
    // If the feed follows another log, waiting subscribers detect that themselves.
    pending.settle(this.#feed.generation === generation ? outcome : { type: 'made' });
  }

  /**
   * Rejects if the log can't be read.
   * @param changed the subjects that change meanwhile
   */
  async #render({ from, last, pending, permit }: Batch, changed: ReadonlySet<string>): Promise<Outcome> {
    const { generation, epoch } = this.#feed;
    const events = await this.#feed.read(from, last);
    if (events[0]?.sequence !== from) return { type: 'gone', sequence: from };
    const items = events.map((event) => ({ type: 'event', epoch, event }) as const);
    const shared = await this.#renderer.renderShared(items, permit);
    if (this.#feed.generation !== generation) return { type: 'made' };
    this.store.makeRoom(items.length);
    for (const [index, item] of items.entries()) {
      const rendering = shared[index];
      const { sequence, subjectId } = item.event;
      // Valid for the subscribers that wait for it, and for none after them.
      const outdated = subjectId !== null && changed.has(subjectId);
      const revision = outdated ? -1 : pending.revision;
      if (rendering) this.store.set(sequence, toRenderedItem(item, rendering, revision, pending));
    }
    return { type: 'made' };
  }
}

/** @param revision the feed's revision when the rendering began */
export function toRenderedItem(
  item: StreamItem,
  shared: SharedRendering,
  revision: number,
  batch: Pending,
): RenderedItem {
  return new RenderedItem(item, shared, { revision, renderedAt: performance.now(), batch });
}
