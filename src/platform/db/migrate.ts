import { setTimeout as sleep } from 'node:timers/promises';
import { MigrationExecutor, type DataSource, type QueryRunner } from 'typeorm';
import { findBridges, removeBridges } from '../../../migrations/support/bridges.ts';
import { isLockConflict, lockTimeoutMs } from '../../../migrations/support/table-locks.ts';
import { migrationNames, type MigrationState, selectMigrationStates } from './schema-fault.ts';

/** "stndfrst" in ASCII, as a bigint: the advisory lock of a database for processes that change its schema. */
const lockKey = '8319395789154710388';
const lockRetryMs = 100;
/** Pause after a migration failed to lock a table, in milliseconds, so that waiting statements can finish. */
const conflictPauseMs = 1000;

/** `application_name` of programs that change the schema, or wait to change it. */
export const migrationApplicationName = 'standfirst-migrate';

export interface MigrateOptions {
  /** Called with one line for each thing that is done or waited for. */
  readonly onProgress?: (line: string) => void;
}

/**
 * Applies all pending migrations, while nodes of the previous version run and while a dump is under way. Of several
 * processes that call this at once, one works and the others wait for it. A migration that was interrupted may be run
 * again.
 *
 * Bridges, which let nodes of the previous version continue, are removed at once where no node is connected.
 * @returns the names of the migrations that were applied
 */
export async function migrateUp(dataSource: DataSource, options: MigrateOptions = {}): Promise<string[]> {
  return withSchemaLock(dataSource, options, async (runner, executor) => {
    const isNew = (await executor.getExecutedMigrations()).length === 0;
    const pending = await executor.getPendingMigrations();
    if (pending.length > 0) await retryOnConflict(options, () => executor.executePendingMigrations());
    // No node of the previous version can work on a database that was empty, whatever is connected.
    if (isNew || (await findNodes(runner)).length === 0) await removeBridges(runner);
    return pending.map(({ name }) => name);
  });
}

/**
 * Reverts the migration that was applied last.
 * @returns its name, or undefined when there was none
 */
export async function migrateDown(
  dataSource: DataSource,
  options: MigrateOptions = {},
): Promise<string | undefined> {
  return withSchemaLock(dataSource, options, async (_runner, executor) => {
    const [newest] = await executor.getExecutedMigrations();
    if (newest !== undefined) await retryOnConflict(options, () => executor.undoLastMigration());
    return newest?.name;
  });
}

/** Removes all bridges, which serve nodes of the previous version. @returns their names */
export async function removeAllBridges(
  dataSource: DataSource,
  options: MigrateOptions = {},
): Promise<string[]> {
  return withSchemaLock(dataSource, options, (runner) => removeBridges(runner));
}

/** @returns the names of the present bridges */
export async function selectBridges(dataSource: DataSource): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  try {
    return (await findBridges(runner)).map(({ name }) => name);
  } finally {
    await runner.release();
  }
}

/** The program's migrations, oldest first. Writes nothing, so a read-only role suffices. */
export async function migrationStatus(dataSource: DataSource): Promise<MigrationState[]> {
  return selectMigrationStates(dataSource, migrationNames(dataSource));
}

/** @returns the migration that `migrateDown` would revert */
export async function newestMigration(dataSource: DataSource): Promise<string | undefined> {
  const [newest] = await new MigrationExecutor(dataSource).getExecutedMigrations();
  return newest?.name;
}

/** Sessions of a service, or of one of its commands, on this database. */
export interface ConnectedNode {
  readonly name: string;
  readonly processes: number;
  readonly address: string | null;
}

/**
 * Sessions whose `application_name` begins with `standfirst`, by name and address, except those of `migrate`.
 * PostgreSQL shows these columns to every role. Behind a pooler the sessions are the pooler's, which outlive the nodes
 * by some minutes.
 */
export async function connectedNodes(dataSource: DataSource): Promise<ConnectedNode[]> {
  const runner = dataSource.createQueryRunner();
  try {
    return await findNodes(runner);
  } finally {
    await runner.release();
  }
}

async function findNodes(runner: QueryRunner): Promise<ConnectedNode[]> {
  return (await runner.query(
    `SELECT application_name AS name, count(*)::int AS processes, host(client_addr) AS address
     FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND starts_with(application_name, 'standfirst')
       AND application_name <> $1
     GROUP BY application_name, client_addr ORDER BY application_name, client_addr`,
    [migrationApplicationName],
  )) as ConnectedNode[];
}

/** Lock and migrations share one connection, so that the lock can't be lost without the migration failing too. */
async function withSchemaLock<T>(
  dataSource: DataSource,
  { onProgress }: MigrateOptions,
  work: (runner: QueryRunner, executor: MigrationExecutor) => Promise<T>,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    await lockSchema(runner);
    runner.data = { onProgress };
    try {
      // A migration takes as long as its table is large; lock_timeout bounds how long other sessions queue behind its
      // locks.
      await runner.query('SET statement_timeout = 0');
      await runner.query(`SET lock_timeout = ${lockTimeoutMs}`);
      const executor = new MigrationExecutor(dataSource, runner);
      executor.transaction = 'each';
      return await work(runner, executor);
    } finally {
      // These fail only if the connection is broken, and then lock and settings are gone as well.
      await runner.query('RESET lock_timeout; RESET statement_timeout').catch(() => undefined);
      await runner.query('SELECT pg_advisory_unlock($1)', [lockKey]).catch(() => undefined);
    }
  } finally {
    await runner.release();
  }
}

/** Retries after a lock timeout. Safe because a migration is one transaction, or steps that may be repeated. */
async function retryOnConflict({ onProgress }: MigrateOptions, work: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (!isLockConflict(error)) throw error;
    }
    onProgress?.(`a table is in use for longer than ${lockTimeoutMs} ms; trying again`);
    await sleep(conflictPauseMs);
  }
}

/**
 * Polls, because `pg_advisory_lock` would wait inside one statement: statement_timeout would cancel that statement, and
 * its snapshot would block a CREATE INDEX CONCURRENTLY of the very migration that it waits for.
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
