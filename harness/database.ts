import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { migrateDatabase } from '../src/app/migration-source.ts';
import { startEmbeddedPostgres } from '@standfirst/embedded-postgres';

/** Runs work on a dedicated connection. */
export async function onConnection<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, application_name: 'standfirst-bench' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/**
 * Creates a migrated, empty database for one run, and drops it when the work has ended, even if it failed. The database
 * is created on the given server, or on an embedded one that is stopped afterwards.
 * @param serverUrl any database of a server on which databases may be created
 */
export async function withOwnDatabase<T>(
  serverUrl: string | undefined,
  work: (url: string, name: string) => Promise<T>,
): Promise<T> {
  if (serverUrl === undefined) return withEmbeddedServer((url) => withOwnDatabase(url, work));
  const name = `standfirst_bench_${randomBytes(4).toString('hex')}`;
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await onConnection(serverUrl, (client) => client.query(`CREATE DATABASE "${name}"`));
  try {
    await migrateDatabase(url.href);
    return await work(url.href, name);
  } finally {
    await onConnection(serverUrl, (client) => client.query(`DROP DATABASE "${name}" WITH (FORCE)`));
  }
}

async function withEmbeddedServer<T>(work: (url: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'standfirst-bench-'));
  // As root, PostgreSQL runs as another user, who needs access to the folder.
  await chmod(folder, 0o755);
  try {
    const server = await startEmbeddedPostgres({ dataDir: join(folder, 'data'), log: () => undefined });
    try {
      return await work(server.url);
    } finally {
      await server.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
