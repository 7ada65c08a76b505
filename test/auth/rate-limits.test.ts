import { describe, expect, it } from '@jest/globals';
import { ClientLimits, RateLimits } from '../../src/auth/rate-limits.ts';
import { parseConfig } from '../../src/config/config.ts';

const settings = parseConfig({
  MAX_REQUESTS_PER_MINUTE: '10',
  MAX_GUESSES_PER_MINUTE: '2',
  MAX_ACCOUNT_GUESSES_PER_MINUTE: '4',
});

/** Signs in with a wrong password until it is refused. @returns how often it was not */
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

it('what many addresses have tried at an account is told to none of them', async () => {
  const limits = new ClientLimits(new RateLimits(settings), { viewer: null, address: '192.0.2.1' });
  await limits.useSignIn('ada');
  expect(limits.states.map(({ policy }) => policy)).toEqual(['sign-ins', 'guesses']);
});

describe('guesses at an account', () => {
  it('are limited from one address, and from all together', async () => {
    const rates = new RateLimits(settings);
    expect(await guess(rates, 'ada', '192.0.2.1')).toBe(2);
    expect(await guess(rates, 'ada', '192.0.2.2')).toBe(2);
    expect(await guess(rates, 'ada', '192.0.2.3')).toBe(0);
    expect(await guess(rates, 'grace', '192.0.2.3')).toBe(2);
  });

  it('from elsewhere never lock out the owner where they have signed in before', async () => {
    const rates = new RateLimits(settings);
    rates.recognise('ada', '192.0.2.1');
    for (const last of [2, 3, 4, 5]) await guess(rates, 'ada', `192.0.2.${last}`);
    expect(await guess(rates, 'ada', '192.0.2.6')).toBe(0);
    expect(await guess(rates, 'ada', '192.0.2.1')).toBe(2);
    // The right password forgets the wrong ones from there.
    rates.recognise('ada', '192.0.2.1');
    expect(await guess(rates, 'ada', '192.0.2.1')).toBe(2);
  });
});

it('counts so many clients and no more, and forgets first who was away for longest', async () => {
  const rates = new RateLimits(settings, 3);
  const take = async (client: string) => (await rates.take('requests', client))?.state.remaining;
  expect(await take('a')).toBe(9);
  expect(await take('b')).toBe(9);
  expect(await take('c')).toBe(9);
  expect(await take('a')).toBe(8);
  expect(await take('d')).toBe(9);
  // The fourth client made room of the second one.
  expect(await take('a')).toBe(7);
  expect(await take('c')).toBe(8);
  expect(await take('b')).toBe(9);
});
