import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { RequestError } from '../errors.ts';

/** How often something may be done: so many points in so many seconds. */
const rules = {
  /** Attempts to sign in, by address. */
  signInByAddress: { points: 30, duration: 60 },
  /** Attempts on one account, whoever makes them: slows down guessing, without locking its owner out for long. */
  signInByAccount: { points: 10, duration: 60 },
  /** New accounts, by address. */
  signUp: { points: 10, duration: 3600 },
  /** Exchanges of refresh tokens, by address. */
  refresh: { points: 120, duration: 60 },
  /** Comments, edits, removals and endorsements, by account. */
  write: { points: 60, duration: 60 },
  /** Characters of documents that the node has not read before, by account, or by address where that is signed out. */
  read: { points: 250_000, duration: 60 },
} as const;

export type RateRule = keyof typeof rules;

/** Counts what each address and account does. Kept per node. */
export class RateLimits {
  readonly #limiters: ReadonlyMap<RateRule, RateLimiterMemory>;

  /** @param enabled off for load tests, and nowhere else */
  constructor(enabled: boolean) {
    this.#limiters = new Map(
      enabled
        ? Object.entries(rules).map(([rule, options]) => [
            rule as RateRule,
            new RateLimiterMemory({ keyPrefix: rule, ...options }),
          ])
        : [],
    );
  }

  /**
   * Counts one use.
   * @param points of the rule that it takes; more than there are count as all
   * @throws RequestError RATE_LIMITED, with `retryAfterSeconds`
   */
  async use(rule: RateRule, key: string, points = 1): Promise<void> {
    try {
      await this.#limiters.get(rule)?.consume(key, Math.min(points, rules[rule].points));
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      const retryAfterSeconds = Math.ceil(refused.msBeforeNext / 1000);
      throw new RequestError('RATE_LIMITED', `Too many requests: try again in ${retryAfterSeconds} s.`, {
        retryAfterSeconds,
      });
    }
  }
}
