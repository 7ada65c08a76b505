import { createHmac, hkdfSync } from 'node:crypto';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { PromptRedis, type RedisOutcome } from '../redis/prompt-redis.ts';
import {
  pairOf,
  policiesOf,
  type Policy,
  type PolicyName,
  type RateLimitSettings,
  type SiteRates,
  type SiteTotal,
} from './rate-limits.ts';

const prefix = 'standfirst:rates';

/** Time for which an account is recognised at an address after a sign-in, in seconds. */
const recognisedSeconds = 7 * 24 * 3600;

/** Characters of a client's name in a key: 132 bits. */
const nameLength = 22;

export interface RedisRatesOptions {
  /** `redis://…` or `rediss://…` */
  readonly url: string;
  /** The same on every node. Keys are derived from it. */
  readonly sessionSecret: string;
  readonly settings: RateLimitSettings;
  readonly onOutcome: (outcome: RedisOutcome) => void;
  /** Each node counts for itself from now on. Called once until `onBack`. */
  readonly onAway: (error: Error) => void;
  readonly onBack: () => void;
}

/**
 * Rates of the site, in Redis: one key for each policy and client, which expires with the policy's window. Keys name
 * clients by keyed hashes: nobody who reads Redis finds addresses or accounts in them, and sites with different secrets
 * that share a Redis count apart.
 */
export class RedisRates implements SiteRates {
  readonly #redis: PromptRedis;
  readonly #limiters: ReadonlyMap<PolicyName, RateLimiterRedis>;
  readonly #secret: Buffer;

  constructor({ url, sessionSecret, settings, ...listeners }: RedisRatesOptions) {
    this.#secret = Buffer.from(hkdfSync('sha256', sessionSecret, '', 'keys of rates', 32));
    const redis: PromptRedis = new PromptRedis({ url, probe: () => probe.penalty('it', 1), ...listeners });
    const limiterOf = (name: string, { limit, seconds }: Policy) =>
      new RateLimiterRedis({
        storeClient: redis.client,
        useRedisPackage: true,
        keyPrefix: `${prefix}:${name}`,
        points: limit,
        duration: seconds,
      });
    const probe = limiterOf('probe', { limit: 1, seconds: 1 });
    this.#redis = redis;
    this.#limiters = new Map(
      Object.entries<Policy>(policiesOf(settings)).map(([name, policy]) => [
        name as PolicyName,
        limiterOf(name, policy),
      ]),
    );
  }

  async add(policy: PolicyName, key: string, points: number): Promise<SiteTotal | undefined> {
    const limiter = this.#limiters.get(policy);
    const name = this.#nameOf(key);
    const total = limiter && (await this.#redis.ask(() => limiter.penalty(name, points)));
    return total && { points: total.consumedPoints, endsInMs: Math.max(1, total.msBeforeNext) };
  }

  recognise(account: string, address: string): void {
    const name = this.#nameOf(pairOf(account, address));
    const { client } = this.#redis;
    void this.#redis.ask(() =>
      Promise.all([
        client.set(recognisedKey(name), '', { expiration: { type: 'EX', value: recognisedSeconds } }),
        this.#limiters.get('guesses')?.delete(name),
      ]),
    );
  }

  async isRecognised(account: string, address: string): Promise<boolean> {
    const name = this.#nameOf(pairOf(account, address));
    return (await this.#redis.ask(() => this.#redis.client.exists(recognisedKey(name)))) === 1;
  }

  close(): void {
    this.#redis.close();
  }

  #nameOf(key: string): string {
    return createHmac('sha256', this.#secret).update(key).digest('base64url').slice(0, nameLength);
  }
}

const recognisedKey = (name: string): string => `${prefix}:recognised:${name}`;
