import type { DataSource } from 'typeorm';
import { createDataSource } from '../db/data-source.ts';
import { migrationApplicationName, type MigrateOptions, migrateUp } from '../db/migrate.ts';
import { migrations } from '../../migrations/all.ts';
import { features } from './features.ts';
import { tablesOf } from './gather.ts';

/** Runs one piece of work on a data source for changing the schema: no statement of it is given up, and it counts as no node. */
export async function withMigrationSource<T>(
  url: string,
  work: (dataSource: DataSource) => Promise<T>,
): Promise<T> {
  const dataSource = createDataSource({
    url,
    poolSize: 2,
    statementTimeoutMs: 0,
    entities: tablesOf(features),
    migrations,
    applicationName: migrationApplicationName,
    // An idle connection that broke is no loss; a statement that fails says so itself.
    onPoolError: () => undefined,
  });
  await dataSource.initialize();
  try {
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

/** Applies every migration that is missing. @returns their names */
export function migrateDatabase(url: string, options: MigrateOptions = {}): Promise<string[]> {
  return withMigrationSource(url, (dataSource) => migrateUp(dataSource, options));
}
