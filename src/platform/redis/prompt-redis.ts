import { openRedisClient, type RedisClient } from './redis-client.ts';

/** How long a request waits for Redis: a number of ticks of so many milliseconds. */
const patienceTicks = 5;
const tickMs = 15;

/**
 * Least and longest time without a question after one that was not answered in time, and the time with answers after
 * which the least applies again. In milliseconds.
 */
const leastRestMs = 1000;
const longestRestMs = 30_000;
const steadyMs = 60_000;

/** Most questions that may wait for their answers: more than clients can cause while Redis answers. */
const maxWaiting = 10_000;

/** Fate of one question: answered, not answered in time or by an error, or not asked because Redis is away. */
export type RedisOutcome = 'answered' | 'failed' | 'away';

export interface PromptRedisOptions {
  /** `redis://…` or `rediss://…` */
  readonly url: string;
  /** Tells whether Redis can do what it is asked for. */
  readonly probe: () => Promise<unknown>;
  readonly onOutcome: (outcome: RedisOutcome) => void;
  /** Nothing is asked from now on. Called once until `onBack`. */
  readonly onAway: (error: Error) => void;
  readonly onBack: () => void;
}

/**
 * A Redis for callers that can do without it, and that is asked only while it answers in time. After a late answer or an
 * error nothing is asked until a probe has been answered in time: only questions that were under way wait for 75 ms. The
 * pause before a probe grows while Redis fails again and again.
 */
export class PromptRedis {
  readonly client: RedisClient;
  readonly #options: PromptRedisOptions;
  #isAway = false;
  #isClosed = false;
  #restMs = leastRestMs;
  #backAt = -Infinity;
  #rest: NodeJS.Timeout | undefined;

  constructor(options: PromptRedisOptions) {
    this.#options = options;
    this.client = openRedisClient({ url: options.url, maxWaiting, onError: (error) => this.#leave(error) });
  }

  /** @returns undefined where Redis is away or does not answer in time; a late answer is dropped */
  async ask<T extends object | string | number>(question: () => Promise<T>): Promise<T | undefined> {
    const { onOutcome } = this.#options;
    if (this.#isAway || !this.client.isReady) {
      onOutcome('away');
      return undefined;
    }
    try {
      const answer = await inTime(question());
      onOutcome('answered');
      return answer;
    } catch (error) {
      onOutcome('failed');
      this.#leave(error);
      return undefined;
    }
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#rest);
    if (this.client.isOpen) this.client.destroy();
  }

  #leave(reason: unknown): void {
    if (this.#isAway || this.#isClosed) return;
    this.#isAway = true;
    const wasSteady = performance.now() - this.#backAt > steadyMs;
    this.#restMs = wasSteady ? leastRestMs : Math.min(2 * this.#restMs, longestRestMs);
    this.#options.onAway(reason instanceof Error ? reason : new Error(String(reason)));
    this.#tryLater();
  }

  #tryLater(): void {
    this.#rest = setTimeout(() => void this.#try(), this.#restMs).unref();
  }

  async #try(): Promise<void> {
    try {
      if (!this.client.isReady) return this.#tryLater();
      await inTime(this.#options.probe());
    } catch {
      if (!this.#isClosed) this.#tryLater();
      return;
    }
    if (this.#isClosed) return;
    this.#isAway = false;
    this.#backAt = performance.now();
    this.#options.onBack();
  }
}

/**
 * Rejects if the promise is pending for too long. The time is counted in ticks, because an event loop that was blocked
 * runs timers before it sends and reads: by the clock, a busy process would take itself for a slow Redis.
 */
function inTime<T>(answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    let ticks = 0;
    const timer = setInterval(() => {
      ticks += 1;
      if (ticks < patienceTicks) return;
      clearInterval(timer);
      reject(new Error('Redis did not answer in time'));
    }, tickMs);
    void answer.then(resolve, reject).finally(() => clearInterval(timer));
  });
}
