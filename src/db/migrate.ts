import { setTimeout as sleep } from 'node:timers/promises';
import { MigrationExecutor, type DataSource, type QueryRunner } from 'typeorm';

/** A migration that the program has. */
export interface MigrationState {
  readonly name: string;
  readonly applied: boolean;
}

/** "stndfrst" in ASCII, as a bigint: one advisory lock per database, for whoever changes its schema. */
const lockKey = '8319395789154710388';
const lockRetryMs = 100;

/**
 * Applies every migration that is missing, each in its own transaction. Of several processes that do it at
 * once, one works and the others wait for it.
 * @returns the names of those it applied
 */
export async function migrateUp(dataSource: DataSource): Promise<string[]> {
  return withSchemaLock(dataSource, async (executor) => {
    const applied = await executor.executePendingMigrations();
    return applied.map(({ name }) => name);
  });
}

/**
 * Reverts the migration that was applied last.
 * @returns its name, or undefined when there was none
 */
export async function migrateDown(dataSource: DataSource): Promise<string | undefined> {
  return withSchemaLock(dataSource, async (executor) => {
    const [newest] = await executor.getExecutedMigrations();
    if (newest !== undefined) await executor.undoLastMigration();
    return newest?.name;
  });
}

/** The program's migrations, oldest first. Writes nothing, so it works with a role that may only read. */
export async function migrationStatus(dataSource: DataSource): Promise<MigrationState[]> {
  const executed = await new MigrationExecutor(dataSource).getExecutedMigrations();
  const names = new Set(executed.map(({ name }) => name));
  return dataSource.migrations
    .map((migration) => migration.name ?? migration.constructor.name)
    .sort((a, b) => Number(a.slice(-13)) - Number(b.slice(-13)))
    .map((name) => ({ name, applied: names.has(name) }));
}

/** The database's tables are not those that this version of the service works with. */
export class NotMigratedError extends Error {
  override readonly name = 'NotMigratedError';
}

/** @throws NotMigratedError that says how many migrations are missing and what to run */
export async function requireMigrated(dataSource: DataSource): Promise<void> {
  const missing = (await migrationStatus(dataSource)).filter(({ applied }) => !applied).length;
  if (missing > 0) {
    throw new NotMigratedError(
      `The database is not migrated: ${missing} migration(s) missing. Run "npm run migrate".`,
    );
  }
}

/** Lock and migrations share one connection: the lock can't be lost without the migration failing too. */
async function withSchemaLock<T>(
  dataSource: DataSource,
  work: (executor: MigrationExecutor) => Promise<T>,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    await lockSchema(runner);
    try {
      const executor = new MigrationExecutor(dataSource, runner);
      executor.transaction = 'each';
      return await work(executor);
    } finally {
      // Fails only with its connection, and the lock goes with that.
      await runner.query('SELECT pg_advisory_unlock($1)', [lockKey]).catch(() => undefined);
    }
  } finally {
    await runner.release();
  }
}

/**
 * Asks again and again, where `pg_advisory_lock` would wait inside one statement: that statement would fall to
 * statement_timeout, and its snapshot would block a CREATE INDEX CONCURRENTLY of the migration it waits for.
 */
async function lockSchema(runner: QueryRunner): Promise<void> {
  for (;;) {
    const [row] = (await runner.query('SELECT pg_try_advisory_lock($1) AS locked', [lockKey])) as {
      locked: boolean;
    }[];
    if (row?.locked === true) return;
    await sleep(lockRetryMs);
  }
}
