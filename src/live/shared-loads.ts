import type { Queryable } from '../db/database.ts';
import { Loaders } from '../graphql/context.ts';

/**
 * What groups with different rights load together: an event wakes all of them in the same turn of the event loop, and most of
 * what they show of it is the same for them.
 */
export class SharedLoads {
  readonly #db: Queryable;
  #current: Loaders | undefined;

  constructor(db: Queryable) {
    this.#db = db;
  }

  /**
   * The loaders of this turn. Within it nobody learns of anything new, so what one has begun to load is as fresh as the
   * next one needs it.
   */
  get now(): Loaders {
    if (this.#current === undefined) {
      this.#current = new Loaders({ db: this.#db, viewer: null });
      process.nextTick(() => (this.#current = undefined));
    }
    return this.#current;
  }
}
