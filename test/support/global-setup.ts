import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateDatabase } from '../../src/app/migration-source.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@standfirst/embedded-postgres';
import { databaseUrl, onDatabase, serverUrl } from './database.ts';

declare global {
  var embeddedTestServer: EmbeddedPostgres | undefined;
}

/**
 * Starts one PostgreSQL for the whole run, with a migrated template that every test file copies, and creates a folder
 * that files share.
 */
export default async function setup(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'standfirst-test-'));
  process.env.TEST_FOLDER = folder;
  if (process.env.TEST_DATABASE_URL === undefined) {
    // As root, PostgreSQL runs as another user.
    await chmod(folder, 0o755);
    const server = await startEmbeddedPostgres({ dataDir: join(folder, 'data'), log: () => undefined });
    globalThis.embeddedTestServer = server;
    process.env.TEST_DATABASE_URL = server.url;
  }
  process.env.TEST_TEMPLATE = `standfirst_test_${randomBytes(4).toString('hex')}`;
  const template = process.env.TEST_TEMPLATE;
  await onDatabase(serverUrl(), (client) => client.query(`CREATE DATABASE "${template}"`));
  await migrateDatabase(databaseUrl(template));
}
