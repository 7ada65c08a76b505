import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { onConnection } from '../../harness/database.ts';
import { migrateDatabase } from '../../src/app/migration-source.ts';
import { generateData } from '../../harness/data/generate.ts';
import { openSessions, type SignedIn } from '../../harness/sessions.ts';
import { Postgres } from '../../harness/servers/postgres.ts';

/** Number of articles; their keys count from 1. */
export const articleCount = 8;
/** Number of accounts: fifty writers, and those who moderate. */
export const writerCount = 62;

/** A database with articles and accounts, of which each scenario gets a copy. */
export interface Template {
  readonly postgres: Postgres;
  readonly signedIn: readonly SignedIn[];
}

/** Creates the database once, and stops it: only its files are used. */
export async function createTemplate(folder: string, seed: number): Promise<Template> {
  const home = join(folder, 'template');
  await mkdir(home, { mode: 0o755 });
  const postgres = await Postgres.create(home);
  await postgres.start();
  try {
    await migrateDatabase(postgres.url);
    const size = {
      accounts: writerCount,
      journalists: 2,
      articles: articleCount,
      comments: 200,
      longestThread: 60,
      endorsements: 20,
    };
    await generateData({ databaseUrl: postgres.url, size, seed, onProgress: () => undefined });
    const signedIn = await onConnection(postgres.url, (client) => openSessions(client, writerCount));
    return { postgres, signedIn };
  } finally {
    await postgres.server.stop('SIGINT');
  }
}
