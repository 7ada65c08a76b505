import type { Queryable } from '../db/database.ts';
import type { Change, LogEvent } from './event.ts';
import type { LogHead, NumberedLog } from './numbered-log.ts';

/** Number of an article's last events that a node keeps for clients that return after a short absence. */
const ringSize = 1024;
/** Number of events that are read from the log at a time. */
const batchSize = 256;

/** Called with the events that a feed has read, before anybody learns of them. */
export type OnEvents = (log: string, epoch: string, events: readonly LogEvent[]) => void;

export interface FeedOptions {
  readonly log: NumberedLog;
  /** What an event of a kind changes. */
  readonly changeOf: (kind: string) => Change;
  readonly onEvents?: OnEvents | undefined;
}

/** Receives notice of a feed's changes. */
export interface FeedListener {
  /** The feed has new events, asks for a checkpoint, or follows another log. */
  changed(): void;
  /** A subject has changed, so that earlier renderings of it are outdated. */
  subjectChanged(subjectId: string): void;
}

/**
 * One node's knowledge of one watched log: its head and its last events. A new event is loaded once per node,
 * for all subscribers.
 */
export class Feed {
  /** The log's key. */
  readonly key: string;
  readonly #db: Queryable;
  readonly #options: FeedOptions;
  readonly #listeners = new Set<FeedListener>();
  /** The last events without a gap, up to the head; empty at first. */
  #ring: LogEvent[] = [];
  #epoch: string;
  #head: number;
  #pruned: number;
  #loading: Promise<void> | undefined;
  #filling: Promise<void> | undefined;
  /** Counts the epochs and the rewinds of this feed: a stream that began before the last one must reset. */
  #generation = 0;
  #revision = 0;
  #pulse = 0;

  private constructor(db: Queryable, head: LogHead, options: FeedOptions) {
    this.#db = db;
    this.#options = options;
    this.key = head.log;
    this.#epoch = head.epoch;
    this.#head = head.sequence;
    this.#pruned = head.prunedSequence;
  }

  /** @returns undefined if the log does not exist */
  static async open(db: Queryable, key: string, options: FeedOptions): Promise<Feed | undefined> {
    const [head] = await options.log.heads(db, [key]);
    return head && new Feed(db, head, options);
  }

  get epoch(): string {
    return this.#epoch;
  }

  /** Groups of which one address may make one, as the log says. */
  get groupsPerOwn(): number {
    return this.#options.log.options.groupsPerOwn ?? 10;
  }

  /** As the log says; Infinity: the log tells of everything that takes content back. */
  get maxRenderingMs(): number {
    return this.#options.log.options.maxRenderingMs ?? Infinity;
  }

  /** The number of the last event that this node has loaded. */
  get head(): number {
    return this.#head;
  }

  get prunedSequence(): number {
    return this.#pruned;
  }

  get generation(): number {
    return this.#generation;
  }

  /** Grows with every event that takes back or changes content of earlier ones. */
  get revision(): number {
    return this.#revision;
  }

  /** Grows with every `pulse`; a subscriber that has seen a smaller count owes its client a checkpoint. */
  get pulseCount(): number {
    return this.#pulse;
  }

  /**
   * Loads at least up to `sequence`. Concurrent calls share one load; resolves when the feed has reached `sequence`, or
   * the log has no such event yet.
   */
  async catchUp(sequence: number): Promise<void> {
    while (this.#head < sequence) {
      if (this.#loading) {
        // This load may have begun before the event was committed, so it does not prove that the event is missing.
        await this.#loading;
        continue;
      }
      const before = this.#head;
      this.#loading = this.#load().finally(() => (this.#loading = undefined));
      await this.#loading;
      if (this.#head === before) return;
    }
  }

  /**
   * Takes over an article's counter row that a poll has read.
   * @param before the feed's `head` and `generation` when the poll was sent
   */
  async observe(head: LogHead, before: { head: number; generation: number }): Promise<void> {
    // Another poll has found another log meanwhile: the row of this one may still belong to the log before it.
    if (before.generation !== this.#generation) return;
    // A log that ends before the events that were already sent is another log: a restored backup.
    if (head.epoch !== this.#epoch || head.sequence < before.head) {
      this.#epoch = head.epoch;
      this.#head = head.sequence;
      this.#pruned = head.prunedSequence;
      this.#ring = [];
      this.#generation += 1;
      this.#revision += 1;
      this.#tell();
      return;
    }
    this.#pruned = Math.max(this.#pruned, head.prunedSequence);
    if (this.#pruned > this.#head) {
      // Events that were pruned before this node had read them can't be sent any more: streams that still want them
      // must reset.
      this.#head = this.#pruned;
      this.#ring = [];
      this.#revision += 1;
      this.#tell();
    }
    await this.catchUp(head.sequence);
  }

  /** Asks every stream that is up to date for a checkpoint. */
  pulse(): void {
    this.#pulse += 1;
    this.#tell();
  }

  /**
   * The events of a range of numbers, both ends included and neither after the head. Shorter if some of them were
   * pruned; then it need not begin with the first number.
   */
  async read(from: number, to: number): Promise<readonly LogEvent[]> {
    if (from < this.#ringStart && from > this.#head - ringSize) await this.#fill();
    const index = from - this.#ringStart;
    if (index >= 0) return this.#ring.slice(index, index + to - from + 1);
    return this.#options.log.events(this.#db, this.key, from - 1, to - from + 1);
  }

  listen(listener: FeedListener): void {
    this.#listeners.add(listener);
  }

  unlisten(listener: FeedListener): void {
    this.#listeners.delete(listener);
  }

  get #ringStart(): number {
    return this.#head - this.#ring.length + 1;
  }

  /** Reads events from before this node began to listen into the ring, in one query for all clients that return. */
  #fill(): Promise<void> {
    this.#filling ??= this.#readBack().finally(() => (this.#filling = undefined));
    return this.#filling;
  }

  async #readBack(): Promise<void> {
    const generation = this.#generation;
    const after = Math.max(this.#pruned, this.#head - ringSize);
    const events = await this.#options.log.events(this.#db, this.key, after, ringSize);
    if (generation !== this.#generation) return;
    const missing = events.filter(({ sequence }) => sequence < this.#ringStart);
    const [first] = missing;
    const last = missing.at(-1);
    if (!first || !last || last.sequence !== this.#ringStart - 1) return;
    // A gap in the numbers: old events are being pruned, so that callers have to read the log itself.
    if (last.sequence - first.sequence + 1 !== missing.length) return;
    this.#ring.unshift(...missing);
  }

  async #load(): Promise<void> {
    const generation = this.#generation;
    const events = await this.#options.log.events(this.#db, this.key, this.#head, batchSize);
    if (events.length === 0 || generation !== this.#generation) return;
    this.#options.onEvents?.(this.key, this.#epoch, events);
    for (const event of events) {
      if (event.sequence <= this.#head) continue;
      // Numbers have no gap, except where old events were pruned during the read.
      if (event.sequence !== this.#head + 1) this.#ring = [];
      this.#ring.push(event);
      this.#head = event.sequence;
      this.#note(event);
    }
    this.#ring.splice(0, Math.max(0, this.#ring.length - ringSize));
    this.#tell();
  }

  #note({ kind, subjectId }: LogEvent): void {
    const { log, changeOf } = this.#options;
    const change = log.options.addsOnly === true ? 'nothing' : changeOf(kind);
    if (change === 'subject' && subjectId !== null)
      for (const listener of this.#listeners) listener.subjectChanged(subjectId);
    else if (change !== 'nothing') this.#revision += 1;
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener.changed();
  }
}
