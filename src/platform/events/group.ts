import { isException, type Viewer } from '../auth/viewer.ts';
import type { ResetReason, StreamItem } from './event.ts';
import type { Feed, FeedListener } from './feed.ts';
import { RenderingMaker, toRenderedItem } from './rendering-maker.ts';
import { type RenderingMemory, maxFailureAge } from './rendering-store.ts';
import type { RenderedItem, Renderer, SharedVisibility } from './rendering.ts';
import { type Outcome, OwnRendering, Pending, type Reader } from './pending.ts';

/**
 * How long checkpoints and resets may be shared, in milliseconds: their time is the time at which they were rendered.
 */
const maxMarkAge = 1000;

/** How often visibility is determined again because the article has changed meanwhile. */
const maxTries = 3;

/**
 * The subscribers of one article with the same selection and the same rights: each item is rendered once for all of
 * them, when the first one wants it.
 */
export class Group implements FeedListener {
  readonly #feed: Feed;
  readonly #renderer: Renderer;
  readonly #readers = new Set<Reader>();
  readonly #maker: RenderingMaker;
  readonly #marks = new Map<string, RenderedItem>();
  /** Renderings of marks, and renderings for single accounts, that do not exist yet. */
  readonly #pending = new Map<string, Pending>();
  readonly founder: { readonly address: string; readonly isKnown: boolean };
  #generation: number;
  /** The feed's head when it last told of news. */
  #awaitedHead: number;
  /** The check of renderings that say that the article is invisible, while it is under way. */
  #withdrawal: Promise<SharedVisibility> | undefined;
  #visibility: { readonly revision: number; readonly known: Promise<SharedVisibility> } | undefined;

  constructor(
    feed: Feed,
    renderer: Renderer,
    memory: RenderingMemory,
    { address, isKnown }: { readonly address: string; readonly isKnown: boolean },
  ) {
    this.#feed = feed;
    // A copy, because the membership itself holds more.
    this.founder = { address, isKnown };
    this.#maker = new RenderingMaker(feed, renderer, memory);
    this.#renderer = renderer;
    this.#generation = feed.generation;
    this.#awaitedHead = feed.head;
    feed.listen(this);
  }

  get size(): number {
    return this.#readers.size;
  }

  add(reader: Reader): void {
    this.#readers.add(reader);
  }

  remove(reader: Reader): void {
    this.#readers.delete(reader);
  }

  close(): void {
    this.#feed.unlisten(this);
    this.#maker.store.close();
  }

  /** Whether a viewer of this group may see the article. */
  async admits(viewer: Viewer | null): Promise<boolean> {
    for (let tries = 1; ; tries++) {
      const { revision } = this.#feed;
      const isVisible = await this.#isVisible(viewer);
      // The answer may be older than an event that unpublished the article meanwhile.
      if (revision === this.#feed.revision || tries === maxTries) return isVisible;
    }
  }

  async #isVisible(viewer: Viewer | null): Promise<boolean> {
    const { revision } = this.#feed;
    if (this.#visibility?.revision !== revision)
      this.#visibility = { revision, known: this.#renderer.visibility() };
    const asked = this.#visibility;
    try {
      const { visible, exceptions } = await asked.known;
      // A refusal is not cached: the article's publication does not change the revision.
      if (!visible && this.#visibility === asked) this.#visibility = undefined;
      const apart = isException(exceptions, viewer?.accountId);
      return apart ? await this.#renderer.isVisibleTo(viewer) : visible;
    } catch (error) {
      if (this.#visibility === asked) this.#visibility = undefined;
      throw error;
    }
  }

  changed(): void {
    if (this.#generation !== this.#feed.generation) {
      this.#generation = this.#feed.generation;
      this.#maker.store.clear();
      this.#marks.clear();
      this.#awaitedHead = this.#feed.head;
    }
    const next = this.#awaitedHead + 1;
    this.#awaitedHead = this.#feed.head;
    if (next > this.#feed.head || this.rendered(next, undefined) !== undefined)
      for (const reader of this.#readers) reader.changed();
    // Each subscriber would request the next event by itself, so they are notified when its rendering exists.
    else if (this.#readers.size > 0) this.#maker.make(next, this.#readers);
  }

  subjectChanged(subjectId: string): void {
    this.#maker.subjectChanged(subjectId);
  }

  /** Drops renderings that are too old. */
  tidy(): void {
    this.#maker.store.dropOld();
  }

  /** Bytes of the existing renderings after a position. */
  bytesAfter(position: number): number {
    return this.#maker.store.bytesAfter(position);
  }

  /**
   * The rendering of an event, unless it has to be made first.
   * @param waitedFor the rendering that the reader waited for, which it takes even if outdated
   */
  rendered(sequence: number, waitedFor: Pending | undefined): RenderedItem | undefined {
    return this.#maker.store.get(sequence, waitedFor);
  }

  /** Renders an event for a reader, which is notified once that has ended. */
  request(sequence: number, reader: Reader): Pending {
    return this.#maker.make(sequence, [reader]);
  }

  mark(sequence: number, reason: ResetReason | undefined): RenderedItem | undefined {
    const rendered = this.#marks.get(this.#markKey(sequence, reason));
    const maxAge = rendered?.failed ? maxFailureAge : maxMarkAge;
    return rendered && performance.now() - rendered.renderedAt < maxAge ? rendered : undefined;
  }

  /** Renders a checkpoint, or a reset, for a reader, which is notified once that has ended. */
  requestMark(sequence: number, reason: ResetReason | undefined, reader: Reader): Pending {
    const key = this.#markKey(sequence, reason);
    const pending = new Pending([reader], this.#feed.revision);
    return this.#request(`mark:${key}`, pending, async () => {
      const { key: log, epoch } = this.#feed;
      const here = { log, epoch, sequence, at: new Date() };
      const item: StreamItem =
        reason === undefined ? { type: 'checkpoint', ...here } : { type: 'reset', reason, ...here };
      // On nobody's account: a mark has nothing that is read, and all subscribers wait for it.
      const permit = await this.#renderer.permit([]);
      const [shared] = await this.#renderer.renderShared([item], permit).finally(() => permit.release());
      for (const [old, { renderedAt }] of this.#marks)
        if (performance.now() - renderedAt >= maxMarkAge) this.#marks.delete(old);
      if (shared) this.#marks.set(key, toRenderedItem(item, shared, this.#feed.revision, pending));
    });
  }

  /** Renders an item for one account among its exceptions; the reader is notified once that has ended. */
  requestOwn(rendered: RenderedItem, viewer: Viewer | null, reader: Reader): OwnRendering {
    const accountId = viewer?.accountId;
    const own = new OwnRendering(rendered, accountId, [reader], this.#feed.revision);
    return this.#request(`own:${accountId}:${rendered.cursor}:${rendered.item.type}`, own, async () => {
      own.rendering = await this.#renderer.renderFor(viewer, rendered.item, reader.address);
    });
  }

  /**
   * Checks a rendering that says that the article is invisible. Readers that ask at the same time share the check.
   * @returns true if the article is visible, so that it is rendered anew
   */
  async checkWithdrawal(viewer: Viewer | null, rendered: RenderedItem): Promise<boolean> {
    this.#withdrawal ??= this.#renderer.visibility().finally(() => (this.#withdrawal = undefined));
    const shared = await this.#withdrawal;
    const isVisible = isException(shared.exceptions, viewer?.accountId)
      ? await this.#renderer.isVisibleTo(viewer)
      : shared.visible;
    if (isVisible) this.#maker.store.remove(rendered);
    return isVisible;
  }

  /** Begins a rendering, unless one with the same key is pending: then its readers wait for that one. */
  #request<Kind extends Pending>(key: string, wanted: Kind, make: () => Promise<void>): Kind {
    const present = this.#pending.get(key) as Kind | undefined;
    if (present) {
      for (const reader of wanted.readers) present.readers.add(reader);
      return present;
    }
    this.#pending.set(key, wanted);
    const settle = (outcome: Outcome): void => {
      this.#pending.delete(key);
      wanted.settle(outcome);
    };
    void make().then(
      () => settle({ type: 'made' }),
      () => settle({ type: 'failed' }),
    );
    return wanted;
  }

  #markKey(sequence: number, reason: ResetReason | undefined): string {
    return `${this.#feed.epoch}:${sequence}:${reason ?? ''}`;
  }
}
