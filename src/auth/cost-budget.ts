import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** What a client has left. */
export interface Budget {
  /** Points for each minute. */
  readonly limit: number;
  readonly remaining: number;
  /** Until the budget is whole again. */
  readonly resetSeconds: number;
}

/** Length of the budget's window. */
export const budgetSeconds = 60;

/**
 * How many points of cost each client may spend in a minute: by account when signed in, else by address. Kept per node,
 * like the other rate limits.
 */
export class CostBudget {
  readonly #limiter: RateLimiterMemory;
  readonly #limit: number;

  constructor(pointsPerMinute: number) {
    this.#limit = pointsPerMinute;
    this.#limiter = new RateLimiterMemory({
      keyPrefix: 'cost',
      points: pointsPerMinute,
      duration: budgetSeconds,
    });
  }

  /**
   * Spends what an operation costs, one point at least. One that is refused costs nothing, so that smaller ones still
   * pass.
   */
  async spend(key: string, cost: number): Promise<{ readonly granted: boolean; readonly budget: Budget }> {
    const points = Math.max(1, cost);
    try {
      return { granted: true, budget: this.#toBudget(await this.#limiter.consume(key, points)) };
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      return { granted: false, budget: this.#toBudget(await this.#limiter.reward(key, points)) };
    }
  }

  #toBudget({ consumedPoints, msBeforeNext }: RateLimiterRes): Budget {
    return {
      limit: this.#limit,
      remaining: Math.max(0, this.#limit - consumedPoints),
      resetSeconds: Math.ceil(msBeforeNext / 1000),
    };
  }
}
