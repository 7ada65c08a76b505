import type { PolicyState, RateLimits } from '../auth/rate-limits.ts';

/**
 * The header fields of draft-ietf-httpapi-ratelimit-headers: every policy, and the state of those that a request has
 * counted against. None if nothing is counted.
 */
export function rateLimitFields(rates: RateLimits, states: readonly PolicyState[]): Record<string, string> {
  if (!rates.enabled) return {};
  const touched = states
    .map(({ policy, remaining, resetSeconds }) => `"${policy}";r=${remaining};t=${resetSeconds}`)
    .join(', ');
  return { 'ratelimit-policy': rates.policyField, ...(touched === '' ? {} : { ratelimit: touched }) };
}
