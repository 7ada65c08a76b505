import type { Viewer } from '../auth/viewer.ts';
import type { ResetReason, StreamItem } from './event.ts';
import type { Feed, FeedListener } from './feed.ts';
import { FrameMaker, frameOf } from './frame-maker.ts';
import { type FrameMemory, maxFailureAge } from './frame-store.ts';
import type { Frame, Renderer, SharedVisibility } from './frame.ts';
import type { Member, TailLimits } from './member.ts';
import { OwnRendering, Waiting } from './waiting.ts';

/**
 * How long checkpoints and resets may be shared, in milliseconds: their time is the time at which they were rendered.
 */
const maxMarkAge = 1000;

/**
 * The subscribers of one article with the same selection and the same rights: each item is rendered once for all of
 * them, when the first one wants it.
 */
export class Group implements FeedListener {
  readonly #feed: Feed;
  readonly #renderer: Renderer;
  readonly #subscribers = new Set<Member>();
  readonly #maker: FrameMaker;
  readonly #marks = new Map<string, Frame>();
  /** Subscribers that wait for anything but an event's shared rendering, by its key. */
  readonly #waiting = new Map<string, Waiting>();
  readonly founder: { readonly address: string; readonly isKnown: boolean };
  #generation: number;
  /** The number of the last event whose rendering for all subscribers has begun or ended. */
  #awaitedHead: number;
  #visibility: { readonly revision: number; readonly known: Promise<SharedVisibility> } | undefined;

  /** @param founder the address of its first member, and whether the selection is known */
  constructor(
    feed: Feed,
    renderer: Renderer,
    memory: FrameMemory,
    { address, isKnown }: { readonly address: string; readonly isKnown: boolean },
  ) {
    this.#feed = feed;
    // A copy, because the membership itself holds more.
    this.founder = { address, isKnown };
    this.#maker = new FrameMaker(feed, renderer, memory);
    this.#renderer = renderer;
    this.#generation = feed.generation;
    this.#awaitedHead = feed.head;
    feed.listen(this);
  }

  get size(): number {
    return this.#subscribers.size;
  }

  add(subscriber: Member): void {
    this.#subscribers.add(subscriber);
  }

  remove(subscriber: Member): void {
    this.#subscribers.delete(subscriber);
  }

  close(): void {
    this.#feed.unlisten(this);
    this.#maker.frames.close();
  }

  /** Whether a viewer of this group may see the article. */
  async admits(viewer: Viewer | null): Promise<boolean> {
    const { revision } = this.#feed;
    if (this.#visibility?.revision !== revision)
      this.#visibility = { revision, known: this.#renderer.visibility() };
    const asked = this.#visibility;
    try {
      const { visible, exceptions, concernsAll } = await asked.known;
      // A refusal is not cached: the article's publication does not change the revision.
      if (!visible && this.#visibility === asked) this.#visibility = undefined;
      const apart = viewer !== null && (concernsAll || exceptions.has(viewer.accountId));
      return apart ? await this.#renderer.isVisibleTo(viewer) : visible;
    } catch (error) {
      if (this.#visibility === asked) this.#visibility = undefined;
      throw error;
    }
  }

  changed(): void {
    if (this.#generation !== this.#feed.generation) {
      this.#generation = this.#feed.generation;
      this.#maker.frames.clear();
      this.#marks.clear();
      this.#awaitedHead = this.#feed.head;
    }
    const next = this.#awaitedHead + 1;
    this.#awaitedHead = this.#feed.head;
    if (next > this.#feed.head || this.frame(next, undefined) !== undefined)
      for (const subscriber of this.#subscribers) subscriber.changed();
    // Each subscriber would request the next event by itself, so they are notified when its rendering exists.
    else if (this.#subscribers.size > 0) this.#maker.make(next, this.#subscribers);
  }

  commentChanged(commentId: string): void {
    this.#maker.commentChanged(commentId);
  }

  /** Closes connections of clients that don't read, and drops renderings that are too old. */
  tidy(limits: TailLimits): void {
    for (const subscriber of this.#subscribers) subscriber.endIfStuck(limits);
    this.#maker.frames.dropOld();
  }

  /** Bytes of the existing renderings behind a position. */
  bytesBehind(position: number): number {
    return this.#maker.frames.bytesBehind(position);
  }

  /** The rendering of an event, unless it has to be made first. */
  frame(sequence: number, batch: object | undefined): Frame | undefined {
    return this.#maker.frames.get(sequence, batch);
  }

  /** @returns the object that the subscriber is woken with once the rendering exists */
  request(sequence: number, subscriber: Member): object {
    return this.#maker.make(sequence, [subscriber]);
  }

  mark(sequence: number, reason: ResetReason | undefined): Frame | undefined {
    const frame = this.#marks.get(this.#markKey(sequence, reason));
    const maxAge = frame?.failed ? maxFailureAge : maxMarkAge;
    return frame && performance.now() - frame.renderedAt < maxAge ? frame : undefined;
  }

  requestMark(sequence: number, reason: ResetReason | undefined, subscriber: Member): object {
    const key = this.#markKey(sequence, reason);
    const waiting = new Waiting([subscriber], this.#feed.revision);
    return this.#request(`mark:${key}`, waiting, async () => {
      const { articleId, epoch } = this.#feed;
      const here = { articleId, epoch, sequence, at: new Date() };
      const item: StreamItem =
        reason === undefined ? { type: 'checkpoint', ...here } : { type: 'reset', reason, ...here };
      const permit = await this.#renderer.permit([subscriber.address]);
      const [shared] = await this.#renderer.renderShared([item], permit).finally(() => permit.release());
      for (const [old, { renderedAt }] of this.#marks)
        if (performance.now() - renderedAt >= maxMarkAge) this.#marks.delete(old);
      if (shared) this.#marks.set(key, frameOf(item, shared, this.#feed.revision, waiting));
    });
  }

  /**
   * Renders an item for one account among its exceptions. @returns the rendering, once the waiting subscribers are
   * woken with it
   */
  requestOwn(frame: Frame, subscriber: Member): object {
    const { viewer } = subscriber;
    const accountId = viewer?.accountId;
    const own = new OwnRendering(frame, accountId, [subscriber], this.#feed.revision);
    return this.#request(`own:${accountId}:${frame.cursor}:${frame.item.type}`, own, async () => {
      own.rendering = await this.#renderer.renderFor(viewer, frame.item, subscriber.address);
    });
  }

  /**
   * Checks whether the article is really invisible to a subscriber whose rendering says so, or visible again by now.
   */
  requestWithdrawal(position: number, errors: readonly Error[], subscriber: Member): object {
    const token = {};
    this.#renderer.isVisibleTo(subscriber.viewer).then(
      (visible) => {
        if (!visible) return subscriber.withdraw(token, errors);
        // The rendering was made while the article was invisible, so it is made anew.
        this.#maker.frames.drop(position + 1);
        subscriber.wake(token);
      },
      () => subscriber.fail(token),
    );
    return token;
  }

  /** @param wanted the subscribers that wait and are woken; they join those that wait for the same key already */
  #request(key: string, wanted: Waiting, make: () => Promise<void>): object {
    const present = this.#waiting.get(key);
    if (present) {
      for (const member of wanted.members) present.members.add(member);
      return present;
    }
    this.#waiting.set(key, wanted);
    void make().then(
      () => {
        this.#waiting.delete(key);
        wanted.wake();
      },
      () => {
        this.#waiting.delete(key);
        for (const member of wanted.members) member.fail(wanted);
      },
    );
    return wanted;
  }

  #markKey(sequence: number, reason: ResetReason | undefined): string {
    return `${this.#feed.epoch}:${sequence}:${reason ?? ''}`;
  }
}
