import type { Viewer } from '../auth/viewer.ts';
import type { ResetReason } from './event.ts';
import type { Feed } from './feed.ts';
import type { RenderedItem, Rendering } from './rendering.ts';
import type { Group } from './group.ts';
import { type Outcome, OwnRendering, type Pending, type Reader } from './pending.ts';
import { sendLater } from '../fairness/sends.ts';
import type { Sink } from './sink.ts';
import { startOf } from './start.ts';

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

/** How far a client that does not read may fall behind the head. */
export interface TailLimits {
  readonly maxLiveTailEvents: number;
  readonly maxLiveTailBytes: number;
}

/**
 * The reason for which a subscriber sends nothing now. Whatever ends a wait compares it with the current one first: the
 * subscriber may wait for something else by then.
 */
type Wait =
  /** The connection takes no more. */
  | { readonly type: 'connection' }
  /** Other subscribers send first. */
  | { readonly type: 'turn' }
  /** The next item has no rendering yet. */
  | { readonly type: 'rendering'; readonly pending: Pending }
  /** The account is an exception, and this item has no rendering of its own yet. */
  | { readonly type: 'own'; readonly pending: OwnRendering; readonly rendered: RenderedItem }
  /** A rendering says that the article is invisible, which is checked. */
  | { readonly type: 'visibility' };

/** Bytes that one subscriber is sent without a pause. */
const maxBytesAtOnce = 128 * 1024;

/**
 * One subscriber's way through one article's events: replay, checkpoint, live, in one seamless order. A subscriber
 * holds a position and no queue: renderings, new or old, are sent for as long as its client takes them, and the slowest
 * client costs no other anything.
 */
export class Subscriber implements Reader {
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
  /** The log's head when the stream began: events after it are live, however fast the log grows. */
  #target: number;
  #live = false;
  #ended = false;
  /** Undefined: the subscriber sends, or has nothing to send. */
  #wait: Wait | undefined;
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

  changed(): void {
    if (this.#wait === undefined) this.#run();
  }

  settled(pending: Pending, outcome: Outcome): void {
    const wait = this.#wait;
    if (wait === undefined) return this.#run(outcome.type === 'made' ? pending : undefined);
    if (!('pending' in wait) || wait.pending !== pending) return;
    if (outcome.type === 'failed') return this.#giveUp();
    this.#wait = undefined;
    // If the subscriber waited for a later event of the batch, its own event may exist still. A feed that follows another
    // log has a reason of its own to reset.
    const isOwnEvent = outcome.type === 'gone' && outcome.sequence === this.#position + 1;
    if (isOwnEvent && this.#generation === this.#feed.generation) this.#reset('EXPIRED');
    this.#run(pending, wait.type === 'own' ? wait.rendered : undefined);
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
    if (this.#wait?.type !== 'connection') this.#wait = undefined;
    this.changed();
  }

  /** Closes the connection of a client that was up to date, has fallen too far behind, and does not read. */
  endIfStuck({ maxLiveTailEvents, maxLiveTailBytes }: TailLimits): void {
    if (!this.#live || this.#wait?.type !== 'connection' || !this.#sink.isBlocked()) return;
    const tooMany = this.#feed.head - this.#position > maxLiveTailEvents;
    if (tooMany || this.#group.bytesAfter(this.#position) > maxLiveTailBytes) this.#giveUp();
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
    if (this.#wait && 'pending' in this.#wait) this.#wait.pending.readers.delete(this);
    this.#wait = undefined;
    this.#group.remove(this);
    this.#onEnd();
    return true;
  }

  /** Goes on after a wait, unless the subscriber waits for something else by now. */
  #goOnAfter(wait: Wait, waitedFor?: Pending): void {
    if (this.#wait !== wait) return;
    this.#wait = undefined;
    this.#run(waitedFor);
  }

  /**
   * @param waitedFor the rendering that has ended a wait: what was rendered is taken even if outdated
   * @param own the item of which it is this account's own rendering
   */
  #run(waitedFor?: Pending, own?: RenderedItem): void {
    if (this.#running || this.#ended) return;
    this.#running = true;
    try {
      if (this.#feed.head - this.#position > 1) this.#sink.bundle(() => this.#sendDue(waitedFor, own));
      else this.#sendDue(waitedFor, own);
    } finally {
      this.#running = false;
    }
  }

  #sendDue(waitedFor: Pending | undefined, own: RenderedItem | undefined): void {
    let bytes = 0;
    let held = own;
    while (!this.#ended && this.#wait === undefined) {
      if (!this.#sink.writable) return this.#waitForConnection();
      const due = this.#next(waitedFor, held);
      held = undefined;
      if (due === undefined) return;
      const rendering =
        (waitedFor instanceof OwnRendering ? waitedFor.of(due, this.#accountId) : undefined) ??
        due.for(this.#accountId);
      if (rendering === undefined) {
        const pending = this.#group.requestOwn(due, this.#viewer, this);
        this.#wait = { type: 'own', pending, rendered: due };
        return;
      }
      this.#deliver(due, rendering);
      bytes += rendering.type === 'payload' ? rendering.bytes.length : 0;
      if (bytes > maxBytesAtOnce) return this.#waitForTurn(waitedFor);
    }
  }

  #waitForConnection(): void {
    const wait: Wait = { type: 'connection' };
    this.#wait = wait;
    // Many connections become writable at the same moment, each with many subscribers.
    this.#sink.onceWritable(() => sendLater(() => this.#goOnAfter(wait)));
  }

  /** Lets other subscribers send first: what a connection takes at once can be megabytes. */
  #waitForTurn(waitedFor: Pending | undefined): void {
    if (this.#ended || this.#wait !== undefined) return;
    const wait: Wait = { type: 'turn' };
    this.#wait = wait;
    sendLater(() => this.#goOnAfter(wait, waitedFor));
  }

  /** Ends the subscription if its viewer may really no longer see the article. */
  #waitForVisibility(rendered: RenderedItem, errors: readonly Error[]): void {
    const wait: Wait = { type: 'visibility' };
    this.#wait = wait;
    this.#group.checkWithdrawal(this.#viewer, rendered).then(
      (visible) => {
        if (visible) this.#goOnAfter(wait);
        else if (this.#wait === wait) this.end(errors);
      },
      () => {
        if (this.#wait === wait) this.#giveUp();
      },
    );
  }

  /** The next rendering; undefined: there is none to send now. */
  #next(waitedFor: Pending | undefined, held: RenderedItem | undefined): RenderedItem | undefined {
    const feed = this.#feed;
    if (this.#generation !== feed.generation) this.#reset('EPOCH_CHANGED');
    else if (held !== undefined) return held;
    if (this.#owedReset !== undefined) return this.#mark(this.#owedReset);
    const caughtUp = !this.#live && this.#position >= this.#target;
    if (this.#owedCursor || caughtUp) return this.#mark(undefined);
    if (this.#position < feed.head) {
      const rendered = this.#group.rendered(this.#position + 1, waitedFor);
      if (rendered === undefined) this.#waitFor(this.#group.request(this.#position + 1, this));
      return rendered;
    }
    return this.#pulse < feed.pulseCount ? this.#mark(undefined) : undefined;
  }

  #mark(reason: ResetReason | undefined): RenderedItem | undefined {
    const rendered = this.#group.mark(this.#position, reason);
    if (rendered === undefined) this.#waitFor(this.#group.requestMark(this.#position, reason, this));
    return rendered;
  }

  #waitFor(pending: Pending): void {
    this.#wait = { type: 'rendering', pending };
  }

  #deliver(rendered: RenderedItem, rendering: Rendering): void {
    const { item, cursor } = rendered;
    if (rendering.type === 'failed') return this.#giveUp();
    if (rendering.type === 'refused') return this.end(rendering.errors);
    if (rendering.type === 'withdrawn') return this.#waitForVisibility(rendered, rendering.errors);
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
