import { RequestError } from '../errors/errors.ts';
import { goOnLater, type Strand } from './event-loop.ts';

/** Number of pieces of work of one client that may wait, where its requests are not bounded by other means. */
const maxWaiting = 200;

/** Bytes of large texts that are processed in each turn of the event loop without waiting for a turn of the client. */
const freeBytes = 128 * 1024;

/** Longest time for which new connections may defer work, and the period for which it is the most, in milliseconds. */
const [maxDeferralMs, deferralPeriodMs] = [25, 250];

/**
 * A client whose work took longer than `longMs` without a break rests for `restFactor` times as long, at most
 * `maxRestMs`; in milliseconds.
 */
const longMs = 15;
const restFactor = 2;
const maxRestMs = 200;

/**
 * Divides the event loop among clients, whatever carrier their requests come by. Work that takes CPU time, such as
 * receiving a request, validating a document or serialising a large answer, begins at once while the present turn of
 * the event loop has time left. Otherwise it waits for a later turn of the loop, where the clients are served
 * round-robin. A client whose work delayed all others rests, and the others are served meanwhile.
 */
export class Turns implements Strand {
  /** Time in which such work may begin in one turn of the event loop, in milliseconds. */
  readonly sliceMs = 3;
  readonly isLast = true;
  /** Queues by client, the next client to be served first. No queue is empty. */
  readonly #waiting = new Map<string, (() => void)[]>();
  readonly #resting = new Set<string>();
  /** Time until which work may begin in this turn of the event loop; undefined: none has begun yet. */
  #end: number | undefined;
  /** True while work that has just begun is still running in this turn of the event loop. */
  #hasBegun = false;
  /** Time at which work was deferred first in the present period. */
  #deferralBegan = -Infinity;
  /** True: a connection was accepted in this turn of the event loop, so work continues in the next one. */
  #isDeferred = false;
  /** Bytes of large texts in this turn of the event loop. */
  #texts = 0;

  /** @param now the time in milliseconds; the origin does not matter */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /**
   * Runs the work when its client's turn has come.
   * @throws RequestError RATE_LIMITED where too much work of the client waits already; any error of the work
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
   * Waits for a turn of the client. The queue is not bounded here: requests are bounded by their rate, pieces of one
   * answer by its size. Everything that runs until the next wait for I/O counts as the client's work.
   * @returns undefined where the work may begin at once
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
   * Waits for a turn to measure or serialise a large text; an answer may contain many.
   * @returns undefined where this may be done at once, as long as such texts are few
   */
  forText(client: string, bytes: number): Promise<void> | undefined {
    this.#texts += bytes;
    if (this.#texts > freeBytes) return this.enter(client);
    if (this.#end === undefined) this.#open();
    return undefined;
  }

  /**
   * Defers work in favour of new connections: Node.js accepts one connection in each turn of the event loop, so the
   * last of many would wait for as many slices of work. Work is deferred for a tenth of the time at most, so that a client
   * that connects again and again does not starve it.
   */
  connected(): void {
    const now = this.now();
    if (now - this.#deferralBegan > deferralPeriodMs) this.#deferralBegan = now;
    if (now - this.#deferralBegan > maxDeferralMs) return;
    this.#isDeferred = true;
    if (this.#end === undefined) this.#open();
  }

  #mayBegin(): boolean {
    return !this.#hasBegun && !this.#isDeferred && (this.#end === undefined || this.now() < this.#end);
  }

  /** Starts the time slice of this turn of the event loop, and serves waiting clients in the next one. */
  #open(): void {
    this.#end = this.now() + this.sliceMs;
    goOnLater(this);
  }

  goOn(): boolean {
    this.#end = undefined;
    this.#texts = 0;
    if (this.#isDeferred) this.#open();
    else this.#serve();
    this.#isDeferred = false;
    return false;
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

  /**
   * Begins a client's work. Once that is over in this turn of the event loop, serves the next client if there is time
   * left.
   */
  #begin(client: string): void {
    this.#hasBegun = true;
    const begun = this.now();
    afterPromises(() => {
      this.#hasBegun = false;
      const took = this.now() - begun;
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

/** Calls back in the same turn of the event loop, after all settled promises and those that they settle in turn. */
function afterPromises(callback: () => void): void {
  queueMicrotask(() => process.nextTick(callback));
}
