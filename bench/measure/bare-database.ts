import { Pool, type PoolClient } from 'pg';
import { connectionOf, type Queryable, type Tx } from '../../src/platform/db/database.ts';
import { StatementNames } from '../../src/platform/db/statement-names.ts';
import { OpenTransaction } from '../../src/platform/db/transaction.ts';
import { BatchSocket } from '../../src/platform/db/batch-socket.ts';

/*
 * The database as a reference uses it: bare `pg`, in a process that does nothing else. Each statement waits for the previous
 * one, as in handwritten code; with TOGETHER, statements are sent together as the service sends them. Like the service, it
 * prepares each statement once for every connection.
 */

const together = process.env.TOGETHER === 'true';

const pool = new Pool({
  connectionString: process.env.DATABASE_URL,
  max: Number(process.env.DATABASE_POOL_SIZE),
  application_name: 'standfirst-bench-bare',
  ...(together ? { pipeline: true, stream: () => new BatchSocket() } : {}),
});

const names = new StatementNames();

/** A transaction that sends its statements one by one. */
function plainTransaction(client: PoolClient): Tx {
  const query = async <Row>(statement: string, values: readonly unknown[] = []): Promise<Row[]> =>
    (await client.query({ name: names.nameOf(statement), text: statement, values: [...values] }))
      .rows as Row[];
  return { query, seal: query, afterCommit: (hook) => hook() };
}

/** Sends statements together, or each after the previous one is answered. */
export async function send<T extends readonly unknown[]>(
  ...statements: { [K in keyof T]: () => Promise<T[K]> }
): Promise<T> {
  if (together) return (await Promise.all(statements.map((statement) => statement()))) as unknown as T;
  const answers: unknown[] = [];
  for (const statement of statements) answers.push(await statement());
  return answers as unknown as T;
}

async function plainly<T>(client: PoolClient, work: (tx: Tx) => Promise<T>): Promise<T> {
  await client.query('START TRANSACTION');
  const value = await work(plainTransaction(client));
  await client.query('COMMIT');
  return value;
}

/** Runs work in a transaction on a connection of its own. */
export async function inTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    const value = await (together
      ? new OpenTransaction(connectionOf(client, names)).run(work)
      : plainly(client, work));
    client.release();
    return value;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/** Statements outside of a transaction. */
export const bareDatabase: Queryable = {
  query: async <Row>(statement: string, values: readonly unknown[] = []): Promise<Row[]> =>
    (await pool.query({ name: names.nameOf(statement), text: statement, values: [...values] })).rows as Row[],
};

process.on('SIGTERM', () => void pool.end().then(() => process.exit(0)));
