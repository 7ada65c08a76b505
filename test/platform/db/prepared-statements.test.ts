import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Queryable } from '../../../src/platform/db/database.ts';
import { StatementNames } from '../../../src/platform/db/statement-names.ts';
import { useApp } from '../../support/app.ts';

const statement = 'SELECT $1::int + 1 AS sum';

/** Number of executions of each prepared statement of this connection, by its text. */
async function preparedOn(db: Queryable): Promise<Map<string, number>> {
  const rows = await db.query<{ statement: string; runs: number }>(
    'SELECT statement, (generic_plans + custom_plans)::int AS runs FROM pg_prepared_statements',
  );
  return new Map(rows.map((row) => [row.statement, row.runs]));
}

describe('prepared statements', () => {
  const app = useApp();

  it('are kept by each connection, one for each text, whatever the values', async () => {
    const prepared = await app().app.db.transaction(async (tx) => {
      for (let value = 0; value < 10; value++)
        expect(await tx.query(statement, [value])).toEqual([{ sum: value + 1 }]);
      return preparedOn(tx);
    });
    expect(prepared.get(statement)).toBe(10);
  });

  it('stay usable after a failed execution', async () => {
    const { db } = app().app;
    const divide = 'SELECT 1 / $1::int AS quotient';
    for (let round = 0; round < 3; round++) {
      await expect(db.transaction((tx) => tx.query(divide, [0]))).rejects.toMatchObject({ code: '22012' });
      expect(await db.transaction((tx) => tx.query(divide, [1]))).toEqual([{ quotient: 1 }]);
    }
  });

  it('stay usable while a migration adds a column to their tables', async () => {
    const { db } = app().app;
    const { slug } = await app().addArticle();
    const read = () => app().data('query ($slug: String!) { article(slug: $slug) { title } }', { slug });
    // Often enough that the generic plan is kept.
    for (let round = 0; round < 8; round++) await read();
    await db.query('ALTER TABLE article ADD COLUMN later text');
    expect(await read()).toEqual({ article: { title: 'A title' } });
  });

  describe('after a migration that changes the type of a column', () => {
    const select = 'SELECT size FROM box WHERE id = $1';
    const other = 'SELECT $1::int AS other';
    beforeEach(async () => {
      const { db } = app().app;
      await db.query('CREATE TABLE box (id int PRIMARY KEY, size int)');
      await db.query('INSERT INTO box VALUES (1, 7)');
    });
    afterEach(() => app().app.db.query('DROP TABLE box'));

    const reads: Record<string, () => Promise<unknown[]>> = {
      'outside a transaction': () => app().app.db.query(select, [1]),
      'inside a transaction': () => app().app.db.transaction((tx) => tx.query(select, [1])),
      'as the second of a transaction’s statements': () =>
        app().app.db.transaction(async (tx) => {
          const [, rows] = await Promise.all([tx.query(other, [1]), tx.query(select, [1])]);
          return rows;
        }),
      'as the second of the statements of a request': async () => {
        const counter = { exceeded: undefined, countRow: () => undefined, afterRows: () => undefined };
        const db = app().app.db.of('somebody', counter);
        const [others, rows] = await Promise.all([db.query(other, [1]), db.query(select, [1])]);
        expect(others).toEqual([{ other: 1 }]);
        return rows;
      },
    };
    it.each(Object.keys(reads))('stay usable %s', async (where) => {
      const read = reads[where] as () => Promise<unknown[]>;
      // Often enough that the generic plan is kept.
      for (let round = 0; round < 8; round++) expect(await read()).toEqual([{ size: 7 }]);
      await app().app.db.query('ALTER TABLE box ALTER COLUMN size TYPE text');
      expect(await read()).toEqual([{ size: '7' }]);
      expect(await read()).toEqual([{ size: '7' }]);
    });
  });

  it('are bounded in number', () => {
    const names = new StatementNames();
    const given = Array.from({ length: 600 }, (_, index) => names.nameOf(`SELECT ${index}`));
    expect(new Set(given.slice(0, 500)).size).toBe(500);
    expect(given.slice(500).every((name) => name === undefined)).toBe(true);
    expect(names.nameOf('SELECT 0')).toBe(given[0]);
  });
});

describe('without DATABASE_PREPARED_STATEMENTS, prepared statements', () => {
  const app = useApp({ DATABASE_PREPARED_STATEMENTS: 'false' });

  it('do not exist', async () => {
    const prepared = await app().app.db.transaction(async (tx) => {
      expect(await tx.query(statement, [1])).toEqual([{ sum: 2 }]);
      return preparedOn(tx);
    });
    expect([...prepared]).toEqual([]);
  });
});
