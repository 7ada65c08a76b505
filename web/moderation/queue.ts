import { messageOf } from '../graphql/error-message.ts';
import { perReader } from '../session/per-reader.ts';
import { type Reader } from '../session/session.ts';
import { texts } from '../texts.ts';
import { type ModerationNews, newsOf } from './moderation-news.ts';
import { QueueActions } from './queue-actions.ts';
import { type NewsEvent, QueueCount, type QueueItem, QueueItems, QueuePage } from './queue-documents.ts';
import { cardId, entryOf } from './queue-entry.ts';
import { filterOf, fits, isWhole, type QueueChoice } from './queue-filter.ts';
import { QueueList } from './queue-list.ts';
import { queueTexts as words } from './queue-texts.ts';

/** Entries of a page, and the most that are read again at once. */
const [pageSize, readSize] = [30, 30];

/** Entries on either side of the visible ones whose texts stay in memory. */
const keptAround = 100;

/** Wait for further events before entries are read again, in milliseconds. */
const gatherMs = 150;

/** Time after which entries are read again that could not be read, in milliseconds. */
const retryMs = 3000;

/**
 * The moderators' queue on one page: pages of it as they were loaded, and the events after. Nothing that arrives moves the entry
 * in hand: what others decide becomes a line at its place, and what is new is counted.
 */
export class Queue {
  readonly list = new QueueList();
  readonly actions: QueueActions;
  readonly choice: QueueChoice;
  readonly #reader: Reader;
  readonly #news: ModerationNews;
  readonly #listeners = new Set<() => void>();
  #cursor: string | undefined;
  /** Position of the last loaded entry. */
  #end: string | null = null;
  #total: number | undefined;
  #trouble: string | undefined;
  #isLoading = false;
  /** Ids of entries that have to be read again, and of those whose answer is awaited. */
  readonly #stale = new Set<string>();
  readonly #asked = new Set<string>();
  #reading: ReturnType<typeof setTimeout> | undefined;
  #counting: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;
  /** What events told while a page was under way, by the id of the comment: the page may be older or newer. */
  readonly #meanwhile = new Map<string, () => void>();

  constructor(reader: Reader, choice: QueueChoice, me: string | undefined) {
    this.#reader = reader;
    this.choice = choice;
    this.#news = newsOf(reader);
    this.actions = new QueueActions({
      reader,
      list: this.list,
      me,
      readAgain: (ids) => this.#readAgain(ids),
      recount: () => this.#recount(),
    });
  }

  /** Loads and follows the queue. @returns a function that stops */
  start(): () => void {
    const leaveActions = this.actions.start();
    let leave: (() => string) | undefined;
    let isStopped = false;
    const follow = () => {
      if (isStopped || this.#cursor === undefined) return;
      leave = this.#news.attach({
        cursor: this.#cursor,
        onEvent: (event) => this.#receive(event),
        onReset: () => this.#load(),
      });
    };
    if (this.#cursor === undefined)
      void this.#load().then(follow, () => {
        // Shown, with a button.
      });
    else follow();
    this.#follow = follow;
    return () => {
      isStopped = true;
      leaveActions();
      clearTimeout(this.#reading);
      clearTimeout(this.#counting);
      this.#reading = this.#counting = undefined;
      if (leave) this.#cursor = leave();
    };
  }

  #follow: () => void = () => undefined;

  /** Tries again after the first page could not be loaded. */
  retry(): Promise<void> {
    return this.#load().then(this.#follow, () => undefined);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    const leave = this.#news.subscribe(listener);
    return () => {
      this.#listeners.delete(listener);
      leave();
    };
  };

  /** The exact number of entries; undefined: not known yet. */
  total = (): number | undefined =>
    isWhole(this.choice) ? (this.#news.count() ?? this.#total) : this.#total;

  isLoading = (): boolean => this.#isLoading;

  trouble = (): string | undefined => this.#trouble;

  /** Loads the next page, if there is one, or what has gathered at the end. */
  async more(): Promise<void> {
    if (this.#isLoading) return;
    // Without its beginning there is nothing from which to follow.
    if (this.#cursor === undefined) return this.retry();
    await this.#ask(this.#end).catch(() => undefined);
  }

  /**
   * Lets texts go that are far from what is seen, and loads those that come near.
   * @param heights heights of rows, by id
   */
  keepAround(first: number, last: number, heightOf: (id: string) => number | undefined): void {
    const { entries, current, selected } = this.list.snapshot();
    const far = entries.filter(
      ({ id, item, state }, index) =>
        item &&
        state.kind === 'waiting' &&
        id !== current &&
        !selected.has(id) &&
        (index < first - keptAround || index > last + keptAround),
    );
    if (far.length > keptAround / 2)
      this.list.change(
        far.map(({ id }) => id),
        (entry) => ({ ...entry, item: undefined, height: heightOf(entry.id) }),
      );
    const missing = entries
      .slice(Math.max(0, first - 5), last + 6)
      .filter(({ item, state }) => !item && state.kind !== 'gone');
    this.#readAgain(missing.map(({ id }) => id).filter((id) => !this.#asked.has(id)));
  }

  async #load(): Promise<void> {
    this.actions.forgetTrouble();
    await this.#ask(null, true);
  }

  async #ask(after: string | null, isFirst = false): Promise<void> {
    const mine = ++this.#turn;
    this.#isLoading = true;
    this.#tell();
    try {
      const { data } = await this.#reader.apollo.query({
        query: QueuePage,
        variables: { filter: filterOf(this.choice), first: pageSize, after },
        fetchPolicy: 'no-cache',
      });
      // Another request has taken over: for a reset this is a failure, and the client repeats it.
      if (mine !== this.#turn) throw new Error(texts.failed);
      if (data) this.#news.checkRole(data);
      const page = data?.moderationQueue?.items;
      if (!data?.moderationQueue || !page) throw new Error(texts.failed);
      const entries = page.edges.map(({ node }) => entryOf(node));
      const { hasNextPage } = page.pageInfo;
      if (isFirst) {
        this.#cursor = data.moderationQueue.liveCursor;
        const before = this.list.snapshot().current;
        this.list.replace(entries, hasNextPage);
        if (before !== undefined && !entries.some(({ id }) => id === before)) this.#readAgain([before]);
      } else
        this.list.append(
          page.edges.map(({ node }) => node),
          entries,
          hasNextPage,
        );
      this.#end = page.edges.at(-1)?.cursor ?? (isFirst ? null : this.#end);
      this.#total = page.totalCount;
      this.#trouble = undefined;
      for (const tell of this.#meanwhile.values()) tell();
    } catch (error) {
      if (mine === this.#turn) this.#trouble = messageOf(error) ?? texts.unreachable;
      throw error;
    } finally {
      if (mine === this.#turn) {
        this.#isLoading = false;
        this.#meanwhile.clear();
      }
      this.#tell();
    }
  }

  #receive(event: NewsEvent): void {
    if (event.__typename === 'CommentClaimed') return this.#claim(event);
    this.#recount();
    if ('commentId' in event) {
      const { item, commentId: id } = event;
      this.#place(id, item !== null && fits(this.choice, item));
    } else if ('decision' in event && event.decision !== null) {
      const { decision } = event;
      const id = decision.commentId;
      if (id === null) return this.#readPerson(event.person?.id);
      this.actions.note(id, decision);
      const again = event.__typename === 'DecisionUndone' ? event.item : null;
      this.#place(id, again !== null && fits(this.choice, again));
    }
  }

  /** What is listed is read again; what is new is counted. */
  #place(id: string, isNew: boolean): void {
    const place = () => {
      if (this.list.at(id)) this.#readAgain([id]);
      else if (isNew) this.list.gather(id);
      else this.list.ungather(id);
    };
    place();
    if (this.#isLoading) this.#meanwhile.set(id, place);
  }

  /** Facts about a person have changed, and comments may have been removed. */
  #readPerson(personId: string | undefined): void {
    if (personId === undefined) return;
    const theirs = this.list.snapshot().entries.filter(({ item }) => item?.person?.id === personId);
    this.#readAgain(theirs.map(({ id }) => id));
  }

  #claim(event: Extract<NewsEvent, { __typename: 'CommentClaimed' }>): void {
    const { commentId, actor: claimedBy, claimedUntil } = event;
    this.list.change([commentId], (entry) =>
      entry.item
        ? {
            ...entry,
            item: { ...entry.item, claimedUntil, claimedBy: claimedUntil === null ? null : claimedBy },
          }
        : undefined,
    );
  }

  #readAgain(ids: readonly string[]): void {
    for (const id of ids) this.#stale.add(id);
    if (this.#stale.size > 0) this.#reading ??= setTimeout(() => void this.#readStale(), gatherMs);
  }

  async #readStale(): Promise<void> {
    const ids = [...this.#stale].slice(0, readSize).filter((id) => this.list.at(id));
    for (const id of [...this.#stale].slice(0, readSize)) this.#stale.delete(id);
    for (const id of ids) this.#asked.add(id);
    try {
      const { data } = await this.#reader.apollo.query({
        query: QueueItems,
        variables: { ids: ids.flatMap((id) => this.list.at(id)?.itemId ?? []) },
        fetchPolicy: 'no-cache',
      });
      const found = new Map(
        data?.nodes.flatMap((node) =>
          node?.__typename === 'ModerationItem' ? [[node.comment.id, node]] : [],
        ),
      );
      for (const id of ids) this.#show(id, found.get(id));
      this.#reading = undefined;
    } catch {
      // The entries stay as they are until they can be read.
      for (const id of ids) this.#stale.add(id);
      this.#reading = setTimeout(() => void this.#readStale(), retryMs);
    }
    for (const id of ids) this.#asked.delete(id);
    this.#readAgain([]);
  }

  #show(id: string, item: QueueItem | undefined): void {
    const entry = this.list.at(id);
    if (!entry || entry.state.kind === 'sending') return;
    if (item) {
      const { current, selected } = this.list.snapshot();
      const isMeant = id === current || selected.has(id);
      const shown = entry.read ?? entry.item?.revision;
      const isNew = isMeant && shown !== undefined && shown !== item.revision;
      this.list.change([id], () => ({
        ...entry,
        item,
        state: { kind: 'waiting' },
        height: undefined,
        // Whoever is about to decide has read the text before.
        read: isNew ? shown : undefined,
        trouble: isNew ? words.textChanged : entry.trouble,
      }));
      if (isNew && selected.has(id)) this.list.setSelected([...selected].filter((each) => each !== id));
    } else if (entry.state.kind !== 'gone')
      this.list.settle(
        id,
        this.actions.decisionOf(id) ?? null,
        document.getElementById(cardId(id))?.offsetHeight,
      );
  }

  /** Counts a part of the queue; the whole is counted for the menu. */
  #recount(): void {
    if (isWhole(this.choice)) return this.#news.recount();
    this.#counting ??= setTimeout(() => {
      this.#counting = undefined;
      void this.#reader.apollo
        .query({
          query: QueueCount,
          variables: { filter: filterOf(this.choice), countsAppeals: false },
          fetchPolicy: 'no-cache',
        })
        .then(({ data }) => {
          if (data) this.#news.checkRole(data);
          this.#total = data?.moderationQueue?.items?.totalCount ?? this.#total;
          this.#tell();
        })
        .catch(() => undefined);
    }, 1_000);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** The queue that one reader has left, for coming back to it; signing in or out clears it. */
export const leftQueueOf = perReader(
  () => new Map<string, Queue>(),
  (kept) => kept.clear(),
);
