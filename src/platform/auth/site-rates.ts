import type { Config } from '../config/config.ts';
import type { RateLimits } from './rate-limits.ts';
import type { RedisRates, RedisRatesOptions } from './redis-rates.ts';

/**
 * Counts rates together with other nodes, if Redis is configured. Its client is loaded on demand.
 * @returns what has to be closed
 */
export async function joinSiteRates(
  rates: RateLimits,
  config: Config,
  options: Omit<RedisRatesOptions, 'url' | 'settings'>,
): Promise<RedisRates | undefined> {
  if (config.redisUrl === undefined || !rates.enabled) return undefined;
  const { RedisRates } = await import('./redis-rates.ts');
  const siteRates = new RedisRates({ ...options, url: config.redisUrl, settings: config });
  rates.join(siteRates);
  return siteRates;
}
