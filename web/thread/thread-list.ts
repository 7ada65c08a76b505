import { levelOf, rowsOf, type RowsOptions } from './rows-of-thread.ts';
import {
  type Branch,
  type Entry,
  type EntryPage,
  type OwnEntry,
  type ThreadListOptions,
  type ThreadSnapshot,
  type ThreadSort,
} from './thread-entry.ts';

/**
 * The loaded comments and their order: a contiguous part of a thread, which grows at both ends by pages and in between
 * by events. New threads gather until the reader asks for them, so that the comments being read do not move.
 */
export class ThreadList implements RowsOptions {
  readonly sort: ThreadSort;
  readonly maxLevel: number;
  readonly root: Entry | undefined;
  #entries: Entry[] = [];
  readonly #ids = new Set<string>();
  readonly #gathered = new Map<string, Entry>();
  /** Comments that are being answered, and whether they have vanished meanwhile. */
  readonly #answered = new Map<string, boolean>();
  /** Comments that were added while the page was open. */
  readonly recent = new Set<string>();
  /** Those of them that the reader has not come to. */
  readonly #unseen = new Set<string>();
  readonly folded = new Set<string>();
  readonly branches = new Map<string, Branch>();
  own: readonly OwnEntry[] = [];
  /** The reader's own comments that no page of the API has, because they are not public. */
  #hidden: readonly Entry[] = [];
  /** Number of times that the whole list was replaced. */
  replacements = 0;
  #start: string | null = null;
  #end: string | null = null;
  #hasPrevious = false;
  #hasNext = false;
  /** Position of the end of the last page, in reading order: comments after it are not loaded. */
  #endPosition = '';
  #snapshot: ThreadSnapshot | undefined;
  #isBatching = false;
  readonly #listeners = new Set<() => void>();

  constructor({ sort, maxLevel, root }: ThreadListOptions) {
    this.sort = sort;
    this.maxLevel = maxLevel;
    this.root = root;
  }

  /** Whether the list has no levels. */
  get isFlat(): boolean {
    return this.sort === 'NEWEST' || this.sort === 'OLDEST';
  }

  /** For `after` and `before` of the next pages. */
  get cursors(): { readonly start: string | null; readonly end: string | null } {
    return { start: this.#start, end: this.#end };
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  snapshot = (): ThreadSnapshot => {
    this.#snapshot ??= {
      rows: rowsOf(this.#entries, this),
      gathered: this.#gathered.size,
      unseen: this.#unseen.size,
      hasPrevious: this.#hasPrevious,
      hasNext: this.#hasNext,
    };
    return this.#snapshot;
  };

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Shows another part of the thread, or the same part reloaded. Folds stay. */
  replace(page: EntryPage): void {
    this.replacements++;
    const answered = this.#entries.filter(({ id }) => this.#answered.has(id));
    this.#entries = [];
    this.#ids.clear();
    this.#gathered.clear();
    this.recent.clear();
    this.#unseen.clear();
    this.branches.clear();
    this.#endPosition = '';
    this.#start = page.pageInfo.startCursor;
    this.#hasPrevious = page.pageInfo.hasPreviousPage;
    this.#extendEnd(page);
    // A comment that is being answered and is missing from its place on this page has vanished.
    for (const entry of answered) {
      if (this.#ids.has(entry.id) || !this.#place(entry, false)) continue;
      this.#ids.add(entry.id);
      this.#answered.set(entry.id, true);
    }
    this.#placeHidden();
    this.#changed();
  }

  /** Adds a page before the first or after the last one. */
  extend(end: 'start' | 'end', page: EntryPage): void {
    if (end === 'end') this.#extendEnd(page);
    else {
      const unknown = this.#unknown(page.nodes);
      if (this.isFlat || this.sort === 'TOP') this.#entries.unshift(...unknown);
      else this.#merge(unknown);
      this.#start = page.pageInfo.startCursor ?? this.#start;
      this.#hasPrevious = page.pageInfo.hasPreviousPage;
    }
    this.#placeHidden();
    this.#changed();
  }

  #extendEnd({ nodes, pageInfo }: EntryPage): void {
    const unknown = this.#unknown(nodes);
    if (this.isFlat || this.sort === 'TOP') this.#entries.push(...unknown);
    else this.#merge(unknown);
    this.#end = pageInfo.endCursor ?? this.#end;
    this.#hasNext = pageInfo.hasNextPage;
    this.#endPosition = nodes.at(-1)?.threadPosition ?? this.#endPosition;
  }

  /** Adds replies to a comment, in a list where each comment's replies are loaded separately. */
  extendBranch(id: string, { nodes, pageInfo }: EntryPage): void {
    const root = this.#entries.find((entry) => entry.id === id);
    if (!root) return;
    for (const entry of this.#unknown(nodes)) this.#insertBelow(root, entry);
    this.branches.set(id, { endCursor: pageInfo.endCursor, hasNext: pageInfo.hasNextPage });
    this.#placeHidden();
    this.#changed();
  }

  /**
   * Shows the reader's own comments that are not public, each once its place is loaded.
   * @returns those that were among them, and are not any more
   */
  setHidden(entries: readonly Entry[]): readonly Entry[] {
    const ids = new Set(entries.map(({ id }) => id));
    const left = this.#hidden.filter(({ id }) => !ids.has(id));
    this.#hidden = entries;
    this.#placeHidden();
    this.#changed();
    return left;
  }

  /** A comment that the reader has posted is not public. */
  addHidden(entry: Entry): void {
    if (this.#hidden.some(({ id }) => id === entry.id)) return;
    this.#hidden = [...this.#hidden, entry];
    this.#placeHidden();
    this.#changed();
  }

  get hasHidden(): boolean {
    return this.#hidden.length > 0;
  }

  #placeHidden(): void {
    for (const entry of this.#hidden) {
      if (this.#ids.has(entry.id) || !this.#belongs(entry) || !this.#place(entry, false)) continue;
      this.#gathered.delete(entry.id);
      this.#ids.add(entry.id);
    }
  }

  /**
   * Whether a new comment would be at an end of the list that is not loaded.
   * @param isThread whether the comment is on the first level of this list
   */
  lacksPlaceFor(isThread: boolean): boolean {
    if (!isThread && !this.isFlat) return false;
    return this.root || this.sort === 'OLDEST' ? this.#hasNext : this.#hasPrevious;
  }

  /** Whether this comment's replies are not loaded with the comment, and have not been loaded since. */
  lacksReplies(id: string): boolean {
    return (
      this.sort === 'TOP' &&
      !this.branches.has(id) &&
      this.#entries.some((entry) => entry.id === id && entry.depth === 0)
    );
  }

  branchCursor(id: string): string | null {
    return this.branches.get(id)?.endCursor ?? null;
  }

  #unknown(nodes: readonly Entry[]): Entry[] {
    const unknown = nodes.filter(({ id }) => !this.#ids.has(id));
    for (const { id } of unknown) {
      this.#ids.add(id);
      this.#gathered.delete(id);
    }
    return unknown;
  }

  #merge(more: readonly Entry[]): void {
    if (more.length > 0) this.#entries = [...this.#entries, ...more].sort(byPosition);
  }

  /**
   * Adds a comment that became public, or the reader's own.
   * @param isOwn the comment is shown at once, at any place
   */
  add(entry: Entry, isOwn = false): void {
    // The comment was restored.
    if (this.#answered.has(entry.id)) this.#answered.set(entry.id, false);
    if (isOwn) this.#gathered.delete(entry.id);
    if (this.#ids.has(entry.id) || this.#gathered.has(entry.id) || !this.#belongs(entry)) return;
    if (!isOwn && this.#waits(entry)) this.#gathered.set(entry.id, entry);
    else if (this.#place(entry, isOwn)) {
      this.#ids.add(entry.id);
      if (!isOwn) this.#arrived(entry.id);
    } else return;
    this.#changed();
  }

  #belongs({ depth, threadPosition }: Entry): boolean {
    if (this.isFlat) return true;
    const { root } = this;
    if (root && !(threadPosition.startsWith(root.threadPosition) && depth > root.depth)) return false;
    return levelOf(depth, this) <= this.maxLevel;
  }

  /** A comment above all loaded ones waits at the top, together with its replies. */
  #waits(entry: Entry): boolean {
    const { sort } = this;
    const [first] = this.#entries;
    if (sort === 'OLDEST' || this.root) return false;
    if (sort === 'NEWEST') return !first || first.createdAt <= entry.createdAt;
    if (entry.depth === 0) return sort === 'TOP' || !first || entry.threadPosition < first.threadPosition;
    for (const { threadPosition } of this.#gathered.values()) {
      if (entry.threadPosition.startsWith(threadPosition)) return true;
    }
    return false;
  }

  /**
   * @returns whether the entry was inserted: its place is loaded, or `isOwn` is true (except in a branch that is not
   * loaded)
   */
  #place(entry: Entry, isOwn: boolean): boolean {
    switch (this.sort) {
      case 'NEWEST':
      case 'OLDEST':
        return this.#placeByTime(entry, isOwn);
      case 'TOP':
        return this.#placeInBranch(entry);
      case 'THREADED':
        return this.#placeInThread(entry, isOwn);
    }
  }

  /** An approved or restored comment is older than the latest ones. */
  #placeByTime(entry: Entry, isOwn: boolean): boolean {
    const isOlder = (other: Entry) => other.createdAt <= entry.createdAt;
    const newer = this.sort === 'NEWEST' ? this.#entries.findIndex(isOlder) : -1;
    const { length } = this.#entries;
    const index =
      this.sort === 'OLDEST' ? this.#entries.findLastIndex(isOlder) + 1 : newer < 0 ? length : newer;
    const isOutside = (index === length && this.#hasNext) || (index === 0 && this.#hasPrevious);
    if (isOutside && !isOwn) return false;
    this.#entries.splice(index, 0, entry);
    return true;
  }

  #placeInBranch(entry: Entry): boolean {
    if (entry.depth === 0) {
      this.#entries.unshift(entry);
      return true;
    }
    const root = this.#entries.find(
      ({ depth, threadPosition }) => depth === 0 && entry.threadPosition.startsWith(threadPosition),
    );
    if (!root) return false;
    const branch = this.branches.get(root.id);
    // Replies that are not loaded are counted beside the button that loads them.
    if (!branch) return false;
    this.#insertBelow(root, entry);
    return true;
  }

  #insertBelow(root: Entry, entry: Entry): void {
    let index = this.#entries.indexOf(root) + 1;
    for (; index < this.#entries.length; index++) {
      const { threadPosition } = this.#entries[index] as Entry;
      if (!threadPosition.startsWith(root.threadPosition) || threadPosition > entry.threadPosition) break;
    }
    this.#entries.splice(index, 0, entry);
  }

  #placeInThread(entry: Entry, isOwn: boolean): boolean {
    const { threadPosition } = entry;
    const isBehind = this.#hasNext && threadPosition > this.#endPosition;
    const isBefore = this.#hasPrevious && threadPosition < (this.#entries[0]?.threadPosition ?? '');
    if (!isOwn && (isBehind || isBefore)) return false;
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle] as Entry).threadPosition < threadPosition) low = middle + 1;
      else high = middle;
    }
    this.#entries.splice(low, 0, entry);
    return true;
  }

  /** Takes out a comment that left no placeholder; a comment that is being answered stays until then. */
  remove(id: string): void {
    this.#hidden = this.#hidden.filter((entry) => entry.id !== id);
    if (this.#answered.has(id)) {
      this.#answered.set(id, true);
      return;
    }
    const wasGathered = this.#gathered.delete(id);
    this.#unseen.delete(id);
    if (this.#ids.delete(id)) this.#entries = this.#entries.filter((entry) => entry.id !== id);
    else if (!wasGathered) return;
    this.#changed();
  }

  /** Shows the gathered comments at the top. @returns the ids, the newest first */
  showGathered(): string[] {
    const entries = [...this.#gathered.values()].sort(byPosition);
    this.#gathered.clear();
    if (this.isFlat) entries.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
    // With a previous page, the discussion loads the first page instead: the comments between the top and this list are
    // not loaded.
    for (const entry of this.sort === 'THREADED' ? entries : entries.toReversed()) {
      if (this.#ids.has(entry.id) || !this.#place(entry, true)) continue;
      this.#ids.add(entry.id);
      this.#arrived(entry.id);
    }
    this.#changed();
    return entries.map(({ id }) => id);
  }

  #arrived(id: string): void {
    this.recent.add(id);
    this.#unseen.add(id);
  }

  /** Comments that the reader has come to. */
  see(ids: readonly string[]): void {
    if (ids.filter((id) => this.#unseen.delete(id)).length > 0) this.#changed();
  }

  /** The first comment behind another one, and else of the list, that the reader has not come to. */
  nextUnseen(after: string | undefined): string | undefined {
    const isUnseen = ({ id }: Entry) => this.#unseen.has(id);
    const place = this.#entries.findIndex(({ id }) => id === after);
    return (this.#entries.slice(place + 1).find(isUnseen) ?? this.#entries.find(isUnseen))?.id;
  }

  /** Whether the reader is writing a reply to the comment, which would be lost with the comment. */
  setAnswered(id: string, isAnswered: boolean): void {
    const hasVanished = this.#answered.get(id) ?? false;
    if (isAnswered) this.#answered.set(id, hasVanished);
    else this.#answered.delete(id);
    if (!isAnswered && hasVanished) this.remove(id);
  }

  setFolded(id: string, isFolded: boolean): void {
    if (isFolded) this.folded.add(id);
    else this.folded.delete(id);
    this.#changed();
  }

  /** Unfolds the comments that hide this comment. */
  reveal(id: string): void {
    const entry = this.#entries.find((other) => other.id === id);
    if (!entry) return;
    for (const { id: above, threadPosition } of this.#entries) {
      if (above !== id && this.folded.has(above) && entry.threadPosition.startsWith(threadPosition))
        this.folded.delete(above);
    }
    this.#changed();
  }

  setOwn(own: readonly OwnEntry[]): void {
    this.own = own;
    this.#changed();
  }

  /** Notifies listeners once for all changes in `work`: each notification computes all rows again. */
  batch(work: () => void): void {
    this.#isBatching = true;
    try {
      work();
    } finally {
      this.#isBatching = false;
      if (!this.#snapshot) this.#changed();
    }
  }

  #changed(): void {
    this.#snapshot = undefined;
    if (this.#isBatching) return;
    for (const listener of this.#listeners) listener();
  }
}

const byPosition = (a: Entry, b: Entry): number =>
  a.threadPosition < b.threadPosition ? -1 : a.threadPosition > b.threadPosition ? 1 : 0;
