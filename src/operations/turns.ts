import { RequestError } from '../errors/errors.ts';

/** The number of pieces of work of one client that may wait, where its requests are not bounded by other means. */
const maxWaiting = 200;

/** Time that one turn of the event loop spends on such work, in milliseconds. */
const sliceMs = 3;

/** Bytes of large texts that are dealt with in each turn of the event loop without anybody's turn. */
const freeBytes = 128 * 1024;

/** How long work may be put off for connections that come, and of how long a time that is the most, in milliseconds. */
const [maxDeferralMs, deferralPeriodMs] = [25, 250];

/** A client whose work took so long in one piece, in milliseconds, rests for so many times as long, and no longer than that. */
const longMs = 15;
const restFactor = 2;
const maxRestMs = 200;

/**
 * Divides the event loop among clients, whatever carrier their requests come by. What takes time of the processor, such as
 * to take in a request, to validate a document or to write a large answer, begins at once while its turn of the loop is
 * young. The rest waits for the next turn, and there the clients go by turns. One whose work kept all others waiting goes
 * on after a rest, in which the others are served.
 */
export class Turns {
  /** By client; the client whose turn is next comes first. No line is empty. */
  readonly #waiting = new Map<string, (() => void)[]>();
  readonly #resting = new Set<string>();
  /** Until when work may begin in this turn of the loop; undefined: none has yet. */
  #end: number | undefined;
  /** Something has just begun, and what it does in this turn is not over yet. */
  #hasBegun = false;
  /** When work was put off first in the present period. */
  #deferralBegan = -Infinity;
  /** Somebody has connected in this turn of the loop: work goes on in the next one. */
  #isDeferred = false;
  /** Bytes of large texts in this turn of the loop. */
  #texts = 0;

  /**
   * Does the work when its turn has come.
   * @throws RequestError RATE_LIMITED where too much work of the client waits already; whatever the work throws
   */
  async take<T>(client: string, work: () => T): Promise<T> {
    if ((this.#waiting.get(client)?.length ?? 0) >= maxWaiting)
      throw new RequestError('RATE_LIMITED', 'Too many requests of this client are waiting to be read.', {
        retryAfterSeconds: 1,
      });
    const turn = this.enter(client);
    if (turn) await turn;
    return work();
  }

  /**
   * Waits for a turn to begin something in. The line is not bounded here: requests are bounded by their rate, pieces of one
   * answer by its size. What is done until the next wait for another part of the system counts as its work.
   * @returns undefined where it may begin at once
   */
  enter(client: string): Promise<void> | undefined {
    if (this.#mayBegin() && this.#waiting.size === 0 && !this.#resting.has(client)) {
      if (this.#end === undefined) this.#open();
      this.#begin(client);
      return undefined;
    }
    return new Promise((resolve) => {
      const own = this.#waiting.get(client);
      if (own) own.push(resolve);
      else this.#waiting.set(client, [resolve]);
      if (this.#end === undefined) this.#open();
    });
  }

  /**
   * Waits for a turn to measure or write a large text, of which an answer may have many.
   * @returns undefined where it may be done at once, as all of them as long as they are few
   */
  forText(client: string, bytes: number): Promise<void> | undefined {
    this.#texts += bytes;
    if (this.#texts > freeBytes) return this.enter(client);
    if (this.#end === undefined) this.#open();
    return undefined;
  }

  /**
   * Lets others connect first: the system hands over one connection in each turn of the loop, so that whoever comes last
   * of many would wait for as many slices of work. For a tenth of the time at most, or whoever connects again and again
   * would keep all work waiting.
   */
  connected(): void {
    const now = performance.now();
    if (now - this.#deferralBegan > deferralPeriodMs) this.#deferralBegan = now;
    if (now - this.#deferralBegan > maxDeferralMs) return;
    this.#isDeferred = true;
    if (this.#end === undefined) this.#open();
  }

  #mayBegin(): boolean {
    return !this.#hasBegun && !this.#isDeferred && (this.#end === undefined || performance.now() < this.#end);
  }

  /** Measures a turn of the loop, and in the next one serves those that wait. */
  #open(): void {
    this.#end = performance.now() + sliceMs;
    setImmediate(() => {
      this.#end = undefined;
      this.#texts = 0;
      if (this.#isDeferred) this.#open();
      else this.#serve();
      this.#isDeferred = false;
    });
  }

  #serve(): void {
    for (const [client, own] of this.#waiting) {
      if (this.#resting.has(client)) continue;
      if (this.#end === undefined) this.#open();
      this.#waiting.delete(client);
      own.shift()?.();
      if (own.length > 0) this.#waiting.set(client, own);
      this.#begin(client);
      return;
    }
  }

  /** Waits until what has just begun is over for this turn; then another one has time, or not. */
  #begin(client: string): void {
    this.#hasBegun = true;
    const begun = performance.now();
    afterPromises(() => {
      this.#hasBegun = false;
      const took = performance.now() - begun;
      if (took > longMs) this.#rest(client, Math.min(restFactor * took, maxRestMs));
      if (this.#waiting.size > 0 && this.#mayBegin()) this.#serve();
    });
  }

  #rest(client: string, ms: number): void {
    this.#resting.add(client);
    setTimeout(() => {
      this.#resting.delete(client);
      if (this.#waiting.size > 0 && this.#end === undefined) this.#open();
    }, ms).unref();
  }
}

/** Calls back after the promises that are settled by now, those that they settle, and so on, in the same turn of the loop. */
function afterPromises(callback: () => void): void {
  queueMicrotask(() => process.nextTick(callback));
}
