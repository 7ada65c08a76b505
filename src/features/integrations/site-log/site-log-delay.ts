import type { Database } from '../../../platform/db/database.ts';
import type { Background } from '../../../platform/feature/feature.ts';
import { selectBehindOf } from './relay.queries.ts';

export interface SiteLogDelayOptions {
  readonly db: Database;
  /** Calls a listener with the article of each event that this process has appended. @returns stops that */
  readonly onAppended: (listener: (articleId: string) => void) => () => void;
}

/** Most articles that are remembered between two reads; the delay of others is not seen. */
const maxArticles = 1000;

/**
 * How long events wait for the site's log: those that this process has appended, whoever carries them. So it grows
 * where no relay runs, or where one fails.
 */
export class SiteLogDelay implements Background {
  readonly #options: SiteLogDelayOptions;
  /** When the first event came that may not be in the site's log, by article. */
  readonly #since = new Map<string, number>();
  #unlisten: (() => void) | undefined;

  constructor(options: SiteLogDelayOptions) {
    this.#options = options;
  }

  start(): void {
    this.#unlisten = this.#options.onAppended((articleId) => {
      if (this.#since.size < maxArticles && !this.#since.has(articleId))
        this.#since.set(articleId, performance.now());
    });
  }

  async stop(): Promise<void> {
    this.#unlisten?.();
    return Promise.resolve();
  }

  /** The age of the oldest event that is not in the site's log, in seconds; 0: all are. */
  async read(): Promise<number> {
    const noted = new Map(this.#since);
    const behind = new Set(await selectBehindOf(this.#options.db.forNode('site log'), [...noted.keys()]));
    for (const [articleId, since] of noted)
      if (!behind.has(articleId) && this.#since.get(articleId) === since) this.#since.delete(articleId);
    const now = performance.now();
    const ages = [...behind].map((articleId) => now - (noted.get(articleId) ?? now));
    return Math.max(0, ...ages) / 1000;
  }
}
