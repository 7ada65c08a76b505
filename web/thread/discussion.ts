import { type ApolloClient, type TypedDocumentNode } from '@apollo/client';
import { type MaybeMasked } from '@apollo/client/masking';
import { type VirtualItem } from '@tanstack/react-virtual';
import { type Listening, type LiveState } from '@standfirst/client';
import { type Reader } from '../session/session.ts';
import { texts } from '../texts.ts';
import { ArticleEvents, CommentNow, HiddenComments } from './documents.ts';
import { type LiveEvent, writeEvent } from './event-cache.ts';
import { hasHeldEdit, isHeld } from './own-state.tsx';
import { type LateAnswers, lateAnswersOf } from './late-answers.ts';
import { liveOf } from './live.ts';
import { outbox, type Outgoing } from './outbox.ts';
import { Posting } from './posting.ts';
import { Removals } from './removals.ts';
import { type Entry, type EntryPage, type ThreadSort } from './thread-entry.ts';
import { ThreadList } from './thread-list.ts';
import { ThreadPages } from './thread-pages.ts';
import { maxLevel } from './thread-variables.ts';

/**
 * Shortest time between two batches of events, in milliseconds. Short enough to seem immediate, and long enough that
 * busy threads are not read, compared and rendered again for each event.
 */
const pauseMs = 200;

export interface DiscussionOptions {
  readonly reader: Reader;
  readonly article: { readonly id: string; readonly slug: string };
  /** The comment whose replies are discussed; absent: the whole thread. */
  readonly root?: Entry | undefined;
  readonly sort: ThreadSort;
  /** Result of the article's query, and the cursor to listen from. */
  readonly page: EntryPage;
  /** The comment around which it was loaded. */
  readonly around: string | undefined;
  readonly liveCursor: string;
  readonly viewerId: string | undefined;
  /** Reloads the parts of the page outside the thread. */
  readonly refresh: () => Promise<unknown>;
}

/**
 * One article's discussion on one page: a snapshot, and the events after its cursor. Texts and counts are in the cache,
 * by ids; the list holds which comments are shown, and in which order.
 */
export class Discussion {
  readonly list: ThreadList;
  readonly pages: ThreadPages;
  readonly article: DiscussionOptions['article'];
  readonly root: Entry | undefined;
  readonly viewerId: string | undefined;
  readonly around: string | undefined;
  /** Heights of the rows when the page was left. */
  measurements: readonly VirtualItem[] = [];
  /** Absent: the reader is not signed in. */
  readonly posting: Posting | undefined;
  readonly removals = new Removals();
  readonly #options: DiscussionOptions;
  readonly #late: LateAnswers;
  #listening: Listening | undefined;
  #cursor: string;
  #state: LiveState = { status: 'connecting' };
  readonly #stateListeners = new Set<() => void>();
  #queue: LiveEvent[] = [];
  #isScheduled = false;
  /** Time of the last batch of events, in milliseconds. */
  #shownAt = -Infinity;
  /** Ids of the comments that were written here, by idempotency key. */
  readonly #acknowledged = new Map<string, string>();
  #goToOwn: (key: string) => void = () => undefined;
  #placeOf: () => string | undefined = () => undefined;

  constructor(options: DiscussionOptions) {
    this.#options = options;
    this.article = options.article;
    this.root = options.root;
    this.around = options.around;
    this.#late = lateAnswersOf(options.reader);
    // Events so far are older than the snapshot of this discussion.
    this.#late.forget();
    this.#cursor = options.liveCursor;
    this.list = new ThreadList({ sort: options.sort, maxLevel, root: options.root });
    this.list.replace(options.page);
    this.pages = new ThreadPages({ ...options, list: this.list });
    this.viewerId = options.viewerId;
    if (this.viewerId === undefined) return;
    this.posting = new Posting({
      reader: options.reader,
      articleId: this.article.id,
      viewerId: this.viewerId,
      onChange: (items) => this.#showOutgoing(items),
      onPosted: (comment, key) => this.#addOwn(comment, key),
      readAgain: (commentId) => this.#readAgain(commentId),
    });
  }

  // #region listen
  /**
   * Starts listening, and sends comments again that were under way before a reload. @returns a function that stops
   * listening
   */
  start(): () => void {
    this.#listening = liveOf(this.#options.reader).article({
      articleId: this.article.id,
      cursor: this.#cursor,
      document: ArticleEvents,
      onEvent: (event) => this.#receive(event),
      onReset: () => this.#reset(),
      onState: (state) => this.#setState(state),
    });
    const endPosting = this.posting?.start();
    void this.readHidden();
    return () => {
      endPosting?.();
      this.#flush();
      this.#cursor = this.#listening?.cursor ?? this.#cursor;
      this.#listening?.stop();
      this.#listening = undefined;
    };
  }
  // #endregion listen

  /** Stores the rows' heights for the reader's return to the page. */
  keepMeasurements(measurements: readonly VirtualItem[]): void {
    this.measurements = measurements;
  }

  /** @param placeOf returns the comment that is being read, for reloading the page at the same place */
  readAt(placeOf: () => string | undefined): void {
    this.#placeOf = placeOf;
  }

  /** @param goToOwn scrolls to a comment that was written here, by its key */
  followOwn(goToOwn: (key: string) => void): void {
    this.#goToOwn = goToOwn;
  }

  /**
   * Key of the row of a comment that was written here: a row of its own until the service has acknowledged the comment,
   * then the comment's.
   */
  rowOfOwn(key: string): string {
    return this.#acknowledged.get(key) ?? `own:${key}`;
  }

  subscribeState = (listener: () => void): (() => void) => {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  };

  state = (): LiveState => this.#state;

  #setState(state: LiveState): void {
    // The discussion was stopped by leaving it.
    if (state.status === 'ended' && state.because === 'stopped') return;
    this.#state = state;
    for (const listener of this.#stateListeners) listener();
    if (state.status === 'live') this.posting?.retryLost();
  }

  // #region events
  /** Shows an event before the next frame, and those that follow closely in batches: each batch has a price of its own. */
  #receive(event: LiveEvent): void {
    this.#queue.push(event);
    if (document.hidden) return this.#flush();
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const show = () => requestAnimationFrame(() => this.#flush());
    const pause = this.#shownAt + pauseMs - performance.now();
    if (pause > 0) setTimeout(show, pause);
    else show();
  }

  #flush(): void {
    this.#isScheduled = false;
    const events = this.#queue;
    if (events.length === 0) return;
    this.#queue = [];
    this.#shownAt = performance.now();
    this.#late.note(events, this.#showAgain);
    this.#write(events);
    this.list.batch(() => {
      for (const event of events) this.#list(event);
    });
    this.#readHeldAgain(events);
  }

  /**
   * After an edit, a held text that its author sees may have become the public one: events do not report changes of
   * held texts.
   */
  #readHeldAgain(events: readonly LiveEvent[]): void {
    const { cache } = this.#options.reader.apollo;
    for (const event of events)
      if (event.__typename === 'CommentEdited' && hasHeldEdit(cache, event.comment.id))
        void this.#late.during(() => this.#readAgain(event.comment.id)).catch(() => undefined);
  }

  #write(events: readonly LiveEvent[]): void {
    this.#options.reader.apollo.cache.batch({
      update: (cache) => {
        for (const event of events) writeEvent(cache, this.article.id, event);
      },
    });
  }

  /**
   * Applies events once more. The list has applied them before, so only the last event about each comment matters to
   * it.
   */
  #showAgain = (events: readonly LiveEvent[]): void => {
    this.#write(events);
    const last = new Map<string, LiveEvent>();
    for (const event of events) if (isForList(event)) last.set(event.comment.id, event);
    this.list.batch(() => {
      for (const event of last.values()) this.#list(event);
    });
  };

  #list(event: LiveEvent): void {
    switch (event.__typename) {
      case 'CommentAdded': {
        const key = event.idempotencyKey ?? '';
        if (this.posting?.items.some((item) => item.key === key) === true) this.posting.forget(key);
        if (!outbox.isSentFromHere(key)) return this.list.add(event.comment);
        return this.#addOwn(event.comment, key);
      }
      case 'CommentRestored':
        this.removals.delete(event.comment.id);
        return this.list.add(event.comment);
      case 'CommentRemoved':
        if (event.vanishedCommentId !== null && !this.removals.get(event.vanishedCommentId))
          this.list.remove(event.vanishedCommentId);
    }
  }
  // #endregion events

  // #region reset
  /**
   * Reloads everything around the comment that is being read, when too many events were missed, or an unknown number.
   */
  async #reset(): Promise<void> {
    this.#queue = [];
    this.pages.abandon();
    this.#late.forget();
    const { refresh } = this.#options;
    const { replacements } = this.list;
    await Promise.all([this.#late.during(refresh), this.pages.load(this.#placeOf())]);
    // No page was shown, since another request took over: the reset has failed, and the client repeats it.
    if (this.list.replacements === replacements) throw new Error(texts.failed);
  }
  // #endregion reset

  /**
   * Shows the reader's own comments that wait for a moderator or were rejected: they are in no list of the thread, and no event
   * says what becomes of them.
   */
  async readHidden(): Promise<void> {
    if (this.viewerId === undefined) return;
    const { apollo } = this.#options.reader;
    const { slug } = this.article;
    const ask = () =>
      apollo.query({ query: HiddenComments, variables: { slug }, fetchPolicy: 'network-only' });
    // Without an answer, the page shows what everybody sees.
    const answer = await this.#late.during(ask).catch(() => undefined);
    const hidden = answer?.data?.article?.viewerHiddenComments?.nodes;
    if (!hidden) return;
    for (const { id } of this.list.setHidden(hidden)) {
      // It was approved, which an event says, or removed, which none does.
      const isThere = await this.#late.during(() => this.#readAgain(id)).catch(() => true);
      if (!isThere) this.list.remove(id);
    }
  }

  /**
   * Shows the comments that have gathered at the top.
   * @returns the comment to go to
   */
  async showGathered(): Promise<string | undefined> {
    // The comments between the top and the loaded part are not loaded.
    if (this.list.snapshot().hasPrevious) {
      if (!(await this.pages.load())) return undefined;
      const [first] = this.list.snapshot().rows;
      return first?.kind === 'comment' ? first.id : undefined;
    }
    return this.list.showGathered()[0];
  }

  /** Changes a comment. @throws when the request fails */
  mutate<TData, TVariables extends { input: { commentId: string } }>(
    mutation: TypedDocumentNode<TData, TVariables>,
    variables: TVariables,
    optimisticResponse?: unknown,
  ): Promise<ApolloClient.MutateResult<MaybeMasked<TData>>> {
    const { apollo } = this.#options.reader;
    return this.#late.during(
      () => apollo.mutate<TData, TVariables>({ mutation, variables, optimisticResponse } as never),
      undefined,
      async () => void (await this.#readAgain(variables.input.commentId)),
    );
  }

  async #readAgain(commentId: string): Promise<boolean> {
    const { data } = await this.#options.reader.apollo.query({
      query: CommentNow,
      variables: { commentId },
      fetchPolicy: 'network-only',
    });
    return data?.comment != null;
  }

  /**
   * Posts a comment. Its text is stored from now on until the service has acknowledged it, and shown: the list scrolls
   * to its future place.
   */
  post(body: string, parentId: string | undefined): void {
    const key = this.posting?.add(body, parentId);
    if (key === undefined) return;
    this.#goToOwn(key);
    void this.#makePlace(parentId)
      .then((isMoved) => isMoved && this.#goToOwn(key))
      // The comment is shown at the nearest possible place.
      .catch(() => undefined)
      .finally(() => void this.posting?.send(key));
  }

  /** @returns whether the list has changed */
  async #makePlace(parentId: string | undefined): Promise<boolean> {
    if (parentId !== undefined) this.list.setFolded(parentId, false);
    // A comment whose replies are not loaded has no place for a new reply.
    const lacksReplies = parentId !== undefined && this.list.lacksReplies(parentId);
    if (lacksReplies) await this.pages.loadBranch(parentId);
    // Loads the end of the list at which the comment will be shown.
    const lacksPlace = this.list.lacksPlaceFor(parentId === this.root?.id);
    if (lacksPlace) await this.pages.loadNewest();
    return lacksReplies || lacksPlace;
  }

  #addOwn(comment: Entry, key: string): void {
    this.#acknowledged.set(key, comment.id);
    const isThread = comment.depth === (this.root ? this.root.depth + 1 : 0);
    const lacksPlace = !this.list.has(comment.id) && this.list.lacksPlaceFor(isThread);
    // Loading this place failed when the comment was written; now the service has the comment, so the page around it is
    // loaded. A comment that another page left unsent does not move the list.
    if (lacksPlace && outbox.isWrittenHere(key)) void this.pages.load(comment.id).catch(() => undefined);
    else this.list.add(comment, !lacksPlace);
    if (isHeld(this.#options.reader.apollo.cache, comment.id)) this.list.addHidden(comment);
  }

  #showOutgoing(items: readonly Outgoing[]): void {
    // On the page of a branch, unsent comments of other branches are not shown.
    const here = items.filter(
      ({ parentId }) =>
        !this.root || parentId === this.root.id || (parentId !== undefined && this.list.has(parentId)),
    );
    this.list.setOwn(here);
  }
}

/** Whether the event adds a comment to the list or takes it out. */
const isForList = (event: LiveEvent): event is LiveEvent & { readonly comment: Entry } =>
  event.__typename === 'CommentAdded' ||
  event.__typename === 'CommentRestored' ||
  (event.__typename === 'CommentRemoved' && event.vanishedCommentId !== null);
