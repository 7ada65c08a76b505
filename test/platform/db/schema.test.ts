import { readdir } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../../src/platform/db/data-source.ts';
import { migrateDown, migrateUp, migrationStatus } from '../../../src/platform/db/migrate.ts';
import { requireMigrated } from '../../../src/platform/db/schema-fault.ts';
import { features } from '../../../src/app/features.ts';
import { migrationsOf, tablesOf } from '../../../src/platform/feature/gather.ts';

const migrations = migrationsOf(features);

const adminUrl = process.env.TEST_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const names = migrations.map(({ name }) => name);

async function admin(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Runs `work` with as many data sources as it has parameters, all on one new, empty database. */
async function onEmptyDatabase(work: (...sources: DataSource[]) => Promise<void>): Promise<void> {
  const database = `schema_test_${randomBytes(6).toString('hex')}`;
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  const sources = Array.from({ length: work.length }, () =>
    createDataSource({
      url: url.href,
      // Migrating must not need a second connection beside the one that holds the lock.
      poolSize: 1,
      statementTimeoutMs: 10_000,
      entities: tablesOf(features),
      migrations,
      onPoolError: (error) => {
        throw error;
      },
    }),
  );
  await admin(`CREATE DATABASE ${database}`);
  try {
    for (const source of sources) await source.initialize();
    await work(...sources);
  } finally {
    for (const source of sources) if (source.isInitialized) await source.destroy();
    await admin(`DROP DATABASE ${database}`);
  }
}

/** The tables, sequences and views of the schema, without the migration table and its own objects. */
async function relations(source: DataSource): Promise<string[]> {
  const rows = await source.query<{ relname: string }[]>(`
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind NOT IN ('i', 't') AND relname <> 'migration'
      AND NOT EXISTS (
        SELECT FROM pg_depend WHERE objid = pg_class.oid AND refobjid = to_regclass('migration'))
    ORDER BY relname`);
  return rows.map(({ relname }) => relname);
}

/**
 * SQL for whether an index (of `pg_index`) has an INCLUDE list, an expression, an order or a non-default operator class, which no
 * entity can describe.
 */
const beyondEntities = `(indnatts > indnkeyatts OR indexprs IS NOT NULL OR 0 < ANY(indoption)
  OR EXISTS (SELECT FROM pg_opclass WHERE pg_opclass.oid = ANY(indclass) AND NOT opcdefault))`;

/**
 * Columns, constraints and indexes, one line each in PostgreSQL's own notation, without the indexes and triggers that no entity can
 * describe.
 */
async function definitions(source: DataSource): Promise<string[]> {
  const rows = await source.query<{ line: string }[]>(`
    WITH tables AS (
      SELECT oid, relname FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'migration')
    SELECT concat_ws(' ', relname, attname, format_type(atttypid, atttypmod),
      CASE WHEN attnotnull THEN 'NOT NULL' END, nullif(attidentity, ''), pg_get_expr(adbin, adrelid)) AS line
    FROM tables JOIN pg_attribute ON attrelid = tables.oid AND attnum > 0 AND NOT attisdropped
      LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    UNION ALL
    SELECT concat_ws(' ', relname, conname, pg_get_constraintdef(pg_constraint.oid))
    FROM tables JOIN pg_constraint ON conrelid = tables.oid WHERE contype NOT IN ('n', 't')
    UNION ALL
    SELECT pg_get_indexdef(indexrelid)
    FROM tables JOIN pg_index ON indrelid = tables.oid WHERE NOT ${beyondEntities}
    ORDER BY line`);
  return rows.map(({ line }) => line);
}

describe('the schema', () => {
  it('matches the entities: they generate no migration', async () => {
    await onEmptyDatabase(async (source) => {
      await migrateUp(source);
      const { upQueries } = await source.driver.createSchemaBuilder().log();
      expect(upQueries.map(({ query }) => query)).toEqual([]);
    });
  });

  // TypeORM's diff compares most objects by name only, ignoring the expression of a check, the order and predicate of
  // an index, and the columns of a foreign key.
  it('matches the entities: a schema built from them has the same definitions', async () => {
    await onEmptyDatabase(async (source) => {
      await migrateUp(source);
      const migrated = await definitions(source);
      for (const _ of names) await migrateDown(source);
      await source.synchronize();
      expect(await definitions(source)).toEqual(migrated);
    });
  });

  it('has every index that an entity only names', async () => {
    await onEmptyDatabase(async (source) => {
      await migrateUp(source);
      const named = source.entityMetadatas
        .flatMap(({ indices }) => indices.filter(({ synchronize }) => !synchronize))
        .map(({ name }) => name)
        .sort();
      const found = await source.query<{ relname: string }[]>(`
        SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
        WHERE relnamespace = 'public'::regnamespace AND ${beyondEntities} ORDER BY relname COLLATE "C"`);
      expect(found.map(({ relname }) => relname)).toEqual(named);
    });
  });
});

describe('the migrations', () => {
  it('are those of the folder, each declared by one feature', async () => {
    const files = (await readdir(new URL('../../../migrations', import.meta.url))).filter((file) =>
      /^\d{13}-/.test(file),
    );
    expect(names.map((name) => name.slice(-13))).toEqual(files.sort().map((file) => file.slice(0, 13)));
  });

  it('run up, down to nothing, and up again', async () => {
    await onEmptyDatabase(async (source) => {
      expect(await migrateUp(source)).toEqual(names);
      const first = [await relations(source), await definitions(source)];

      for (const name of names.toReversed()) expect(await migrateDown(source)).toBe(name);
      expect(await migrateDown(source)).toBeUndefined();
      expect(await relations(source)).toEqual([]);

      expect(await migrateUp(source)).toEqual(names);
      expect([await relations(source), await definitions(source)]).toEqual(first);
    });
  });

  it('are applied once when two processes start at the same time', async () => {
    await onEmptyDatabase(async (one, other) => {
      const applied = await Promise.all([migrateUp(one), migrateUp(other)]);
      expect(applied.flat()).toEqual(names);
      expect(await migrateUp(one)).toEqual([]);
    });
  });

  it('are listed with their state, and required before a start', async () => {
    await onEmptyDatabase(async (source) => {
      expect(await migrationStatus(source)).toEqual(names.map((name) => ({ name, applied: false })));
      await expect(requireMigrated(source)).rejects.toThrow(
        new Error(
          `The database is not migrated: ${names.length} migration(s) missing. Run "npm run migrate".`,
        ),
      );
      // Reading the state must not write: the service's role may not be allowed to create tables.
      expect(await source.query(`SELECT to_regclass('migration') AS found`)).toEqual([{ found: null }]);

      await migrateUp(source);
      expect(await migrationStatus(source)).toEqual(names.map((name) => ({ name, applied: true })));
      await expect(requireMigrated(source)).resolves.toBeUndefined();
    });
  });

  it('release their lock', async () => {
    await onEmptyDatabase(async (source) => {
      await migrateUp(source);
      expect(
        await source.query(`
          SELECT objid FROM pg_locks JOIN pg_database ON pg_database.oid = database
          WHERE locktype = 'advisory' AND datname = current_database()`),
      ).toEqual([]);
    });
  });
});
