import type { Queryable } from '../db/database.ts';
import type { ArticleEventRecord } from './event.ts';
import { type LogHead, selectEvents, selectHeads } from './log.ts';

/** How many of an article's last events a node keeps for those who come back after a short absence. */
const ringSize = 256;
/** How many events are read from the log at a time. */
const batchSize = 256;

/**
 * What one node knows of one watched article's log: where it stands, and its last events. Subscribers hold nothing
 * but a position and pull; a new event is loaded once, whoever waits is woken, and the slowest costs nobody anything.
 */
export class Feed {
  readonly articleId: string;
  readonly #db: Queryable;
  readonly #waiters = new Set<() => void>();
  #ring: ArticleEventRecord[] = [];
  #epoch: string;
  #head: number;
  #pruned: number;
  #loading: Promise<void> | undefined;
  /** Counts the epochs and the rewinds that this feed went through: a stream that began before one must reset. */
  #generation = 0;
  #pulse = 0;

  private constructor(db: Queryable, head: LogHead) {
    this.#db = db;
    this.articleId = head.articleId;
    this.#epoch = head.epoch;
    this.#head = head.sequence;
    this.#pruned = head.prunedSequence;
  }

  /** @returns undefined where there is no such article */
  static async open(db: Queryable, articleId: string): Promise<Feed | undefined> {
    const [head] = await selectHeads(db, [articleId]);
    if (!head) return undefined;
    const feed = new Feed(db, { ...head, sequence: Math.max(head.prunedSequence, head.sequence - ringSize) });
    await feed.catchUp(head.sequence);
    return feed;
  }

  get epoch(): string {
    return this.#epoch;
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

  /** Grows with every `pulse`; whoever has seen a smaller one owes its client a checkpoint. */
  get pulseCount(): number {
    return this.#pulse;
  }

  /** Loads up to `sequence` at least. Calls share one load; it resolves when the feed has got there or the log has not. */
  async catchUp(sequence: number): Promise<void> {
    while (this.#head < sequence) {
      if (this.#loading) {
        // This load may have begun before the event was committed, so it proves nothing about it.
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
   * Takes in what a poll has read of the article's counter row.
   * @param before the feed's `head` and `generation` when the poll was sent
   */
  async observe(head: LogHead, before: { head: number; generation: number }): Promise<void> {
    // Overtaken by a poll that found another log: this one may still speak of the log before it.
    if (before.generation !== this.#generation) return;
    // A log that ends before what was already sent is another log: a restored backup.
    if (head.epoch !== this.#epoch || head.sequence < before.head) {
      this.#epoch = head.epoch;
      this.#head = head.sequence;
      this.#pruned = head.prunedSequence;
      this.#ring = [];
      this.#generation += 1;
      this.#wake();
      return;
    }
    this.#pruned = Math.max(this.#pruned, head.prunedSequence);
    if (this.#pruned > this.#head) {
      // What was pruned before this node had read it never comes: streams that still want it must reset.
      this.#head = this.#pruned;
      this.#ring = [];
      this.#wake();
    }
    await this.catchUp(head.sequence);
  }

  /** Asks every stream that is up to date for a checkpoint. */
  pulse(): void {
    this.#pulse += 1;
    this.#wake();
  }

  /** The event with this number, if it is among the last ones. */
  recent(sequence: number): ArticleEventRecord | undefined {
    return this.#ring[sequence - (this.#head - this.#ring.length) - 1];
  }

  /** Events behind `after` from the log itself, oldest first; fewer than there are. */
  older(after: number): Promise<ArticleEventRecord[]> {
    return selectEvents(this.#db, this.articleId, after, batchSize);
  }

  /** Calls `wake` once, at the next change. */
  onceChanged(wake: () => void): void {
    this.#waiters.add(wake);
  }

  forget(wake: () => void): void {
    this.#waiters.delete(wake);
  }

  async #load(): Promise<void> {
    const generation = this.#generation;
    const events = await selectEvents(this.#db, this.articleId, this.#head, batchSize);
    if (events.length === 0 || generation !== this.#generation) return;
    for (const event of events) {
      if (event.sequence <= this.#head) continue;
      // Numbers have no gap, except where the past was pruned while it was being read.
      if (event.sequence !== this.#head + 1) this.#ring = [];
      this.#ring.push(event);
      this.#head = event.sequence;
    }
    this.#ring.splice(0, Math.max(0, this.#ring.length - ringSize));
    this.#wake();
  }

  #wake(): void {
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const wake of waiters) wake();
  }
}
