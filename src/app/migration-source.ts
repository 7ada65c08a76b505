import type { DataSource } from 'typeorm';
import { createDataSource } from '../platform/db/data-source.ts';
import { migrationApplicationName, type MigrateOptions, migrateUp } from '../platform/db/migrate.ts';
import { features } from './features.ts';
import { migrationsOf, tablesOf } from '../platform/feature/gather.ts';

/**
 * Runs work on a data source for changes of the schema, whose statements have no timeout, and which does not count as a
 * node.
 */
export async function withMigrationSource<T>(
  url: string,
  work: (dataSource: DataSource) => Promise<T>,
): Promise<T> {
  const dataSource = createDataSource({
    url,
    poolSize: 2,
    statementTimeoutMs: 0,
    entities: tablesOf(features),
    migrations: migrationsOf(features),
    applicationName: migrationApplicationName,
    // A broken idle connection is harmless; a statement that fails reports itself.
    onPoolError: () => undefined,
  });
  await dataSource.initialize();
  try {
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

/** Applies every missing migration. @returns their names */
export function migrateDatabase(url: string, options: MigrateOptions = {}): Promise<string[]> {
  return withMigrationSource(url, (dataSource) => migrateUp(dataSource, options));
}
