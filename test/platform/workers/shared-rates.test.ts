/**
 * @database none
 */
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { ClientLimits, RateLimits, type SiteRates } from '../../../src/platform/auth/rate-limits.ts';
import { parseConfig } from '../../../src/platform/config/config.ts';
import { shareRates } from '../../../src/platform/workers/shared-rates.ts';
import { linkedPeers } from '../../support/linked-peers.ts';

const settings = parseConfig({ MAX_GUESSES_PER_MINUTE: '2', MAX_ACCOUNT_GUESSES_PER_MINUTE: '4' });
const address = '192.0.2.1';

/** The rate limits of each of two workers that share their counts. */
function twoWorkers(): readonly [RateLimits, RateLimits] {
  const [one, other] = linkedPeers(2);
  const rates = [new RateLimits(settings), new RateLimits(settings)] as const;
  if (one) shareRates(rates[0], one);
  if (other) shareRates(rates[1], other);
  return rates;
}

const signIn = (rates: RateLimits, from = address): Promise<void> =>
  new ClientLimits(rates, { viewer: null, address: from }).useSignIn('ada');

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'performance'] });
});
afterEach(() => {
  jest.useRealTimers();
});

it('attempts to sign in are counted at the other worker at once', async () => {
  const [one, other] = twoWorkers();
  await signIn(one);
  await signIn(other);
  await expect(signIn(one)).rejects.toThrow('Too many attempts');
  await expect(signIn(other)).rejects.toThrow('Too many attempts');
});

it('what is refused at one worker takes nothing at the other', async () => {
  const [one, other] = twoWorkers();
  for (let count = 0; count < 5; count++) await one.take('sign-ups', address, 100);
  expect((await other.take('sign-ups', address))?.state.remaining).toBe(settings.maxSignUpsPerHour - 1);
});

it('a sign-in at one worker clears the failed attempts at the other, where the account is known from then on', async () => {
  const [one, other] = twoWorkers();
  await signIn(other);
  await signIn(other);
  one.recognise('ada', address);
  await signIn(other);
  for (const last of [2, 3, 4, 5]) await signIn(one, `192.0.2.${last}`).catch(() => undefined);
  await expect(signIn(other, '192.0.2.9')).rejects.toThrow('Too many attempts');
  await signIn(other);
});

it('a total of the site is known to both workers, and counts when the site can not be asked any more', async () => {
  const rates = twoWorkers();
  let points = 0;
  const site: SiteRates = {
    add: (_policy, _key, taken) => Promise.resolve({ points: (points += taken), endsInMs: 60_000 }),
    recognise: () => undefined,
    isRecognised: () => Promise.resolve(false),
  };
  for (const each of rates) each.join(site);
  const [one, other] = rates;
  const remaining = async (worker: RateLimits) => (await worker.take('sign-ups', address))?.state.remaining;
  expect([await remaining(one), await remaining(other), await remaining(one)]).toEqual([9, 8, 7]);
  site.add = () => Promise.resolve(undefined);
  expect([await remaining(other), await remaining(one)]).toEqual([6, 5]);
});

it('requests and costs are told in batches, a sum for each client', async () => {
  const [one, other] = linkedPeers(2);
  const told: unknown[] = [];
  other?.listen('rates', (news) => told.push(news));
  const rates = new RateLimits(settings);
  if (one) shareRates(rates, one);
  for (let count = 0; count < 10; count++) {
    await rates.take('requests', address);
    await rates.charge('cost', address, 25);
  }
  expect(told).toEqual([]);
  jest.advanceTimersByTime(100);
  expect(told).toEqual([
    {
      taken: [
        ['requests', address, 10],
        ['cost', address, 250],
      ],
      learned: [],
      recognised: [],
    },
  ]);
  jest.advanceTimersByTime(60_000);
  expect(told).toHaveLength(1);
});
