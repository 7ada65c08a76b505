import type { Database } from '../../../platform/db/database.ts';
import type { Bus } from '../../../platform/events/bus.ts';
import { lockSiteLog, relayEvents } from './relay.queries.ts';
import { siteLog } from './site-log.ts';

export interface RelayServiceOptions {
  readonly db: Database;
  readonly bus: Bus;
  /** The most events of one article that one step takes. */
  readonly eventsPerArticle?: number;
  /** Called with the age of the oldest event that a step has added, in seconds. */
  readonly onDelay?: (seconds: number) => void;
}

/**
 * Carries the events of articles into the site's log. One step does everything in one transaction, whose statements are
 * sent together: it locks the site's log, appends what some articles have behind their positions, and moves the
 * positions. Any number of relays may run. The lock lets one step at a time through, and no process holds it while it
 * thinks, so that one that is frozen keeps no other waiting. Writers to articles never wait for it: a step only reads
 * their logs.
 */
export class RelayService {
  readonly #db: Database;
  readonly #bus: Bus;
  readonly #eventsPerArticle: number;
  readonly #onDelay: ((seconds: number) => void) | undefined;

  constructor({ db, bus, eventsPerArticle = 200, onDelay }: RelayServiceOptions) {
    this.#db = db;
    this.#bus = bus;
    this.#eventsPerArticle = eventsPerArticle;
    this.#onDelay = onDelay;
  }

  /** Does one step for some articles. @returns those that may have more events */
  async relay(articleIds: readonly string[]): Promise<readonly string[]> {
    const [, { head, added, delay, unfinished }] = await this.#db.transaction((tx) =>
      Promise.all([lockSiteLog(tx), relayEvents(tx, articleIds, this.#eventsPerArticle)]),
    );
    if (added > 0) this.#bus.hint(siteLog.keyOf(), head);
    if (delay !== null) this.#onDelay?.(Math.max(0, delay));
    return unfinished;
  }
}
