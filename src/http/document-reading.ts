import type { RateLimits } from '../auth/rate-limits.ts';
import { RequestError } from '../errors.ts';
import type { Context } from '../graphql/context.ts';
import { budgetKey } from './budget-key.ts';

/** Whose document it is. */
type Client = Pick<Context, 'viewer' | 'address'>;

/** How many documents of one client may wait. */
const maxWaiting = 100;

/** How long reading goes on before the service turns to something else, in milliseconds. */
const sliceMs = 5;

/**
 * When documents that the node doesn't know are read. Checking one can take tens of milliseconds, in which nothing else
 * happens: so it is a few or one in each turn of the event loop, and the clients by turns, whatever transport they come by.
 */
export class DocumentReading {
  readonly #limits: RateLimits;
  /** By client, whose turn is next first. */
  readonly #waiting = new Map<string, (() => void)[]>();
  #scheduled = false;

  constructor(limits: RateLimits) {
    this.#limits = limits;
  }

  /**
   * Counts a document, waits for its turn, and does what is to be done with it.
   * @throws RequestError RATE_LIMITED; what the work throws
   */
  async admit<T>(client: Client, source: string, work: () => T): Promise<T> {
    await this.#limits.use('read', budgetKey(client), source.length);
    if ((this.#waiting.get(budgetKey(client))?.length ?? 0) >= maxWaiting)
      throw new RequestError('RATE_LIMITED', 'Too many documents of this client are waiting to be read.', {
        retryAfterSeconds: 1,
      });
    return this.turn(client, work);
  }

  /** As `admit`, for what is not counted, or has been. */
  turn<T>(client: Client, work: () => T): Promise<T> {
    return new Promise((resolve) => {
      // A promise's executor passes on what the work throws.
      const go = () => resolve(new Promise((done) => done(work())));
      const key = budgetKey(client);
      const own = this.#waiting.get(key);
      if (own) own.push(go);
      else this.#waiting.set(key, [go]);
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiting.size === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      const end = performance.now() + sliceMs;
      do this.#next();
      while (this.#waiting.size > 0 && performance.now() < end);
      this.#schedule();
    });
  }

  #next(): void {
    for (const [key, own] of this.#waiting) {
      this.#waiting.delete(key);
      own.shift()?.();
      if (own.length > 0) this.#waiting.set(key, own);
      return;
    }
  }
}
