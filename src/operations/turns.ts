import { RequestError } from '../errors.ts';

/** Number of pieces of work of one client that may wait. */
const maxWaiting = 100;

/** Time that one turn of the event loop spends on such work, in milliseconds. */
const sliceMs = 5;

/**
 * Work that takes milliseconds of the processor, such as the validation of an unknown document: a few pieces or one in
 * each turn of the event loop, and the clients by turns, whatever carrier their requests come by.
 */
export class Turns {
  /** By client; the client whose turn is next comes first. */
  readonly #waiting = new Map<string, (() => void)[]>();
  #scheduled = false;

  /**
   * Does the work when its turn has come.
   * @throws RequestError RATE_LIMITED where too much work of the client waits already; whatever the work throws
   */
  async take<T>(client: string, work: () => T): Promise<T> {
    const own = this.#waiting.get(client);
    if (own && own.length >= maxWaiting)
      throw new RequestError('RATE_LIMITED', 'Too many requests of this client are waiting to be read.', {
        retryAfterSeconds: 1,
      });
    return new Promise((resolve) => {
      // A promise's executor passes on what the work throws.
      const go = () => resolve(new Promise((done) => done(work())));
      if (own) own.push(go);
      else this.#waiting.set(client, [go]);
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
    for (const [client, own] of this.#waiting) {
      this.#waiting.delete(client);
      own.shift()?.();
      if (own.length > 0) this.#waiting.set(client, own);
      return;
    }
  }
}
