import { type ApolloClient, type OperationVariables, type TypedDocumentNode } from '@apollo/client';
import { type MaybeMasked } from '@apollo/client/masking';
import { type VirtualItem } from '@tanstack/react-virtual';
import { type Listening, type LiveState } from 'standfirst/client';
import { type Reader } from '../session/session.ts';
import { ArticleEvents } from './documents.ts';
import { type LiveEvent, writeEvent } from './event-cache.ts';
import { type LateAnswers, lateAnswersOf } from './late-answers.ts';
import { liveOf } from './live.ts';
import { type Outgoing } from './outbox.ts';
import { Posting } from './posting.ts';
import { type Entry, type EntryPage, type ThreadSort } from './thread-entry.ts';
import { ThreadList } from './thread-list.ts';
import { ThreadPages } from './thread-pages.ts';
import { maxLevel } from './thread-variables.ts';

export interface DiscussionOptions {
  readonly reader: Reader;
  readonly article: { readonly id: string; readonly slug: string };
  /** The comment whose replies are discussed; absent: the whole thread. */
  readonly root?: Entry | undefined;
  readonly sort: ThreadSort;
  /** What the article's query has brought, and from where on to listen. */
  readonly page: EntryPage;
  readonly liveCursor: string;
  readonly viewerId: string | undefined;
  /** Loads what the page shows beside the thread once more. */
  readonly refresh: () => Promise<unknown>;
}

/**
 * One article's discussion on one page: a snapshot, and the events from its cursor on. Texts and counts live in the cache, by
 * their ids; the list knows which comments are on show and in what order.
 */
export class Discussion {
  readonly list: ThreadList;
  readonly pages: ThreadPages;
  readonly article: DiscussionOptions['article'];
  readonly root: Entry | undefined;
  readonly viewerId: string | undefined;
  /** How high the rows were when the page was left. */
  measurements: readonly VirtualItem[] = [];
  /** Absent: nobody is signed in. */
  readonly posting: Posting | undefined;
  readonly #options: DiscussionOptions;
  readonly #late: LateAnswers;
  #listening: Listening | undefined;
  #cursor: string;
  #state: LiveState = { status: 'connecting' };
  readonly #stateListeners = new Set<() => void>();
  #queue: LiveEvent[] = [];
  #isScheduled = false;
  #placeOf: () => string | undefined = () => undefined;

  constructor(options: DiscussionOptions) {
    this.#options = options;
    this.article = options.article;
    this.root = options.root;
    this.#late = lateAnswersOf(options.reader);
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
      onPosted: (comment) => this.#addOwn(comment),
    });
    this.#showOutgoing(this.posting.items);
  }

  // #region listen
  /** Listens; what was on its way before a reload is sent again. @returns ends it */
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
    return () => {
      endPosting?.();
      this.#flush();
      this.#cursor = this.#listening?.cursor ?? this.#cursor;
      this.#listening?.stop();
      this.#listening = undefined;
    };
  }
  // #endregion listen

  /** For when one comes back. */
  keepMeasurements(measurements: readonly VirtualItem[]): void {
    this.measurements = measurements;
  }

  /** @param placeOf says which comment is being read, for loading the page again in the same place */
  readAt(placeOf: () => string | undefined): void {
    this.#placeOf = placeOf;
  }

  subscribeState = (listener: () => void): (() => void) => {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  };

  state = (): LiveState => this.#state;

  #setState(state: LiveState): void {
    // It was left, or is being left.
    if (state.status === 'ended' && state.because === 'stopped') return;
    this.#state = state;
    for (const listener of this.#stateListeners) listener();
    if (state.status === 'live') this.posting?.retryLost();
  }

  // #region events
  /** What comes together is shown together: a browser paints sixty times a second at most. */
  #receive(event: LiveEvent): void {
    this.#queue.push(event);
    if (document.hidden) return this.#flush();
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    requestAnimationFrame(() => this.#flush());
  }

  #flush(): void {
    this.#isScheduled = false;
    const events = this.#queue;
    if (events.length === 0) return;
    this.#queue = [];
    this.#late.note(() => this.#show(events));
    this.#show(events);
  }

  #show(events: readonly LiveEvent[]): void {
    this.#options.reader.apollo.cache.batch({
      update: (cache) => {
        for (const event of events) writeEvent(cache, this.article.id, event);
      },
    });
    this.list.batch(() => {
      for (const event of events) this.#list(event);
    });
  }

  #list(event: LiveEvent): void {
    switch (event.__typename) {
      case 'CommentAdded': {
        const key = event.idempotencyKey ?? '';
        const isOwn = this.posting?.items.some((item) => item.key === key) === true;
        if (isOwn) this.posting?.forget(key);
        return isOwn ? this.#addOwn(event.comment) : this.list.add(event.comment);
      }
      case 'CommentRestored':
        return this.list.add(event.comment);
      case 'CommentRemoved':
        if (event.vanishedCommentId !== null) this.list.remove(event.vanishedCommentId);
    }
  }
  // #endregion events

  // #region reset
  /** Too much was missed, or nobody knows how much: everything once more, in the place that is being read. */
  async #reset(): Promise<void> {
    this.#queue = [];
    this.#late.forget();
    const { refresh } = this.#options;
    await Promise.all([this.#late.during(refresh), this.pages.load(this.#placeOf())]);
  }
  // #endregion reset

  /**
   * Shows what has gathered at the top.
   * @returns the comment to go to
   */
  async showGathered(): Promise<string | undefined> {
    // What lies between the top and here is not loaded.
    if (this.list.snapshot().hasPrevious) {
      if (!(await this.pages.load())) return undefined;
      const [first] = this.list.snapshot().rows;
      return first?.kind === 'comment' ? first.id : undefined;
    }
    return this.list.showGathered()[0];
  }

  /** Changes a comment. @throws when the service could not be asked */
  mutate<TData, TVariables extends OperationVariables>(
    mutation: TypedDocumentNode<TData, TVariables>,
    variables: TVariables,
    optimisticResponse?: unknown,
  ): Promise<ApolloClient.MutateResult<MaybeMasked<TData>>> {
    const { apollo } = this.#options.reader;
    return this.#late.during(() => apollo.mutate({ mutation, variables, optimisticResponse } as never));
  }

  /** Comments. What is written is kept until the service has it, whatever happens meanwhile. */
  async post(body: string, parentId: string | undefined): Promise<void> {
    if (parentId !== undefined) {
      this.list.setFolded(parentId, false);
      // Below a comment whose replies are not loaded there is no place for one.
      if (this.list.lacksReplies(parentId)) await this.pages.loadBranch(parentId).catch(() => undefined);
    }
    // Where it will stand, and everything up to there.
    if (this.list.lacksPlaceFor(parentId === this.root?.id))
      await this.pages.loadNewest().catch(() => undefined);
    this.posting?.post(body, parentId);
  }

  #addOwn(comment: Entry): void {
    // The list could not be taken to where it stands when it was written; now it is there for certain.
    const isThread = comment.depth === (this.root ? this.root.depth + 1 : 0);
    if (!this.list.has(comment.id) && this.list.lacksPlaceFor(isThread))
      void this.pages.load(comment.id).catch(() => undefined);
    else this.list.add(comment, true);
  }

  #showOutgoing(items: readonly Outgoing[]): void {
    // Where a branch is read, what is said elsewhere waits elsewhere.
    const here = items.filter(
      ({ parentId }) =>
        !this.root || parentId === this.root.id || (parentId !== undefined && this.list.has(parentId)),
    );
    this.list.setOwn(here);
  }
}
