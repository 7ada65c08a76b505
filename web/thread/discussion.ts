import { type ApolloClient, type TypedDocumentNode } from '@apollo/client';
import { type VirtualItem } from '@tanstack/react-virtual';
import { type Listening, type LiveState } from 'standfirst/client';
import { type Reader } from '../session/session.ts';
import { texts } from '../texts.ts';
import { ArticleEvents, ArticleThread, BranchThread } from './documents.ts';
import { type LiveEvent, writeEvent } from './event-cache.ts';
import { liveOf } from './live.ts';
import { type Outgoing } from './outbox.ts';
import { Posting } from './posting.ts';
import { type Entry, type EntryPage, type ThreadSort } from './thread-entry.ts';
import { ThreadList } from './thread-list.ts';
import { maxLevel, pageSize, threadVariables } from './thread-variables.ts';

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

/** What a page request may ask for. */
type Place = { after?: string | null; before?: string | null; around?: string | undefined; end?: 'last' };

/**
 * One article's discussion on one page: a snapshot, and the events from its cursor on. Texts and counts live in the cache, by
 * their ids; the list knows which comments are on show and in what order.
 */
export class Discussion {
  readonly list: ThreadList;
  readonly article: DiscussionOptions['article'];
  readonly root: Entry | undefined;
  readonly viewerId: string | undefined;
  /** How high the rows were when the page was left. */
  measurements: readonly VirtualItem[] = [];
  /** Absent: nobody is signed in. */
  readonly posting: Posting | undefined;
  readonly #options: DiscussionOptions;
  readonly #apollo: ApolloClient;
  #listening: Listening | undefined;
  #cursor: string;
  #state: LiveState = { status: 'connecting' };
  readonly #stateListeners = new Set<() => void>();
  #queue: LiveEvent[] = [];
  #isScheduled = false;
  /** Page requests under way, and what came while they were. */
  #requests = 0;
  #meanwhile: LiveEvent[] = [];
  #placeOf: () => string | undefined = () => undefined;

  constructor(options: DiscussionOptions) {
    this.#options = options;
    this.article = options.article;
    this.root = options.root;
    this.#apollo = options.reader.apollo;
    this.#cursor = options.liveCursor;
    this.list = new ThreadList({ sort: options.sort, maxLevel, root: options.root });
    this.list.replace(options.page);
    this.viewerId = options.viewerId;
    if (this.viewerId === undefined) return;
    this.posting = new Posting({
      apollo: this.#apollo,
      articleId: this.article.id,
      viewerId: this.viewerId,
      onChange: (items) => this.#showOutgoing(items),
      onPosted: (comment) => this.list.add(comment, true),
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
    this.posting?.resume();
    return () => {
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
    if (this.#requests > 0) this.#meanwhile.push(...events);
    this.#show(events);
  }

  #show(events: readonly LiveEvent[]): void {
    this.#apollo.cache.batch({
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
        return this.list.add(event.comment, isOwn);
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
    await Promise.all([this.#options.refresh(), this.load(this.#placeOf())]);
  }
  // #endregion reset

  /** Loads the page around a comment, or the first one. */
  async load(around?: string): Promise<void> {
    const isTop = this.list.sort === 'TOP';
    await this.#load(isTop || around === undefined ? {} : { around }, (page) => this.list.replace(page));
  }

  /** The end of the list at which new comments come. */
  async #loadNewest(): Promise<void> {
    const place: Place = this.root || this.list.sort === 'OLDEST' ? { end: 'last' } : {};
    await this.#load(place, (page) => this.list.replace(page));
  }

  async loadMore(end: 'start' | 'end'): Promise<void> {
    const { start, end: last } = this.list.cursors;
    const place: Place = end === 'start' ? { before: start, end: 'last' } : { after: last };
    await this.#load(place, (page) => this.list.extend(end, page));
  }

  /** Replies to a comment of the first level, where these are not loaded with it. */
  async loadBranch(commentId: string): Promise<void> {
    const after = this.list.branchCursor(commentId);
    await this.#request(
      async () =>
        (await this.#query(BranchThread, { commentId, maxDepth: maxLevel, first: pageSize, after })).comment
          ?.descendants,
      (page) => this.list.extendBranch(commentId, page),
    );
  }

  async #load({ end, ...place }: Place, show: (page: EntryPage) => void): Promise<void> {
    const { root } = this;
    const size = end === 'last' ? { last: pageSize } : { first: pageSize };
    await this.#request(async () => {
      if (root) {
        const variables = { commentId: root.id, maxDepth: maxLevel + 1, ...size, ...place };
        return (await this.#query(BranchThread, variables)).comment?.descendants;
      }
      const variables = { slug: this.article.slug, ...threadVariables(this.list.sort), ...size, ...place };
      const { article } = await this.#query(ArticleThread, variables);
      return article?.allComments ?? article?.comments;
    }, show);
  }

  #query: ApolloQuery = async (query, variables) => {
    const { data, error } = await this.#apollo.query({
      query,
      variables,
      fetchPolicy: 'network-only',
    } as never);
    if (error) throw error as Error;
    return data as never;
  };

  // #region request
  /**
   * A page says what was when the service read it, and may come behind events that happened later: these are applied once more.
   */
  async #request(
    ask: () => Promise<EntryPage | null | undefined>,
    show: (page: EntryPage) => void,
  ): Promise<void> {
    this.#requests++;
    try {
      const page = await ask();
      if (!page) throw new Error(texts.failed);
      this.list.batch(() => {
        show(page);
        this.#show(this.#meanwhile);
      });
    } finally {
      this.#requests--;
      if (this.#requests === 0) this.#meanwhile = [];
    }
  }
  // #endregion request

  /**
   * Shows what has gathered at the top.
   * @returns the comment to go to
   */
  async showGathered(): Promise<string | undefined> {
    // What lies between the top and here is not loaded.
    if (this.list.snapshot().hasPrevious) {
      await this.load();
      const [first] = this.list.snapshot().rows;
      return first?.kind === 'comment' ? first.id : undefined;
    }
    return this.list.showGathered()[0];
  }

  /** Comments. What is written is kept until the service has it, whatever happens meanwhile. */
  async post(body: string, parentId: string | undefined): Promise<void> {
    if (parentId !== undefined) {
      this.list.setFolded(parentId, false);
      // Below a comment whose replies are not loaded there is no place for one.
      if (this.list.lacksReplies(parentId)) await this.loadBranch(parentId).catch(() => undefined);
    }
    // Where it will stand, and everything up to there.
    if (this.list.lacksPlaceFor(parentId)) await this.#loadNewest().catch(() => undefined);
    this.posting?.post(body, parentId);
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

type ApolloQuery = <TData, TVariables>(
  query: TypedDocumentNode<TData, TVariables>,
  variables: TVariables,
) => Promise<TData>;
