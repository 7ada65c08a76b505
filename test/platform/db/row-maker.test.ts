import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg, { type Client, types } from 'pg';
import { sendInGroup } from '../../../src/platform/db/statement-group.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

const values = [
  `NULL`,
  `'it''s'`,
  `17`,
  `17::bigint`,
  `1.50::numeric`,
  `true`,
  `'\\x00ff'::bytea`,
  `'{"a": [1, null]}'::json`,
  `ARRAY['a', NULL, 'b']`,
  `'2026-02-03 04:05:06.789123+00'::timestamptz`,
  `'infinity'::timestamptz`,
  `'0044-03-15 12:00:00+00 BC'::timestamptz`,
  `''`,
];
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const column = fc.record({
  name: fc.oneof(
    fc.constantFrom(
      'a',
      'b',
      '__proto__',
      'constructor',
      '0',
      '`${a}`',
      "'",
      '\\',
      '] }; throw 1; //',
      '\u2028',
    ),
    fc.string({ minLength: 1, maxLength: 20 }).map((name) => name.replaceAll('\0', 'x')),
  ),
  value: fc.constantFrom(...values),
});

describe('rows that are made at once', () => {
  let database: TestDatabase;
  let client: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = new pg.Client(database.url);
    await client.connect();
  });

  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  it('are those of the driver, whatever their columns are called and hold', async () => {
    let number = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(column, { minLength: 1, maxLength: 6 }), async (columns) => {
        const list = columns.map(({ name, value }) => `${value} AS ${quoted(name)}`).join(', ');
        const text = `SELECT ${list} UNION ALL SELECT ${list}`;
        const byDriver = await client.query(text);
        const statement = { text, name: `made ${number++}` };
        // Prepared by the first, whose columns the second knows.
        const first = await sendInGroup(client, statement);
        const second = await sendInGroup(client, statement);
        expect(first.rows).toEqual(byDriver.rows);
        expect(second.rows).toEqual(byDriver.rows);
        expect(second.rows.map((row) => Object.keys(row))).toEqual(
          byDriver.rows.map((row) => Object.keys(row as object)),
        );
        expect(second.fields).toEqual(first.fields);
      }),
      { numRuns: 150 },
    );
  });

  it('are refused as by the driver if a value cannot be read', async () => {
    const { MACADDR } = types.builtins;
    const byDriver = types.getTypeParser(MACADDR);
    const statement = { text: `SELECT '08:00:2b:01:02:03'::macaddr AS address`, name: 'an address' };
    types.setTypeParser(MACADDR, (text) => {
      throw new Error(`No address: ${text}`);
    });
    try {
      for (let round = 0; round < 3; round++)
        await expect(sendInGroup(client, statement)).rejects.toThrow('No address: 08:00:2b:01:02:03');
    } finally {
      types.setTypeParser(MACADDR, byDriver);
    }
    expect((await sendInGroup(client, { text: 'SELECT 1 AS one', name: 'one' })).rows).toEqual([{ one: 1 }]);
  });
});
