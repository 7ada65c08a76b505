import type { Viewer } from '../auth/viewer.ts';
import type { ResetReason } from './event.ts';
import type { Feed } from './feed.ts';
import type { Frame, Rendering } from './frame.ts';
import type { Group } from './group.ts';
import type { Member, TailLimits } from './member.ts';
import { sendLater } from './send-turns.ts';
import type { Sink } from './sink.ts';
import { startOf } from './start.ts';
import { OwnRendering } from './waiting.ts';

export interface SubscriberOptions {
  /** The client's cursor; undefined: begin at now. */
  readonly after: string | undefined;
  /** The most events that are replayed; more is a reset. */
  readonly maxReplay: number;
  readonly viewer: Viewer | null;
  /** The client's address. */
  readonly address: string;
  readonly sink: Sink;
  /** Called once, when the subscriber has ended for any reason. */
  readonly onEnd: () => void;
}

/** Bytes that one subscriber is sent without a pause. */
const maxBytesAtOnce = 128 * 1024;

/**
 * One subscriber's way through one article's events: replay, checkpoint, live, in one seamless order. A subscriber
 * holds a position and no queue: renderings, new or old, are sent for as long as its client takes them, and the slowest
 * client costs no other anything.
 */
export class Subscriber implements Member {
  readonly #feed: Feed;
  readonly address: string;
  readonly #sink: Sink;
  readonly #onEnd: () => void;
  #group: Group;
  #viewer: Viewer | null;
  /** The viewer's account, cached for every delivery. */
  #accountId: string | undefined;
  #position: number;
  #generation: number;
  #pulse: number;
  #owedReset: ResetReason | undefined;
  /** A client without a cursor receives one before anything else, whatever has happened meanwhile. */
  #owedCursor: boolean;
  /** The log's head when the stream began: events behind it are live, however fast the log grows. */
  #target: number;
  #live = false;
  #ended = false;
  /** The object that will wake the subscriber, a batch of renderings or the connection; undefined: it does not wait. */
  #awaited: object | undefined;
  /** The item for which the subscriber waits for a rendering of its own. */
  #held: Frame | undefined;
  #running = false;

  constructor(feed: Feed, group: Group, options: SubscriberOptions) {
    this.#feed = feed;
    this.#group = group;
    this.#viewer = options.viewer;
    this.#accountId = options.viewer?.accountId;
    this.address = options.address;
    this.#sink = options.sink;
    this.#onEnd = options.onEnd;
    this.#generation = feed.generation;
    this.#pulse = feed.pulseCount;
    const start = startOf(feed, options.after, options.maxReplay);
    this.#position = typeof start === 'number' ? start : feed.head;
    this.#owedReset = typeof start === 'number' ? undefined : start;
    this.#owedCursor = options.after === undefined;
    this.#target = feed.head;
    group.add(this);
  }

  get viewer(): Viewer | null {
    return this.#viewer;
  }

  changed(): void {
    if (this.#awaited === undefined) this.#run(undefined);
  }

  wake(awaited: object): void {
    if (this.#awaited !== undefined && this.#awaited !== awaited) return;
    this.#awaited = undefined;
    this.#run(awaited);
  }

  /** Continues from the same position with renderings of another group. */
  moveTo(group: Group, viewer: Viewer | null): void {
    if (this.#ended) return;
    this.#viewer = viewer;
    this.#accountId = viewer?.accountId;
    if (group === this.#group) return;
    this.#group.remove(this);
    this.#group = group;
    group.add(this);
    // Requests to the old group are abandoned; the subscriber makes its requests to the new one.
    this.#held = undefined;
    if (this.#awaited !== this.#sink) this.#awaited = undefined;
    this.changed();
  }

  endIfStuck({ maxTailEvents, maxTailBytes }: TailLimits): void {
    if (!this.#live || this.#awaited !== this.#sink || !this.#sink.isBlocked()) return;
    const tooMany = this.#feed.head - this.#position > maxTailEvents;
    if (tooMany || this.#group.bytesBehind(this.#position) > maxTailBytes) this.#giveUp();
  }

  fail(awaited: object): void {
    if (this.#awaited === awaited) this.#giveUp();
  }

  expire(sequence: number, awaited: object): void {
    if (this.#awaited !== awaited) return;
    this.#awaited = undefined;
    if (sequence === this.#position + 1) this.#reset('EXPIRED');
    this.#run(undefined);
  }

  withdraw(awaited: object, errors: readonly Error[]): void {
    if (this.#awaited === awaited) this.end(errors);
  }

  /** Stops sending; the client is told the errors, if any. */
  end(errors?: readonly Error[]): void {
    if (this.#close()) this.#sink.end(errors);
  }

  /** Ends the subscription because the client has gone. */
  close(): void {
    this.#close();
  }

  #giveUp(): void {
    if (this.#close()) this.#sink.giveUp();
  }

  #close(): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    this.#awaited = undefined;
    this.#group.remove(this);
    this.#onEnd();
    return true;
  }

  /**
   * @param batch the awaited object, whose renderings are taken even if outdated: a batch, or a rendering of its own
   */
  #run(batch: object | undefined): void {
    if (this.#running || this.#ended) return;
    this.#running = true;
    try {
      if (this.#feed.head - this.#position > 1) this.#sink.bundle(() => this.#sendDue(batch));
      else this.#sendDue(batch);
    } finally {
      this.#running = false;
    }
  }

  #sendDue(batch: object | undefined): void {
    let bytes = 0;
    while (!this.#ended && this.#awaited === undefined) {
      if (!this.#sink.writable) {
        this.#awaited = this.#sink;
        // Many connections become writable at the same moment, each with many subscribers.
        this.#sink.onceWritable(() => sendLater(() => this.wake(this.#sink)));
        return;
      }
      const due = this.#next(batch);
      if (due === undefined) return;
      const own = batch instanceof OwnRendering ? batch.of(due, this.#accountId) : undefined;
      const rendering = own ?? due.for(this.#accountId);
      if (rendering === undefined) {
        this.#held = due;
        this.#awaited = this.#group.requestOwn(due, this);
        return;
      }
      this.#deliver(due, rendering);
      bytes += rendering.type === 'payload' ? rendering.bytes.length : 0;
      if (bytes > maxBytesAtOnce) return this.#goOnLater(batch);
    }
  }

  /** Lets other subscribers send first: what a connection takes at once can be megabytes. */
  #goOnLater(batch: object | undefined): void {
    if (this.#ended || this.#awaited !== undefined) return;
    const turn = {};
    this.#awaited = turn;
    sendLater(() => {
      if (this.#awaited !== turn) return;
      this.#awaited = undefined;
      this.#run(batch);
    });
  }

  /** The next rendering; undefined: there is none to send now. */
  #next(batch: object | undefined): Frame | undefined {
    const feed = this.#feed;
    const held = this.#held;
    this.#held = undefined;
    if (this.#generation !== feed.generation) this.#reset('EPOCH_CHANGED');
    else if (held !== undefined) return held;
    if (this.#owedReset !== undefined) return this.#mark(this.#owedReset);
    const caughtUp = !this.#live && this.#position >= this.#target;
    if (this.#owedCursor || caughtUp) return this.#mark(undefined);
    if (this.#position < feed.head) {
      const frame = this.#group.frame(this.#position + 1, batch);
      if (frame === undefined) this.#awaited = this.#group.request(this.#position + 1, this);
      return frame;
    }
    return this.#pulse < feed.pulseCount ? this.#mark(undefined) : undefined;
  }

  #mark(reason: ResetReason | undefined): Frame | undefined {
    const frame = this.#group.mark(this.#position, reason);
    if (frame === undefined) this.#awaited = this.#group.requestMark(this.#position, reason, this);
    return frame;
  }

  #deliver({ item, cursor }: Frame, rendering: Rendering): void {
    if (rendering.type === 'failed') return this.#giveUp();
    if (rendering.type === 'refused') return this.end(rendering.errors);
    if (rendering.type === 'withdrawn') {
      this.#awaited = this.#group.requestWithdrawal(this.#position, rendering.errors, this);
      return;
    }
    if (item.type === 'event') this.#position = item.event.sequence;
    else if (item.type === 'reset') this.#owedReset = undefined;
    else {
      this.#live = true;
      this.#owedCursor = false;
      this.#pulse = this.#feed.pulseCount;
    }
    if (rendering.type === 'payload') this.#sink.send(rendering.bytes, cursor);
    else if (item.type === 'checkpoint') this.#sink.pass?.(cursor);
    if (rendering.last) this.end();
  }

  #reset(reason: ResetReason): void {
    this.#owedReset = reason;
    this.#owedCursor = false;
    this.#generation = this.#feed.generation;
    this.#position = this.#feed.head;
    this.#target = this.#feed.head;
    this.#live = false;
  }
}
