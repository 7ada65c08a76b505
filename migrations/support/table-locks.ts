import { setTimeout as sleep } from 'node:timers/promises';
import type { QueryRunner } from 'typeorm';
import { say } from './progress.ts';

/*
 * While a request for a table lock waits, every later statement on that table queues behind it, reads included. So a
 * migration requests a lock only when no transaction has held the table for long, gives up after `lockTimeoutMs`, and
 * retries after a pause in which the queued statements run. A dump, which holds all tables for its whole duration, is
 * waited for without a request.
 */

/** Longest time for which one attempt may block other statements on its tables, in milliseconds. */
export const lockTimeoutMs = 500;
const pauseMs = 1000;
const lookAgainMs = 250;

/**
 * `ACCESS EXCLUSIVE` for most changes of a table; `SHARE ROW EXCLUSIVE` for triggers and for tables that a new foreign
 * key references.
 */
export type LockMode = 'ACCESS EXCLUSIVE' | 'SHARE ROW EXCLUSIVE';

const compatible: Record<LockMode, readonly string[]> = {
  'ACCESS EXCLUSIVE': [],
  'SHARE ROW EXCLUSIVE': ['AccessShareLock', 'RowShareLock'],
};

export interface TableChange {
  readonly mode: LockMode;
  /** Every table that the statements lock, in the order in which they are locked. */
  readonly tables: readonly string[];
  /** Statements that take milliseconds, whatever the size of the tables. */
  readonly statements: readonly string[];
}

/** Runs short statements in one transaction that locks the tables. For migrations with `transaction = false`. */
export async function changeTables(runner: QueryRunner, change: TableChange): Promise<void> {
  for (;;) {
    await waitForHolders(runner, change);
    try {
      await attempt(runner, change);
      return;
    } catch (error) {
      if (!isLockConflict(error)) throw error;
    }
    say(runner, `${change.tables.join(', ')} could not be locked within ${lockTimeoutMs} ms; trying again`);
    await sleep(pauseMs);
  }
}

async function attempt(runner: QueryRunner, { mode, tables, statements }: TableChange): Promise<void> {
  await runner.startTransaction();
  try {
    // The timeout is divided, because the waits add up: the first table stays locked while the next one is waited for.
    await runner.query(`SET LOCAL lock_timeout = ${Math.floor(lockTimeoutMs / tables.length)}`);
    for (const table of tables) await runner.query(`LOCK TABLE ${table} IN ${mode} MODE`);
    for (const statement of statements) await runner.query(statement);
    await runner.commitTransaction();
  } catch (error) {
    await runner.rollbackTransaction();
    throw error;
  }
}

/** 55P03: `lock_timeout` passed. 40P01: deadlock. Both may be retried. */
export function isLockConflict(error: unknown): boolean {
  return ['55P03', '40P01'].includes((error as { code?: string }).code ?? '');
}

interface Holder {
  /** The holder's virtual transaction id: the number of its connection and a counter. */
  readonly transaction: string;
  readonly name: string;
}

/** Waits for transactions that have held one of the tables for some time; short transactions are no obstacle. */
async function waitForHolders(runner: QueryRunner, change: TableChange): Promise<void> {
  let holders = await findHolders(runner, change);
  let told = '';
  while (holders.length > 0) {
    await sleep(lookAgainMs);
    const now = await findHolders(runner, change);
    // Only the transactions found first, because under load some transaction always holds the table.
    holders = holders.filter(({ transaction }) => now.some((other) => other.transaction === transaction));
    const names = [...new Set(holders.map(({ name }) => name))].join(', ');
    if (names !== '' && names !== told)
      say(runner, `${change.tables.join(', ')}: in use, waiting for ${names}`);
    told = names;
  }
}

async function findHolders(runner: QueryRunner, { mode, tables }: TableChange): Promise<Holder[]> {
  return (await runner.query(
    `SELECT DISTINCT l.virtualtransaction AS transaction,
       format('%s (process %s)', coalesce(nullif(a.application_name, ''), 'a connection without a name'), l.pid) AS name
     FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
     WHERE l.locktype = 'relation' AND l.granted AND l.pid IS DISTINCT FROM pg_backend_pid()
       AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND l.relation IN (SELECT to_regclass(t) FROM unnest($1::text[]) AS t) AND l.mode <> ALL ($2::text[])`,
    [tables, compatible[mode]],
  )) as Holder[];
}

/**
 * Runs a statement, outside of a transaction, that may wait long for a lock because no reader or writer queues behind
 * it: everything `CONCURRENTLY`, and `VALIDATE CONSTRAINT`.
 */
export async function runUnhurried(runner: QueryRunner, statement: string): Promise<void> {
  const [row] = (await runner.query(`SELECT current_setting('lock_timeout') AS before`)) as {
    before: string;
  }[];
  await runner.query('SET lock_timeout = 0');
  try {
    await runner.query(statement);
  } finally {
    await runner.query(`SELECT set_config('lock_timeout', $1, false)`, [row?.before]);
  }
}
