import type { Queryable } from '../db/database.ts';
import type { Background } from '../feature/feature.ts';
import { selectDueArticles } from './tell.queries.ts';
import type { TellService } from './tell.service.ts';

export interface NotificationWorkerOptions {
  readonly db: Queryable;
  readonly telling: TellService;
  /** Calls a listener with the article of each event that this process has appended. @returns stops that */
  readonly onAppended: (listener: (articleId: string) => void) => () => void;
  /** Time between two looks for articles with news, in milliseconds. */
  readonly intervalMs: number;
  /** What failed is tried again with a later look. */
  readonly onError: (error: unknown) => void;
}

/** Time after an event before it is told, in milliseconds: events of a busy thread are told together. */
const gatherMs = 50;

/** Articles that one look examines: it takes milliseconds, whatever the number of articles. */
const articlesPerLook = 2000;

/** Most articles that wait at once for their steps; others are found by a later look. */
const maxDue = 10_000;

/**
 * Does the steps of `TellService`. Learns of this process's events at once, and of all others by looking through the
 * articles in turn, a part of them each time: what a node has not told before it died, another one does. Any number of
 * workers may run.
 */
export class NotificationWorker implements Background {
  readonly #options: NotificationWorkerOptions;
  readonly #due = new Set<string>();
  #after = '0';
  #nextLook = 0;
  /** After a failure steps wait as long as looks do. */
  #pausedUntil = 0;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #unlisten: (() => void) | undefined;
  #isStopped = false;

  constructor(options: NotificationWorkerOptions) {
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

  /** Looks through all articles once, and tells of everything. */
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
    clearTimeout(this.#timer);
    const now = performance.now();
    const untilLook = Math.max(0, this.#nextLook - now);
    const untilStep = Math.max(gatherMs, this.#pausedUntil - now);
    const pauseMs = this.#due.size > 0 ? Math.min(untilStep, untilLook) : untilLook;
    this.#timer = setTimeout(() => {
      this.#running = this.#turn().finally(() => {
        this.#running = undefined;
        this.#schedule();
      });
    }, pauseMs);
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
    const { due, last } = await selectDueArticles(this.#options.db, this.#after, articlesPerLook);
    for (const articleId of due) if (this.#due.size < maxDue) this.#due.add(articleId);
    this.#after = last ?? '0';
  }

  /** One step for each article that is due. */
  async #round(): Promise<void> {
    for (const articleId of [...this.#due]) {
      if (this.#isStopped) return;
      this.#due.delete(articleId);
      const step = await this.#options.telling.tellNext(articleId);
      if (step === 'more') this.#due.add(articleId);
    }
  }
}
