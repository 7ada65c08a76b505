import type { ArticleEventRecord, ResetReason, StreamItem } from './event.ts';
import type { Feed } from './feed.ts';
import { startOf } from './start.ts';
import type { StreamConnection } from './stream-connection.ts';

export interface StreamOptions {
  /** The client's cursor; undefined: begin at now. */
  readonly after: string | undefined;
  /** The most events that are replayed; more is a reset. */
  readonly maxReplay: number;
  /** How many events a client that does not read may fall behind. */
  readonly maxTail: number;
  readonly connection: StreamConnection;
  /** Called once, when the stream has ended for whatever reason. */
  readonly onEnd: () => void;
}

/**
 * One subscriber's way through one article's events: replay, checkpoint, live, in one seamless order. It is pulled, so
 * a slow reader holds a position and no queue; `return` takes effect at once, also while `next` waits.
 */
export class EventStream implements AsyncIterableIterator<StreamItem> {
  readonly #feed: Feed;
  readonly #options: StreamOptions;
  #position: number;
  #generation: number;
  #pulse: number;
  #owedReset: ResetReason | undefined;
  /** A client without a cursor gets one before anything else, whatever has happened meanwhile. */
  #owedCursor: boolean;
  #live = false;
  #ended = false;
  #batch: ArticleEventRecord[] = [];
  #wake: (() => void) | undefined;

  constructor(feed: Feed, options: StreamOptions) {
    this.#feed = feed;
    this.#options = options;
    this.#generation = feed.generation;
    this.#pulse = feed.pulseCount;
    const start = startOf(feed, options.after, options.maxReplay);
    this.#position = typeof start === 'number' ? start : feed.head;
    this.#owedReset = typeof start === 'number' ? undefined : start;
    this.#owedCursor = options.after === undefined;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<StreamItem, undefined>> {
    while (!this.#ended) {
      if (this.#generation !== this.#feed.generation) this.#reset('EPOCH_CHANGED');
      // Nothing may be awaited between finding nothing due and waiting, or a change in between would be missed.
      const item = this.#due();
      if (item) return { done: false, value: item };
      if (this.#position === this.#feed.head) await this.#changed();
      else await this.#readLog();
    }
    return { done: true, value: undefined };
  }

  return(): Promise<IteratorResult<StreamItem, undefined>> {
    this.#end();
    return Promise.resolve({ done: true, value: undefined });
  }

  throw(error: unknown): Promise<IteratorResult<StreamItem, undefined>> {
    this.#end();
    return Promise.reject(error instanceof Error ? error : new Error(String(error)));
  }

  /** Gives up a client that was up to date, has fallen too far behind, and does not read. */
  endIfStuck(): void {
    const { maxTail, connection } = this.#options;
    if (this.#ended || !this.#live || this.#feed.head - this.#position <= maxTail || !connection.isBlocked())
      return;
    this.#end();
    connection.end();
  }

  /** What can be said without reading the log. */
  #due(): StreamItem | undefined {
    const feed = this.#feed;
    if (this.#owedReset !== undefined) {
      const reason = this.#owedReset;
      this.#owedReset = undefined;
      return { type: 'reset', reason, ...this.#here() };
    }
    if (this.#owedCursor) return this.#checkpoint();
    if (this.#position < feed.head) {
      const event = this.#batch.shift() ?? feed.recent(this.#position + 1);
      if (event) this.#position = event.sequence;
      return event && { type: 'event', epoch: feed.epoch, event };
    }
    if (!this.#live || this.#pulse < feed.pulseCount) return this.#checkpoint();
    return undefined;
  }

  #checkpoint(): StreamItem {
    this.#live = true;
    this.#owedCursor = false;
    this.#pulse = this.#feed.pulseCount;
    return { type: 'checkpoint', ...this.#here() };
  }

  /** Reads on from the log, for a position that the feed's ring has left behind. */
  async #readLog(): Promise<void> {
    const generation = this.#feed.generation;
    const events = await this.#feed.older(this.#position);
    if (this.#feed.generation !== generation) return;
    if (events[0]?.sequence !== this.#position + 1) this.#reset('EXPIRED');
    // Behind the feed's head lies what the feed will load itself.
    else this.#batch = events.filter((event) => event.sequence <= this.#feed.head);
  }

  #reset(reason: ResetReason): void {
    this.#owedReset = reason;
    this.#owedCursor = false;
    this.#generation = this.#feed.generation;
    this.#position = this.#feed.head;
    this.#batch = [];
    this.#live = false;
  }

  #here() {
    const { articleId, epoch } = this.#feed;
    return { articleId, epoch, sequence: this.#position, at: new Date() };
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#feed.onceChanged(resolve);
    });
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#wake) {
      this.#feed.forget(this.#wake);
      this.#wake();
    }
    this.#options.onEnd();
  }
}
