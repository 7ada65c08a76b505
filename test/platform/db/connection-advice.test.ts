import { expect, it } from '@jest/globals';
import { Client } from 'pg';
import { connectionAdvice } from '../../../src/platform/db/connection-advice.ts';
import { faultOfDatabaseUrl } from '../../../src/platform/config/database-url.ts';
import { serverUrl } from '../../support/database.ts';

/** The advice for a connection to the test server with a changed URL. */
async function told(change: (url: URL) => void): Promise<string | undefined> {
  const url = new URL(serverUrl());
  change(url);
  const client = new Client({ connectionString: url.href });
  try {
    await client.connect();
    return undefined;
  } catch (error) {
    return connectionAdvice(error);
  } finally {
    await client.end();
  }
}

it('the advice names the fault of the URL, and never its password', async () => {
  const noDatabase = await told((url) => (url.pathname = '/there-is-none'));
  expect(noDatabase).toMatch(/^DATABASE_URL: The server has no such database \(.*there-is-none.*\)\.$/);
  const noSsl = await told((url) => url.searchParams.set('sslmode', 'no-verify'));
  expect(noSsl).toContain('sslmode=disable');
  const noUser = await told((url) => {
    url.username = 'nobody-here';
    url.password = 'secret-of-nobody';
  });
  expect(noUser).toMatch(/^DATABASE_URL: The server does not accept the user/);
  expect(noUser).not.toContain('secret-of-nobody');
});

it('there is no advice for other errors', () => {
  expect(connectionAdvice(new Error('Something else'))).toBeUndefined();
  expect(connectionAdvice(undefined)).toBeUndefined();
});

it('the fault of an unencoded % is its encoding', () => {
  expect(faultOfDatabaseUrl('postgres://user:100%@127.0.0.1/site')).toContain('%25');
  expect(faultOfDatabaseUrl('postgres://user:100%25@127.0.0.1/site')).toBeUndefined();
});
