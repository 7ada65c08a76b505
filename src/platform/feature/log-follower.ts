import type { Background } from './feature.ts';

/** A part of the list of all articles. */
export interface DueArticles {
  /** Articles with events that were not followed yet. */
  readonly due: readonly string[];
  /** The last article that was looked at; null: it was the last one of all. */
  readonly last: string | null;
}

export interface LogFollowerOptions {
  /** Calls a listener with the article of each event that this process has appended. @returns stops that */
  readonly onAppended: (listener: (articleId: string) => void) => () => void;
  /** Looks for articles with news among the next ones behind an article, in the order of their keys. */
  readonly look: (after: string) => Promise<DueArticles>;
  /** Follows the logs of some articles. @returns those that have more */
  readonly step: (articleIds: readonly string[]) => Promise<readonly string[]>;
  /** Most articles of one step. */
  readonly articlesPerStep: number;
  /** Time after an event before it is followed, in milliseconds: events of a busy time are followed together. */
  readonly gatherMs: number;
  /** Time between two looks, in milliseconds. */
  readonly intervalMs: number;
  /** What failed is tried again with a later look. */
  readonly onError: (error: unknown) => void;
}

/** Most articles that wait at once for their steps; others are found by a later look. */
const maxDue = 10_000;

/**
 * Follows the logs of all articles. Learns of this process's events at once, and of all others by looking through the
 * articles in turn, a part of them each time: what a node has not followed before it died, another one does. Any number
 * of followers may run.
 */
export class LogFollower implements Background {
  readonly #options: LogFollowerOptions;
  readonly #due = new Set<string>();
  #after = '0';
  #nextLook = 0;
  /** After a failure steps wait as long as looks do. */
  #pausedUntil = 0;
  #timer: NodeJS.Timeout | undefined;
  /** When the timer ends. */
  #wakesAt = 0;
  /** Articles of the next step: one after a failure, so that an article that always fails holds up no other. */
  #atOnce = 1;
  /** Whether the last steps left something that need not wait for more events. */
  #hasMore = false;
  #running: Promise<void> | undefined;
  #unlisten: (() => void) | undefined;
  #isStopped = false;

  constructor(options: LogFollowerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#unlisten = this.#options.onAppended((articleId) => this.#note(articleId));
    this.#schedule();
  }

  /** Resolves once the step under way is over. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#unlisten?.();
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Looks through all articles once, and follows everything. */
  async run(): Promise<void> {
    do {
      await this.#look();
    } while (this.#after !== '0' && !this.#isStopped);
    while (this.#due.size > 0 && !this.#isStopped) await this.#round();
  }

  #note(articleId: string): void {
    if (this.#due.size >= maxDue) return;
    this.#due.add(articleId);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isStopped || this.#running) return;
    const now = performance.now();
    const step = Math.max(this.#hasMore ? now : now + this.#options.gatherMs, this.#pausedUntil);
    const wakesAt = this.#due.size > 0 ? Math.min(step, this.#nextLook) : this.#nextLook;
    if (this.#timer && this.#wakesAt <= wakesAt) return;
    clearTimeout(this.#timer);
    this.#wakesAt = wakesAt;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#running = this.#turn().finally(() => {
          this.#running = undefined;
          this.#schedule();
        });
      },
      Math.max(0, wakesAt - now),
    );
  }

  /** Never rejects. */
  async #turn(): Promise<void> {
    try {
      if (performance.now() >= this.#nextLook) {
        this.#nextLook = performance.now() + this.#options.intervalMs;
        await this.#look();
      }
      await this.#round();
    } catch (error) {
      this.#pausedUntil = performance.now() + this.#options.intervalMs;
      this.#options.onError(error);
    }
  }

  async #look(): Promise<void> {
    const { due, last } = await this.#options.look(this.#after);
    for (const articleId of due) if (this.#due.size < maxDue) this.#due.add(articleId);
    this.#after = last ?? '0';
  }

  /** Steps for all articles that are due. */
  async #round(): Promise<void> {
    const due = [...this.#due];
    this.#hasMore = false;
    while (due.length > 0 && !this.#isStopped) {
      const some = due.splice(0, this.#atOnce);
      for (const articleId of some) this.#due.delete(articleId);
      const unfinished = await this.#step(some);
      if (unfinished.length > 0) this.#hasMore = true;
      for (const articleId of unfinished) this.#due.add(articleId);
    }
  }

  async #step(articleIds: readonly string[]): Promise<readonly string[]> {
    try {
      const unfinished = await this.#options.step(articleIds);
      this.#atOnce = Math.min(2 * this.#atOnce, this.#options.articlesPerStep);
      return unfinished;
    } catch (error) {
      for (const articleId of articleIds) this.#due.add(articleId);
      this.#atOnce = 1;
      throw error;
    }
  }
}
