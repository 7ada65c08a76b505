import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** URL of the test server, which `global-setup` has started or was given. */
export function serverUrl(): string {
  const url = process.env.TEST_DATABASE_URL;
  if (url === undefined) throw new Error('TEST_DATABASE_URL is set by the global setup');
  return url;
}

export function databaseUrl(name: string): string {
  const url = new URL(serverUrl());
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs work on a dedicated connection to a database. */
export async function onDatabase<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export interface TestDatabase {
  readonly name: string;
  readonly url: string;
  drop(): Promise<void>;
}

/** A new database, migrated and empty: a copy of the run's template. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const template = process.env.TEST_TEMPLATE ?? '';
  const name = `${template}_${randomBytes(5).toString('hex')}`;
  await onDatabase(serverUrl(), (client) => client.query(`CREATE DATABASE "${name}" TEMPLATE "${template}"`));
  return {
    name,
    url: databaseUrl(name),
    drop: () =>
      onDatabase(serverUrl(), async (client) => {
        await client.query(`DROP DATABASE "${name}" WITH (FORCE)`);
      }),
  };
}
