import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { setImmediate } from 'node:timers/promises';
import pg, { type Client } from 'pg';
import type { RowCounter } from '../../../src/platform/db/counted-query.ts';
import { connectionOf, type Tx } from '../../../src/platform/db/database.ts';
import { sendInGroup } from '../../../src/platform/db/statement-group.ts';
import { OpenTransaction, type TransactionConnection } from '../../../src/platform/db/transaction.ts';
import { LocalBus } from '../../../src/platform/events/bus.ts';
import { EventLog } from '../../../src/platform/events/log.ts';
import { useApp } from '../../support/app.ts';
import { recordStatements } from '../../support/statements.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';

/** Options of the service's connections that the type declarations of the driver omit. */
const pipelined = (connectionString: string) => ({ connectionString, pipeline: true });

const insert = 'INSERT INTO tag (name) VALUES ($1) RETURNING name';
const insertBroken = 'INSERT INTO tag (name) SELECT $1 WHERE 1 / 0 = 1';
const divisionByZero = { code: '22012' };

describe('a transaction', () => {
  const app = useApp();

  const names = async (prefix: string): Promise<string[]> => {
    const rows = await app().app.db.query<{ name: string }>(
      'SELECT name FROM tag WHERE name LIKE $1 ORDER BY id',
      [`${prefix}%`],
    );
    return rows.map(({ name }) => name);
  };

  it('runs concurrent statements in the order of the calls', async () => {
    const order = ['order c', 'order a', 'order b'];
    await app().app.db.transaction((tx) => Promise.all(order.map((name) => tx.query(insert, [name]))));
    expect(await names('order')).toEqual(order);
  });

  it('fails with the first error, whichever statement is awaited, and leaves no rows', async () => {
    const attempt = app().app.db.transaction(async (tx) => {
      const together = [
        tx.query(insert, ['first a']),
        tx.query(insertBroken, ['first b']),
        tx.query(insert, ['first c']),
      ];
      const [, , behind] = await Promise.allSettled(together);
      expect(behind).toMatchObject({ status: 'rejected', reason: divisionByZero });
      await Promise.all(together);
    });
    await expect(attempt).rejects.toMatchObject(divisionByZero);
    expect(await names('first')).toEqual([]);
  });

  it('fails with the first error though nobody waits for a statement that was sent with it', async () => {
    const attempt = app().app.db.transaction(async (tx) => {
      const [first, second] = [tx.query(insertBroken, ['alone a']), tx.query(insert, ['alone b'])];
      await tx.query(insert, ['alone c']);
      await Promise.all([first, second]);
    });
    await expect(attempt).rejects.toMatchObject(divisionByZero);
    // A rejection without a handler would have failed this test by now.
    await setImmediate();
    expect(await names('alone')).toEqual([]);
  });

  it('is not considered committed if it ignored a failure', async () => {
    const committed: string[] = [];
    const attempt = app().app.db.transaction(async (tx) => {
      tx.afterCommit(() => committed.push('hint'));
      await tx.query(insert, ['ignored']);
      await tx.query(insertBroken, ['ignored']).catch(() => undefined);
    });
    await expect(attempt).rejects.toThrow('A failed statement was ignored');
    expect([await names('ignored'), committed]).toEqual([[], []]);
  });

  it('commits with its sealed statement, or not at all', async () => {
    const { db } = app().app;
    await db.transaction(async (tx) => {
      await Promise.all([tx.query(insert, ['last a']), tx.seal(insert, ['last b'])]);
      await expect(tx.query(insert, ['last c'])).rejects.toThrow('The transaction is sealed');
    });
    expect(await names('last')).toEqual(['last a', 'last b']);

    const attempt = db.transaction(async (tx) => {
      await Promise.all([tx.query(insert, ['never a']), tx.seal(insertBroken, ['never b'])]);
    });
    await expect(attempt).rejects.toMatchObject(divisionByZero);
    expect(await names('never')).toEqual([]);
  });

  it('is not retried after its commit, whatever fails there', async () => {
    const { db } = app().app;
    let runs = 0;
    const attempt = db.transaction(async (tx) => {
      runs += 1;
      await tx.seal(insert, [`behind ${runs}`]);
      // A deadlock, after which a transaction is normally retried.
      throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
    });
    await expect(attempt).rejects.toThrow('A failure followed the commit');
    expect([await names('behind'), runs]).toEqual([['behind 1'], 1]);
  });

  it('leaves its connection outside of any transaction, however it failed', async () => {
    const { db } = app().app;
    const refusal = new Error('Refused');
    const ways: ((tx: Tx) => Promise<unknown>)[] = [
      (tx) => tx.query(insertBroken, ['way']),
      (tx) => tx.seal(insertBroken, ['way']),
      async (tx) => {
        await tx.query(insert, ['way']);
        await Promise.allSettled([tx.query(insertBroken, ['way']), tx.seal(insert, ['way'])]);
      },
      () => Promise.reject(refusal),
      // A statement that waits for the beginning when the work is given up.
      async (tx) => {
        await setImmediate();
        await Promise.all([tx.query(insert, ['way']), Promise.reject(refusal)]);
      },
      // A statement that fails in the turn in which the work is given up.
      async (tx) => {
        const first = tx.query(insert, ['way']);
        await first.then(() => {
          void tx.query(insertBroken, ['way']).catch(() => undefined);
          throw refusal;
        });
      },
    ];
    const other = new pg.Client({ connectionString: app().database.url });
    await other.connect();
    try {
      for (const way of ways) {
        await expect(db.transaction<unknown>(way)).rejects.toThrow();
        // Transactions of the service itself end soon; one that was left open would stay.
        await eventually('no connection to be in a transaction', async () => {
          const { rows } = await other.query(
            `SELECT query FROM pg_stat_activity
             WHERE datname = current_database() AND state LIKE 'idle in transaction%'`,
          );
          return rows.length === 0;
        });
      }
    } finally {
      await other.end();
    }
    expect(await names('way')).toEqual([]);
  });

  it('takes no statement once it is over', async () => {
    const kept: Tx[] = [];
    await app().app.db.transaction((tx) => {
      kept.push(tx);
      return tx.query(insert, ['over']);
    });
    await expect(kept[0]?.query(insert, ['later'])).rejects.toThrow('The transaction is over');
    expect([await names('over'), await names('later')]).toEqual([['over'], []]);
  });

  it('is not considered committed if it ignored a failure of its first statements', async () => {
    const attempt = app().app.db.transaction(async (tx) => {
      await Promise.allSettled([tx.query(insertBroken, ['early'])]);
    });
    await expect(attempt).rejects.toThrow('A failed statement was ignored');
  });

  it('writes no event of an article without a counter', async () => {
    const { db } = app().app;
    const log = new EventLog(new LocalBus());
    const articleId = '4242424242';
    const attempt = db.transaction(async (tx) => {
      await Promise.all([
        tx.query(insert, ['uncounted']),
        log.append(tx, { articleId, kind: 'ARTICLE_UPDATED' }),
      ]);
    });
    await expect(attempt).rejects.toMatchObject({ code: '23502' });
    expect(await names('uncounted')).toEqual([]);
  });
});

describe('statements that are sent together', () => {
  let database: TestDatabase;
  let client: Client;
  beforeAll(async () => {
    database = await createTestDatabase();
    client = new pg.Client(pipelined(database.url));
    await client.connect();
    await client.query('CREATE TABLE word (text text UNIQUE)');
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });
  afterEach(() => client.query('DELETE FROM word'));

  const words = async () => {
    const { rows } = await client.query<{ text: string }>('SELECT text FROM word ORDER BY text');
    return rows.map(({ text }) => text);
  };
  const add = (text: string) => ({ text: 'INSERT INTO word VALUES ($1)', values: [text], name: 'add' });
  const failing = { text: 'SELECT 1 / 0' };

  it('have their answers in order', async () => {
    const numbers = [1, 2, 3].map((n) => ({ text: `SELECT $1::int * ${n} AS n`, values: [10] }));
    const answers = await Promise.all(numbers.map((statement) => sendInGroup(client, statement)));
    expect(answers.map(({ rows }) => rows)).toEqual([[{ n: 10 }], [{ n: 20 }], [{ n: 30 }]]);
  });

  it('are described once for each connection, and have their columns each time', async () => {
    const statement = (n: number) => ({
      name: 'pair',
      text: 'SELECT $1::int AS n, now() AS at',
      values: [n],
    });
    const messages: string[] = [];
    const count = (name: string) => client.connection.on(name, () => messages.push(name));
    count('rowDescription');
    for (const n of [1, 2, 3]) {
      const { rows, fields } = await sendInGroup(client, statement(n));
      expect(rows).toEqual([{ n, at: expect.any(Date) }]);
      expect(fields.map(({ name }) => name)).toEqual(['n', 'at']);
    }
    expect(messages).toHaveLength(1);
  });

  it('have an effect all together or not at all', async () => {
    const outcomes = await Promise.allSettled(
      [add('a'), failing, { ...add('b'), name: 'add after a failure' }].map((statement) =>
        sendInGroup(client, statement),
      ),
    );
    expect(outcomes[1]).toMatchObject({ reason: divisionByZero });
    for (const n of [0, 2])
      expect(outcomes[n]).toMatchObject({ reason: { name: 'StatementSkippedError', cause: divisionByZero } });
    expect(await words()).toEqual([]);
    // Its preparation was skipped as well.
    await sendInGroup(client, { ...add('c'), name: 'add after a failure' });
    expect(await words()).toEqual(['c']);
  });

  it('fail with the error of their common end', async () => {
    await client.query(`CREATE TABLE late (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)`);
    const outcomes = await Promise.allSettled(
      [1, 2].map(() => sendInGroup(client, { text: 'INSERT INTO late VALUES (1)' })),
    );
    expect(outcomes).toMatchObject([{ reason: { code: '23505' } }, { reason: { code: '23505' } }]);
    const { rows } = await client.query('SELECT n FROM late');
    expect(rows).toEqual([]);
  });

  it('run in no transaction that did not begin', async () => {
    const connection = connectionOf(client);
    const unbegun: TransactionConnection = {
      ...connection,
      control: (statement) =>
        statement === 'START TRANSACTION'
          ? sendInGroup(client, failing).then(() => statement)
          : connection.control(statement),
    };
    const write = (tx: Tx, word: string) => tx.query('INSERT INTO word VALUES ($1)', [word]);
    const atOnce = (tx: Tx) => Promise.all(['a', 'b'].map((word) => write(tx, word)));
    const later = async (tx: Tx) => {
      await setImmediate();
      await atOnce(tx);
    };
    const sealedLater = async (tx: Tx) => {
      await setImmediate();
      await tx.seal('INSERT INTO word VALUES ($1)', ['a']);
    };
    for (const work of [atOnce, later, sealedLater]) {
      await expect(new OpenTransaction(unbegun).run<unknown>(work)).rejects.toMatchObject(divisionByZero);
      expect(await words()).toEqual([]);
    }
  });

  it('fail with the connection', async () => {
    const other = new pg.Client(pipelined(database.url));
    other.on('error', () => undefined);
    await other.connect();
    const statements = [
      { text: 'SELECT 1' },
      { text: 'SELECT pg_terminate_backend(pg_backend_pid())' },
      { text: 'SELECT 2' },
    ];
    const outcomes = await Promise.allSettled(statements.map((statement) => sendInGroup(other, statement)));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  });

  it('have the time of one statement together, and fail with the connection after that', async () => {
    const other = new pg.Client({ ...pipelined(database.url), query_timeout: 3000 });
    other.on('error', () => undefined);
    await other.connect();
    const wait = () => sendInGroup(other, { text: 'SELECT pg_sleep(1.7)' });
    await wait();
    const ended = new Promise((resolve) => other.once('end', resolve));
    const outcomes = await Promise.allSettled([wait(), wait()]);
    await ended;
    expect(outcomes).toMatchObject([
      { reason: { message: 'Query read timeout' } },
      { reason: { name: 'StatementSkippedError', cause: { message: 'Query read timeout' } } },
    ]);
  });

  it('cut the connection if a value cannot be sent', async () => {
    const other = new pg.Client(pipelined(database.url));
    other.on('error', () => undefined);
    await other.connect();
    const unfit = {
      toPostgres: () => {
        throw new Error('Unfit');
      },
    };
    const statements = [{ text: 'SELECT $1::text', values: [unfit] }, { text: 'SELECT 2' }];
    const ended = new Promise((resolve) => other.once('end', resolve));
    const outcomes = await Promise.allSettled(statements.map((statement) => sendInGroup(other, statement)));
    await ended;
    expect(outcomes[0]).toMatchObject({ reason: { message: 'Unfit' } });
    expect(outcomes[1]).toMatchObject({ status: 'rejected' });
  });
});

describe('reads that are sent together', () => {
  const app = useApp();
  const countInto = (bytes: number[]): RowCounter => ({
    exceeded: undefined,
    countRow: (size) => void bytes.push(size),
    afterRows: () => undefined,
  });

  it('are answered each by itself, whichever of them fail', async () => {
    const db = app().app.db.of('somebody', countInto([]));
    const outcomes = await Promise.allSettled(
      ['SELECT 1 AS n', 'SELECT 1 / 0', 'SELECT 2 AS n', `SELECT 'x'::int`, 'SELECT 3 AS n'].map((text) =>
        db.query(text),
      ),
    );
    const rows = (n: number) => ({ status: 'fulfilled', value: [{ n }] });
    const refused = (code: string) => ({ status: 'rejected', reason: { code } });
    expect(outcomes).toMatchObject([rows(1), refused('22012'), rows(2), refused('22P02'), rows(3)]);
  });

  it('are counted once, also if they are sent twice', async () => {
    const text = (length: number) => `SELECT repeat('x', ${length}) AS text`;
    const bytes: number[] = [];
    const db = app().app.db.of('somebody', countInto(bytes));
    const outcomes = await Promise.allSettled(
      [text(1000), 'SELECT 1 / 0', text(500)].map((t) => db.query(t)),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const sum = bytes.reduce((all, size) => all + size, 0);
    expect(sum).toBeGreaterThan(1500);
    expect(sum).toBeLessThan(1600);
  });

  it('are not sent again once their request reads no more', async () => {
    const tooMuch = new Error('Too much');
    const counter: RowCounter & { exceeded: Error | undefined } = {
      exceeded: undefined,
      countRow: () => void (counter.exceeded = tooMuch),
      afterRows: () => undefined,
    };
    const db = app().app.db.of('somebody', counter);
    const { statements, stop } = recordStatements();
    try {
      const texts = ['SELECT 1 AS n', 'SELECT 1 / 0', 'SELECT 2 AS n'];
      const outcomes = await Promise.allSettled(texts.map((text) => db.query(text)));
      expect(outcomes).toMatchObject([{ reason: tooMuch }, { reason: divisionByZero }, { reason: tooMuch }]);
      expect(statements).toEqual(texts);
    } finally {
      stop();
    }
  });
});
