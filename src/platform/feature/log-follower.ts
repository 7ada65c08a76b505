import type { Backlog, Job } from '../jobs/job.ts';

/** A part of the list of all articles. */
export interface DueArticles {
  /** Articles with events that were not followed yet. */
  readonly due: readonly string[];
  /** The last article that was looked at; null: it was the last one of all. */
  readonly last: string | null;
}

export interface LogFollowerOptions extends Pick<Job, 'name' | 'everyMs' | 'gatherMs'> {
  /** Calls a listener with the article of each event that this process has appended. @returns stops that */
  readonly onAppended: (listener: (articleId: string) => void) => () => void;
  /** Looks for articles with news among the next ones behind an article, in the order of their keys. */
  readonly look: (after: string) => Promise<DueArticles>;
  /** Follows the logs of some articles. @returns those that have more */
  readonly step: (articleIds: readonly string[]) => Promise<readonly string[]>;
  /** Most articles of one step. */
  readonly articlesPerStep: number;
}

/** Most articles that wait at once for their steps; others are found by a later look. */
const maxDue = 10_000;

/**
 * Follows the logs of all articles. Learns of this process's events at once, and of all others by looking through the
 * articles in turn, a part of them each time: what a node has not followed before it died, another one does. Any number
 * of followers may run.
 */
export class LogFollower implements Job {
  readonly name: string;
  /** No index knows which logs have news. */
  readonly due = undefined;
  readonly everyMs: number;
  readonly gatherMs: number;
  readonly #options: LogFollowerOptions;
  /** Articles with news, and since when this process knows of it. */
  readonly #due = new Map<string, number>();
  #after = '0';
  #nextLook = 0;
  /** Articles that are followed together: one after a failure, so that an article that always fails holds up no other. */
  #atOnce = 1;

  constructor(options: LogFollowerOptions) {
    this.#options = options;
    this.name = options.name;
    this.everyMs = options.everyMs;
    this.gatherMs = options.gatherMs ?? 0;
  }

  readonly wake = (listener: () => void): (() => void) =>
    this.#options.onAppended((articleId) => {
      this.#note(articleId);
      listener();
    });

  readonly backlog = (): Backlog => {
    const now = performance.now();
    return { waiting: this.#due.size, oldestSeconds: (now - Math.min(now, ...this.#due.values())) / 1000 };
  };

  /** Follows all articles that are due, and looks for others when it is time. */
  readonly step = async (signal: AbortSignal): Promise<'more' | 'idle'> => {
    if (performance.now() >= this.#nextLook) {
      this.#nextLook = performance.now() + this.everyMs;
      await this.#look();
    }
    let hasMore = false;
    const due = [...this.#due.keys()];
    while (due.length > 0 && !signal.aborted) {
      const unfinished = await this.#follow(due.splice(0, this.#atOnce));
      hasMore ||= unfinished.length > 0;
    }
    return hasMore ? 'more' : 'idle';
  };

  #note(articleId: string): void {
    if (this.#due.size < maxDue && !this.#due.has(articleId)) this.#due.set(articleId, performance.now());
  }

  async #look(): Promise<void> {
    const { due, last } = await this.#options.look(this.#after);
    for (const articleId of due) this.#note(articleId);
    this.#after = last ?? '0';
  }

  async #follow(articleIds: readonly string[]): Promise<readonly string[]> {
    const known = articleIds.map((articleId) => [articleId, this.#due.get(articleId)] as const);
    // An event that comes meanwhile is noted again.
    for (const articleId of articleIds) this.#due.delete(articleId);
    try {
      const unfinished = await this.#options.step(articleIds);
      this.#atOnce = Math.min(2 * this.#atOnce, this.#options.articlesPerStep);
      for (const articleId of unfinished) this.#note(articleId);
      return unfinished;
    } catch (error) {
      // Behind the others, but as old as before.
      for (const [articleId, since = performance.now()] of known) this.#due.set(articleId, since);
      this.#atOnce = 1;
      throw error;
    }
  }
}
