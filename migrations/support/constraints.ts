import type { QueryRunner } from 'typeorm';
import { changeTables, runUnhurried } from './table-locks.ts';

/** A check constraint on a table that already has rows. */
export interface Check {
  readonly table: string;
  readonly name: string;
  readonly expression: string;
}

/** Adds a check constraint for new rows, then validates existing rows while others write. */
export async function addCheck(runner: QueryRunner, { table, name, expression }: Check): Promise<void> {
  const before = await stateOf(runner, table, name);
  if (before === undefined) {
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: [table],
      statements: [`ALTER TABLE ${table} ADD CONSTRAINT ${name} CHECK (${expression}) NOT VALID`],
    });
  }
  if (before?.valid !== true) await runUnhurried(runner, `ALTER TABLE ${table} VALIDATE CONSTRAINT ${name}`);
}

/** Replaces the expression of a check constraint; the old one stays in force until all rows satisfy the new one. */
export async function replaceCheck(runner: QueryRunner, check: Check): Promise<void> {
  const { table, name } = check;
  const next = `${name}_next`;
  await addCheck(runner, { ...check, name: next });
  await changeTables(runner, {
    mode: 'ACCESS EXCLUSIVE',
    tables: [table],
    statements: [
      `ALTER TABLE ${table} DROP CONSTRAINT ${name}`,
      `ALTER TABLE ${table} RENAME CONSTRAINT ${next} TO ${name}`,
    ],
  });
}

/** Sets filled columns NOT NULL. The validated check saves PostgreSQL the scan under the table's lock. */
export async function setNotNull(
  runner: QueryRunner,
  table: string,
  columns: readonly string[],
): Promise<void> {
  const name = `${table}_filled`;
  const expression = columns.map((column) => `${column} IS NOT NULL`).join(' AND ');
  await addCheck(runner, { table, name, expression });
  await changeTables(runner, {
    mode: 'ACCESS EXCLUSIVE',
    tables: [table],
    statements: [
      ...columns.map((column) => `ALTER TABLE ${table} ALTER ${column} SET NOT NULL`),
      `ALTER TABLE ${table} DROP CONSTRAINT ${name}`,
    ],
  });
}

async function stateOf(
  runner: QueryRunner,
  table: string,
  name: string,
): Promise<{ valid: boolean } | undefined> {
  const [row] = (await runner.query(
    'SELECT convalidated AS valid FROM pg_constraint WHERE conrelid = $1::regclass AND conname = $2',
    [table, name],
  )) as { valid: boolean }[];
  return row;
}
