import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** The server that the tests run on; `global-setup` has started it or was given it. */
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

/** Runs statements on a database of their own connection. */
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

/** A database of its own, migrated and empty: a copy of the run's template. */
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
