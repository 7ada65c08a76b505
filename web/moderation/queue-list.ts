import { type Entry, isWaiting, summaryOf } from './queue-entry.ts';
import type { Decision, QueueItem } from './queue-documents.ts';

/** Most lines of what is done that stay in the list. */
const maxGone = 50;

/** What the page shows of the list. */
export interface QueueSnapshot {
  readonly entries: readonly Entry[];
  /** Whether more follow that are not loaded. */
  readonly hasNext: boolean;
  /** Number of entries that came after the end of the list was loaded. */
  readonly gathered: number;
  /** Ids of selected entries. */
  readonly selected: ReadonlySet<string>;
  /** The entry that is being worked on. */
  readonly current: string | undefined;
}

/**
 * The entries that are loaded, in the queue's order. What is decided stays as a line; what arrives is counted, and is shown
 * when somebody asks for it.
 */
export class QueueList {
  #entries: readonly Entry[] = [];
  #index = new Map<string, number>();
  #hasNext = true;
  #gathered = new Set<string>();
  #selected: ReadonlySet<string> = new Set();
  #current: string | undefined;
  #snapshot: QueueSnapshot | undefined;
  readonly #listeners = new Set<() => void>();

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  snapshot = (): QueueSnapshot =>
    (this.#snapshot ??= {
      entries: this.#entries,
      hasNext: this.#hasNext,
      gathered: this.#gathered.size,
      selected: this.#selected,
      current: this.#current,
    });

  at(id: string): Entry | undefined {
    const index = this.#index.get(id);
    return index === undefined ? undefined : this.#entries[index];
  }

  indexOf(id: string): number {
    return this.#index.get(id) ?? -1;
  }

  /** Adds a page at the end. What is listed already stays at its place, with what is known now. */
  append(items: readonly QueueItem[], entries: readonly Entry[], hasNext: boolean): void {
    const known = new Map(items.map((item) => [item.comment.id, item]));
    const kept = this.#entries.map((entry) => {
      const item = known.get(entry.id);
      // One that was decided on may wait again, at a later place.
      return item && entry.state.kind !== 'sending'
        ? { ...entry, item, state: { kind: 'waiting' } as const }
        : entry;
    });
    for (const { comment } of items) this.#gathered.delete(comment.id);
    if (!hasNext) this.#gathered.clear();
    this.#hasNext = hasNext;
    this.#set([...kept, ...entries.filter(({ id }) => !this.#index.has(id))]);
  }

  /** Starts anew with the first page. What was said of an entry stays: the page may start anew at any time. */
  replace(entries: readonly Entry[], hasNext: boolean): void {
    this.#hasNext = hasNext;
    this.#gathered = new Set();
    const ids = new Set(entries.map(({ id }) => id));
    this.#selected = new Set([...this.#selected].filter((id) => ids.has(id)));
    // What is in hand stays, wherever it is by now; whether it still waits is read again.
    const hand = this.#current === undefined ? undefined : this.at(this.#current);
    const kept = entries.map((entry) => ({ ...entry, trouble: this.at(entry.id)?.trouble }));
    this.#set(hand && !ids.has(hand.id) ? [hand, ...kept] : kept);
  }

  /** Changes entries. @param change undefined: it stays as it is */
  change(ids: Iterable<string>, change: (entry: Entry) => Entry | undefined): void {
    const changed = new Map<number, Entry>();
    for (const id of ids) {
      const index = this.#index.get(id);
      const entry = index === undefined ? undefined : this.#entries[index];
      const next = entry && change(entry);
      if (index !== undefined && next && next !== entry) changed.set(index, next);
    }
    if (changed.size === 0) return;
    const entries = this.#entries.map((entry, index) => changed.get(index) ?? entry);
    const gone = entries
      .filter((entry) => !isWaiting(entry) && entry.state.kind === 'gone')
      .map(({ id }) => id);
    const old = new Set(gone.slice(0, Math.max(0, gone.length - maxGone)));
    if (this.#current !== undefined) old.delete(this.#current);
    const selected = [...this.#selected].filter((id) => {
      const index = this.#index.get(id);
      return index !== undefined && entries[index]?.state.kind !== 'gone';
    });
    if (selected.length < this.#selected.size) this.#selected = new Set(selected);
    this.#set(old.size === 0 ? entries : entries.filter(({ id }) => !old.has(id)));
  }

  /**
   * An entry that does not wait any more becomes a line.
   * @param height of its element, which it keeps where somebody else has decided
   */
  settle(id: string, decision: Decision | null, height?: number): void {
    this.change([id], (entry) => ({
      ...entry,
      item: undefined,
      height,
      trouble: undefined,
      state: {
        kind: 'gone',
        decision,
        summary: entry.state.kind === 'gone' ? entry.state.summary : summaryOf(entry),
      },
    }));
  }

  /** An entry that came into the queue, behind all that are listed. */
  gather(id: string): void {
    if (this.#hasNext || this.#index.has(id) || this.#gathered.has(id)) return;
    this.#gathered.add(id);
    this.#tell();
  }

  ungather(id: string): void {
    if (this.#gathered.delete(id)) this.#tell();
  }

  setCurrent(id: string | undefined): void {
    if (id === this.#current) return;
    this.#current = id;
    this.#tell();
  }

  setSelected(ids: Iterable<string>): void {
    this.#selected = new Set(ids);
    this.#tell();
  }

  /** The nearest waiting entry in a direction. @param from undefined: from the beginning */
  next(
    from: string | undefined,
    step: 1 | -1,
    isMeant: (entry: Entry) => boolean = isWaiting,
  ): string | undefined {
    const start = from === undefined ? -1 : this.indexOf(from);
    for (let index = start + step; index >= 0 && index < this.#entries.length; index += step) {
      const entry = this.#entries[index];
      if (entry && isMeant(entry)) return entry.id;
    }
    return undefined;
  }

  #set(entries: readonly Entry[]): void {
    this.#entries = entries;
    this.#index = new Map(entries.map(({ id }, index) => [id, index]));
    this.#tell();
  }

  #tell(): void {
    this.#snapshot = undefined;
    for (const listener of this.#listeners) listener();
  }
}
