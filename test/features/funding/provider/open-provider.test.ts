/** @database either */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseConfig } from '../../../../src/platform/config/config.ts';
import { type OpenProvider, openProvider } from '../../../../src/features/funding/provider/open-provider.ts';
import { StripeProvider } from '../../../../src/features/funding/provider/stripe-provider.ts';
import { systemClock } from '../../../../src/platform/time/clock.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { watchForLeaks } from '../../../support/leaks.ts';
import { returnUrl, saveMeans } from './test-nodes.ts';

let database: TestDatabase;
let checkForLeaks: () => Promise<void>;

beforeAll(async () => {
  checkForLeaks = watchForLeaks();
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
  await checkForLeaks();
});

async function open(env: Record<string, string>, siteUrl?: string): Promise<OpenProvider | undefined> {
  return openProvider(parseConfig(env), {
    databaseUrl: database.url,
    sessionSecret: 'a secret that only the tests know and use',
    clock: systemClock,
    webhookUrl: () => undefined,
    siteUrl: () => siteUrl,
    onError: (error) => {
      throw error;
    },
  });
}

const request = {
  pledgeKey: 'p1',
  attempt: 1,
  currency: 'EUR',
  minorUnits: 2500n,
  returnUrl,
  description: 'A pledge',
};

describe('the provider of a service', () => {
  it('is none where funding is off', async () => {
    expect(await open({ FUNDING: 'off' })).toBeUndefined();
    expect(await open({ NODE_ENV: 'production' })).toBeUndefined();
  });

  it('is Stripe where there is a key', async () => {
    const opened = await open({ STRIPE_SECRET_KEY: 'sk_live_0123456789' });
    expect(opened?.provider).toBeInstanceOf(StripeProvider);
    expect(opened?.provider.testMode).toBe(false);
    expect(opened?.pages).toBeUndefined();
    await opened?.idle();
    await opened?.close();
  });

  it('is the test provider without, which shows its pages itself until the service does', async () => {
    const opened = await open({});
    expect(opened?.provider.testMode).toBe(true);
    const { customer } = await saveMeans(opened!.provider, 'succeeds');
    expect(customer).toMatch(/^cus_/);
    await opened?.close();
  });

  it('gives the address of a page on the service, which any node shows', async () => {
    const [one, other] = [await open({}, 'https://news.example.org'), await open({})];
    const { url, setUpId } = await one!.provider.setUp(request);
    expect(url).toBe(`https://news.example.org/test-provider/set-up/${setUpId}`);
    const page = await other!.pages!.handle('POST', new URL(url).pathname, 'outcome=succeeds');
    expect(page.status).toBe(303);
    expect(await one!.provider.findSetUp(setUpId)).toMatchObject({ status: 'COMPLETE' });
    await one?.close();
    await other?.close();
  });

  it('opens no connection to the database before it is used', async () => {
    const opened = await openProvider(parseConfig({}), {
      databaseUrl: 'postgres://127.0.0.1:1/none',
      sessionSecret: 'x',
      clock: systemClock,
      webhookUrl: () => undefined,
      siteUrl: () => undefined,
      onError: () => undefined,
    });
    await expect(opened!.provider.setUp(request)).rejects.toMatchObject({ reason: 'PROVIDER_FAULT' });
    await opened?.close();
  });
});
