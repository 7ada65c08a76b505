import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import type { RowCounter } from '../../../src/platform/db/counted-query.ts';
import { createDataSource } from '../../../src/platform/db/data-source.ts';
import { Database, type Queryable } from '../../../src/platform/db/database.ts';
import { eventually } from '../../support/eventually.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
let source: DataSource;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  source = createDataSource({
    url: database.url,
    poolSize: 1,
    statementTimeoutMs: 20_000,
    entities: [],
    migrations: [],
    onPoolError: () => undefined,
  });
  await source.initialize();
  db = new Database(source, { prepareStatements: true });
});

afterAll(async () => {
  await source.destroy();
  await database.drop();
});

const tooMuch = new Error('Too much was read');

class Counter implements RowCounter {
  readonly #max: number;
  bytes = 0;
  exceeded: Error | undefined;
  statements = 0;

  constructor(max: number) {
    this.#max = max;
  }

  countRow(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > this.#max) this.exceeded = tooMuch;
  }

  afterRows(): undefined {
    this.statements += 1;
  }
}

const rows = (to: Queryable, count: number): Promise<{ text: string }[]> =>
  to.query(`SELECT repeat('x', 10000) AS text FROM generate_series(1, $1::int)`, [count]);

async function backend(): Promise<number | undefined> {
  const [row] = await db.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return row?.pid;
}

it('a counter sums up the rows of consecutive statements', async () => {
  const counter = new Counter(1_000_000);
  const reader = db.of('somebody', counter);
  expect(await rows(reader, 30)).toHaveLength(30);
  expect(await rows(reader, 20)).toHaveLength(20);
  expect(counter.bytes).toBeGreaterThan(500_000);
  expect(counter.bytes).toBeLessThan(520_000);
  expect(counter.statements).toBe(2);
});

it('a statement with too many rows is refused; its connection stays open', async () => {
  const before = await backend();
  const counter = new Counter(100_000);
  await expect(rows(db.of('somebody', counter), 500)).rejects.toBe(tooMuch);
  // Rows after the first surplus one are not even counted.
  expect(counter.bytes).toBeLessThan(120_000);
  expect(await backend()).toBe(before);
});

it('the connection of a statement with far too many rows is closed', async () => {
  const before = await backend();
  await expect(rows(db.of('somebody', new Counter(100_000)), 50_000)).rejects.toBe(tooMuch);
  expect(await backend()).not.toBe(before);
});

it('rows that are still to come are not waited for', async () => {
  const endless = `SELECT repeat('x', 10000) AS text, generate_series(1, 1000000000)`;
  const before = await backend();
  await expect(db.of('somebody', new Counter(100_000)).query(endless)).rejects.toBe(tooMuch);
  // The pool has one connection, and a statement may take twenty seconds.
  await eventually(
    'the end of its backend',
    async () => {
      const [row] = await db.query<{ ended: boolean }>(
        'SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1) AS ended',
        [before],
      );
      return row?.ended;
    },
    10_000,
  );
});

it('no further statement is sent once the counter is exceeded', async () => {
  const counter = new Counter(100_000);
  const reader = db.of('somebody', counter);
  await expect(rows(reader, 50)).rejects.toBe(tooMuch);
  await expect(reader.query('SELECT 1 / 0')).rejects.toBe(tooMuch);
  expect(await rows(db.of('somebody', new Counter(1_000_000)), 5)).toHaveLength(5);
});

it('errors of PostgreSQL are passed on', async () => {
  await expect(db.of('somebody', new Counter(1000)).query('SELECT 1 / 0')).rejects.toMatchObject({
    code: '22012',
  });
});
