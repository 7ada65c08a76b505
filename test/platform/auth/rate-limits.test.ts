import { describe, expect, it } from '@jest/globals';
import { ClientLimits, RateLimits } from '../../../src/platform/auth/rate-limits.ts';
import { parseConfig } from '../../../src/platform/config/config.ts';

const settings = parseConfig({
  MAX_REQUESTS_PER_MINUTE: '10',
  MAX_GUESSES_PER_MINUTE: '2',
  MAX_ACCOUNT_GUESSES_PER_MINUTE: '4',
});

/** Signs in with wrong passwords until an attempt is refused. @returns the number of attempts that were not */
async function guess(rates: RateLimits, account: string, address: string): Promise<number> {
  const limits = new ClientLimits(rates, { viewer: null, address });
  for (let count = 0; count < 20; count++) {
    try {
      await limits.useSignIn(account);
    } catch {
      return count;
    }
  }
  return 20;
}

it('the total of attempts on an account is reported to none of the addresses', async () => {
  const limits = new ClientLimits(new RateLimits(settings), { viewer: null, address: '192.0.2.1' });
  await limits.useSignIn('ada');
  expect(limits.states.map(({ policy }) => policy)).toEqual(['sign-ins', 'guesses']);
});

describe('failed attempts to sign in to an account', () => {
  it('are limited for one address, and for all addresses together', async () => {
    const rates = new RateLimits(settings);
    expect(await guess(rates, 'ada', '192.0.2.1')).toBe(2);
    expect(await guess(rates, 'ada', '192.0.2.2')).toBe(2);
    expect(await guess(rates, 'ada', '192.0.2.3')).toBe(0);
    expect(await guess(rates, 'grace', '192.0.2.3')).toBe(2);
  });

  it('never lock out the owner at an address where they have signed in before', async () => {
    const rates = new RateLimits(settings);
    rates.recognise('ada', '192.0.2.1');
    for (const last of [2, 3, 4, 5]) await guess(rates, 'ada', `192.0.2.${last}`);
    expect(await guess(rates, 'ada', '192.0.2.6')).toBe(0);
    expect(await guess(rates, 'ada', '192.0.2.1')).toBe(2);
    // A successful sign-in clears the failed attempts from that address.
    rates.recognise('ada', '192.0.2.1');
    expect(await guess(rates, 'ada', '192.0.2.1')).toBe(2);
  });
});

it('a policy counts a bounded number of clients and evicts the least recently seen', async () => {
  const rates = new RateLimits(settings, 3);
  const take = async (client: string) => (await rates.take('requests', client))?.state.remaining;
  expect(await take('a')).toBe(9);
  expect(await take('b')).toBe(9);
  expect(await take('c')).toBe(9);
  expect(await take('a')).toBe(8);
  expect(await take('d')).toBe(9);
  // The fourth client evicted the second one.
  expect(await take('a')).toBe(7);
  expect(await take('c')).toBe(8);
  expect(await take('b')).toBe(9);
});
