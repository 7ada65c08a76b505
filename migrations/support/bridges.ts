import type { QueryRunner } from 'typeorm';
import { changeTables } from './table-locks.ts';

/*
 * A bridge is a trigger that compensates for what nodes of the previous version do not know, for example by filling a
 * column that they leave out. It stays until no such node runs: `migrate` removes bridges by itself where no node is
 * connected, otherwise `migrate -- finish` does.
 */

export interface Bridge {
  /** `bridge_`, the migration's time, and the trigger's purpose. */
  readonly name: `bridge_${string}`;
  readonly table: string;
  /** For example `BEFORE INSERT`. */
  readonly event: string;
  /**
   * A condition on NEW and OLD that nodes of the new version never meet, so that the trigger costs them next to
   * nothing.
   */
  readonly when: string;
  /** PL/pgSQL statements. */
  readonly body: string;
  /** Columns of the table that only nodes of the previous version use. They go with the bridge. */
  readonly columns?: readonly string[];
}

/** Statements that create a bridge, to be run under a lock of its table. */
export function bridgeStatements({ name, table, event, when, body, columns = [] }: Bridge): string[] {
  return [
    `CREATE OR REPLACE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $bridge$ BEGIN ${body} END $bridge$`,
    `CREATE OR REPLACE TRIGGER ${name} ${event} ON ${table} FOR EACH ROW WHEN (${when}) EXECUTE FUNCTION ${name}()`,
    `COMMENT ON TRIGGER ${name} ON ${table} IS '${columns.join(' ')}'`,
  ];
}

/** Names of the present bridges, with their tables. */
export async function findBridges(
  runner: QueryRunner,
): Promise<{ name: string; table: string; columns: string[] }[]> {
  return (await runner.query(
    `SELECT tgname AS name, tgrelid::regclass::text AS table,
       coalesce(string_to_array(obj_description(t.oid, 'pg_trigger'), ' '), '{}') AS columns
     FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
     WHERE c.relnamespace = current_schema()::regnamespace AND starts_with(tgname, 'bridge_') ORDER BY tgname`,
  )) as { name: string; table: string; columns: string[] }[];
}

/** Removes the bridges of one migration, or all, with the columns that they serve. @returns their names */
export async function removeBridges(runner: QueryRunner, prefix = 'bridge_'): Promise<string[]> {
  const bridges = (await findBridges(runner)).filter(({ name }) => name.startsWith(prefix));
  for (const { name, table, columns } of bridges) {
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: [table],
      statements: [
        `DROP TRIGGER ${name} ON ${table}`,
        `DROP FUNCTION ${name}()`,
        ...columns.map((column) => `ALTER TABLE ${table} DROP COLUMN IF EXISTS ${column}`),
      ],
    });
  }
  return bridges.map(({ name }) => name);
}
