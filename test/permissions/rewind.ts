import type { Database } from '../../src/platform/db/database.ts';
import { permissions } from './all.ts';

/** Tables that the features' mutations write. */
const tables = permissions.flatMap(({ world }) => world.tables);

/** Stores the present state of a database, to restore it any number of times: faster than a copy for every attempt. */
export class Rewind {
  readonly #db: Database;

  private constructor(db: Database) {
    this.#db = db;
  }

  static async from(db: Database): Promise<Rewind> {
    await db.query('CREATE SCHEMA kept');
    const sum = (table: string) => `(SELECT md5(string_agg(x::text, '|' ORDER BY x::text)) FROM ${table} x)`;
    for (const table of tables) await db.query(`CREATE TABLE kept.${table} AS TABLE ${table}`);
    await db.query(
      `CREATE TABLE kept.sums AS ${tables.map((table) => `SELECT '${table}' AS name, ${sum(table)} AS sum`).join(' UNION ALL ')}`,
    );
    // Without triggers and foreign keys: what they wrote is restored as well.
    await db.query(`CREATE FUNCTION kept.rewind() RETURNS boolean LANGUAGE plpgsql
      SET session_replication_role = 'replica' AS $$
      DECLARE changed boolean := false;
      BEGIN
        ${tables
          .map(
            (
              table,
            ) => `IF ${sum(table)} IS DISTINCT FROM (SELECT sum FROM kept.sums WHERE name = '${table}') THEN
              DELETE FROM ${table};
              INSERT INTO ${table} OVERRIDING SYSTEM VALUE SELECT * FROM kept.${table};
              changed := true;
            END IF;`,
          )
          .join('\n')}
        RETURN changed;
      END $$`);
    return new Rewind(db);
  }

  /** Restores the stored state. @returns whether anything was different */
  async rewind(): Promise<boolean> {
    const [row] = await this.#db.query<{ changed: boolean }>('SELECT kept.rewind() AS changed');
    return row?.changed ?? false;
  }
}
