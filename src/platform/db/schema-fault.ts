import { commandLine } from '../config/command-line.ts';
import type { DataSource } from 'typeorm';
import { sqlState } from './database.ts';

/** A migration that the program has. */
export interface MigrationState {
  readonly name: string;
  readonly applied: boolean;
}

/** Anything that runs a statement and returns its rows: a data source, a database, a transaction. */
interface Statements {
  query<Row>(statement: string): Promise<Row[]>;
}

/** The schema of the database is not one that this version of the service works with. */
export class NotMigratedError extends Error {
  override readonly name = 'NotMigratedError';
}

const timeOf = (name: string): number => Number(name.slice(-13));

/** Names of the program's migrations, oldest first. */
export function migrationNames({ migrations }: Pick<DataSource, 'migrations'>): string[] {
  return migrations
    .map((migration) => migration.name ?? migration.constructor.name)
    .sort((a, b) => timeOf(a) - timeOf(b));
}

interface SchemaRow {
  readonly names: string[];
  /** Written by the last migration that removed something, see `migrations/support/oldest-program.ts`. */
  readonly comment: string | null;
}

const undefinedTable = '42P01';

async function selectSchema(db: Statements): Promise<SchemaRow> {
  try {
    const [row] = await db.query<SchemaRow>(
      `SELECT coalesce(array_agg(name::text), '{}') AS names, obj_description('migration'::regclass, 'pg_class') AS comment
       FROM migration`,
    );
    if (row) return row;
  } catch (error) {
    if (sqlState(error) !== undefinedTable) throw error;
  }
  return { names: [], comment: null };
}

/** The program's migrations, each with whether it is applied. */
export async function selectMigrationStates(
  db: Statements,
  names: readonly string[],
): Promise<MigrationState[]> {
  const applied = new Set((await selectSchema(db)).names);
  return names.map((name) => ({ name, applied: applied.has(name) }));
}

/**
 * Reason why this program can't work with the present schema; undefined: it can. Applied migrations that the program
 * does not know belong to a later version: they only add, until one records that it removes something that this program
 * needs.
 * @param names of the program's migrations, oldest first
 */
export async function schemaFault(db: Statements, names: readonly string[]): Promise<string | undefined> {
  const schema = await selectSchema(db);
  const missing = names.filter((name) => !schema.names.includes(name)).length;
  if (missing > 0)
    return `The database is not migrated: ${missing} migration(s) missing. Run "${commandLine('migrate')}".`;
  const oldest = /oldest program: (\d{13})/.exec(schema.comment ?? '')?.[1];
  if (oldest !== undefined && Number(oldest) > Math.max(0, ...names.map(timeOf)))
    return `The database is migrated beyond this version, which lacks migration ${oldest}. Run a newer version.`;
  return undefined;
}

/** @throws NotMigratedError with advice for the operator */
export async function requireMigrated(dataSource: DataSource): Promise<void> {
  const fault = await schemaFault(dataSource, migrationNames(dataSource));
  if (fault !== undefined) throw new NotMigratedError(fault);
}
