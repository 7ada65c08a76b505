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
 * Which comments a reader has before them and in what order: a part of a thread without holes, which grows at both ends by
 * pages and in between by events. New threads gather until the reader asks for them, so that nothing moves what they read.
 */
export class ThreadList implements RowsOptions {
  readonly sort: ThreadSort;
  readonly maxLevel: number;
  readonly root: Entry | undefined;
  #entries: Entry[] = [];
  readonly #ids = new Set<string>();
  readonly #gathered = new Map<string, Entry>();
  /** Those that are being answered, and whether they have vanished meanwhile. */
  readonly #answered = new Map<string, boolean>();
  /** What came while the page was open. */
  readonly recent = new Set<string>();
  readonly folded = new Set<string>();
  readonly branches = new Map<string, Branch>();
  own: readonly OwnEntry[] = [];
  /** Counts how often all was replaced. */
  replacements = 0;
  #start: string | null = null;
  #end: string | null = null;
  #hasPrevious = false;
  #hasNext = false;
  /** Where the last page ends, in reading order: what comes behind it is not loaded. */
  #endPosition = '';
  #snapshot: ThreadSnapshot | undefined;
  #isBatching = false;
  readonly #listeners = new Set<() => void>();

  constructor({ sort, maxLevel, root }: ThreadListOptions) {
    this.sort = sort;
    this.maxLevel = maxLevel;
    this.root = root;
  }

  /** Whether all is one list without levels. */
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
      hasPrevious: this.#hasPrevious,
      hasNext: this.#hasNext,
    };
    return this.#snapshot;
  };

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Shows another part of the thread, or the same one as it is now. Folds stay. */
  replace(page: EntryPage): void {
    this.replacements++;
    const answered = this.#entries.filter(({ id }) => this.#answered.has(id));
    this.#entries = [];
    this.#ids.clear();
    this.#gathered.clear();
    this.recent.clear();
    this.branches.clear();
    this.#endPosition = '';
    this.#start = page.pageInfo.startCursor;
    this.#hasPrevious = page.pageInfo.hasPreviousPage;
    this.#extendEnd(page);
    // One that is being answered and would be on this page has vanished.
    for (const entry of answered) {
      if (this.#ids.has(entry.id) || !this.#place(entry, false)) continue;
      this.#ids.add(entry.id);
      this.#answered.set(entry.id, true);
    }
    this.#changed();
  }

  /** Puts the page before the first or behind the last one. */
  extend(end: 'start' | 'end', page: EntryPage): void {
    if (end === 'end') this.#extendEnd(page);
    else {
      const unknown = this.#unknown(page.nodes);
      if (this.isFlat || this.sort === 'TOP') this.#entries.unshift(...unknown);
      else this.#merge(unknown);
      this.#start = page.pageInfo.startCursor ?? this.#start;
      this.#hasPrevious = page.pageInfo.hasPreviousPage;
    }
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

  /** Replies to a comment of a list in which they are loaded one by one. */
  extendBranch(id: string, { nodes, pageInfo }: EntryPage): void {
    const root = this.#entries.find((entry) => entry.id === id);
    if (!root) return;
    for (const entry of this.#unknown(nodes)) this.#insertBelow(root, entry);
    this.branches.set(id, { endCursor: pageInfo.endCursor, hasNext: pageInfo.hasNextPage });
    this.#changed();
  }

  /**
   * Whether a new comment would stand at an end of the list that is not loaded.
   * @param isThread whether it is on the first level of this list
   */
  lacksPlaceFor(isThread: boolean): boolean {
    if (!isThread && !this.isFlat) return false;
    return this.root || this.sort === 'OLDEST' ? this.#hasNext : this.#hasPrevious;
  }

  /** Whether this comment's replies are not loaded with it, and have not been since. */
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
   * Takes in a comment that became public, or one's own.
   * @param isOwn is shown at once, wherever it belongs
   */
  add(entry: Entry, isOwn = false): void {
    // It is back.
    if (this.#answered.has(entry.id)) this.#answered.set(entry.id, false);
    if (isOwn) this.#gathered.delete(entry.id);
    if (this.#ids.has(entry.id) || this.#gathered.has(entry.id) || !this.#belongs(entry)) return;
    if (!isOwn && this.#waits(entry)) this.#gathered.set(entry.id, entry);
    else if (this.#place(entry, isOwn)) {
      this.#ids.add(entry.id);
      if (!isOwn) this.recent.add(entry.id);
    } else return;
    this.#changed();
  }

  #belongs({ depth, threadPosition }: Entry): boolean {
    if (this.isFlat) return true;
    const { root } = this;
    if (root && !(threadPosition.startsWith(root.threadPosition) && depth > root.depth)) return false;
    return levelOf(depth, this) <= this.maxLevel;
  }

  /** What comes above all that is loaded waits at the top, and what is below it with it. */
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

  /** @returns whether its place is in what is loaded */
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

  /** One that was approved or restored is older than the last ones. */
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
    // Those that are not loaded are counted beside the button that loads them.
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

  /** Takes out a comment that left nothing behind; while it is being answered, it waits for that. */
  remove(id: string): void {
    if (this.#answered.has(id)) {
      this.#answered.set(id, true);
      return;
    }
    const wasGathered = this.#gathered.delete(id);
    if (this.#ids.delete(id)) this.#entries = this.#entries.filter((entry) => entry.id !== id);
    else if (!wasGathered) return;
    this.#changed();
  }

  /** Shows what has gathered, at the top. @returns the ids, the newest first */
  showGathered(): string[] {
    const entries = [...this.#gathered.values()].sort(byPosition);
    this.#gathered.clear();
    if (this.isFlat) entries.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
    // Of what is at the top nothing else is loaded if there is a page before: then the list begins there, anew.
    for (const entry of this.sort === 'THREADED' ? entries : entries.toReversed()) {
      if (this.#ids.has(entry.id) || !this.#place(entry, true)) continue;
      this.#ids.add(entry.id);
      this.recent.add(entry.id);
    }
    this.#changed();
    return entries.map(({ id }) => id);
  }

  /** Whether somebody writes a reply to it here, which would go with it. */
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

  /** Unfolds whatever hides this comment. */
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

  /** Tells of all changes that are made in `work` at once: whoever is told makes all rows anew. */
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
