import { migrationsOf } from '../../../src/platform/feature/gather.ts';
import { features } from '../../../src/app/features.ts';
import { afterEach, expect, it } from '@jest/globals';
import { setOldestProgram } from '../../../migrations/support/oldest-program.ts';
import { schemaFault } from '../../../src/platform/db/schema-fault.ts';
import { useApp } from '../../support/app.ts';
import { untilNotReady, untilReady } from '../../support/readiness.ts';

const migrations = migrationsOf(features);

const service = useApp();
const names = migrations.map(({ name }) => name);
const newest = names.at(-1) ?? '';
const timeOf = (name: string) => name.slice(-13);

async function sayOldest(time: string | undefined): Promise<void> {
  const runner = service().app.dataSource.createQueryRunner();
  await setOldestProgram(runner, time);
  await runner.release();
}

afterEach(async () => {
  const { db } = service().app;
  await sayOldest(undefined);
  await db.query('DELETE FROM migration WHERE timestamp >= $1', [timeOf(newest)]);
  await db.query('INSERT INTO migration (timestamp, name) VALUES ($1, $2)', [timeOf(newest), newest]);
});

it('a node is not ready while the database lacks a migration that it knows', async () => {
  await untilReady(service().url);
  await service().app.db.query('DELETE FROM migration WHERE name = $1', [newest]);
  await untilNotReady(service().url, /1 migration\(s\) missing/);
});

it('a node stays ready after migrations of the next version, until one removes something that the node needs', async () => {
  const { db } = service().app;
  await db.query(`INSERT INTO migration (timestamp, name) VALUES (9000000000000, 'Adds9000000000000')`);
  await sayOldest(timeOf(newest));
  expect(await schemaFault(db, names)).toBeUndefined();
  await untilReady(service().url);
  await sayOldest('9000000000000');
  await untilNotReady(service().url, /migrated beyond this version, which lacks migration 9000000000000/);
});

it('a database without any migration is a fault, not an error', async () => {
  const { db } = service().app;
  await db.query('ALTER TABLE migration RENAME TO elsewhere');
  try {
    expect(await schemaFault(db, [newest])).toMatch(/1 migration\(s\) missing/);
  } finally {
    await db.query('ALTER TABLE elsewhere RENAME TO migration');
  }
});
