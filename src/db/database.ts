import type { DataSource, EntityManager, QueryRunner } from 'typeorm';

/** Whatever can run one statement: the database outside a transaction, or a transaction. */
export interface Queryable {
  /** Runs one statement and returns its rows, whatever kind of statement it is. */
  query<Row>(statement: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** An open transaction. */
export interface Tx extends Queryable {
  /** For plain inserts and updates by entity. Never `save()`: it reads before it writes. */
  readonly manager: EntityManager;
  /** Runs once the transaction is committed, in the order of the calls; never after a rollback. */
  afterCommit(hook: () => void): void;
  /**
   * Refuses any further statement. The event log calls it: from its statement on, every other writer to the
   * article waits for this transaction, so nothing but the commit may come after.
   */
  seal(): void;
}

/** PostgreSQL's codes for a transaction that lost to another one and may simply be run again. */
const retriable = new Set(['40001', '40P01']);
const maxAttempts = 5;

/** The PostgreSQL error code (SQLSTATE) behind an error, if there is one. */
export function sqlState(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string') return code;
  return sqlState((error as { driverError?: unknown }).driverError);
}

/** The unique constraint that a failed statement would have broken, if that is why it failed. */
export function violatedConstraint(error: unknown): string | undefined {
  if (sqlState(error) !== '23505') return undefined;
  const { constraint, driverError } = error as { constraint?: unknown; driverError?: unknown };
  return typeof constraint === 'string' ? constraint : violatedConstraint(driverError);
}

/** The database as all code above the data source sees it: statements and transactions, nothing else. */
export class Database implements Queryable {
  readonly #source: DataSource;

  constructor(source: DataSource) {
    this.#source = source;
  }

  async query<Row>(statement: string, values: readonly unknown[] = []): Promise<Row[]> {
    const runner = this.#source.createQueryRunner();
    try {
      return await run<Row>(runner, statement, values);
    } finally {
      await runner.release();
    }
  }

  /**
   * Runs `work` in one READ COMMITTED transaction: committed when it resolves, rolled back when it throws.
   * Run again from the start when it was the victim of a deadlock, so `work` must have no side effect but
   * its statements and `afterCommit`.
   */
  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(work);
      } catch (error) {
        if (attempt >= maxAttempts || !retriable.has(sqlState(error) ?? '')) throw error;
      }
    }
  }

  async #attempt<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const runner = this.#source.createQueryRunner();
    const hooks: (() => void)[] = [];
    let sealed = false;
    let failed = false;
    const tx: Tx = {
      manager: runner.manager,
      query: async (statement, values = []) => {
        if (sealed) throw new Error('A statement came after the event was appended');
        try {
          return await run(runner, statement, values);
        } catch (error) {
          failed = true;
          throw error;
        }
      },
      afterCommit: (hook) => hooks.push(hook),
      seal: () => {
        sealed = true;
      },
    };
    try {
      // The server's default isolation, READ COMMITTED: naming it would cost a round trip.
      await runner.startTransaction();
      const value = await work(tx);
      // PostgreSQL answers the COMMIT of a failed transaction with a silent rollback.
      if (failed) throw new Error('A failed statement was ignored inside a transaction');
      await runner.commitTransaction();
      for (const hook of hooks) hook();
      return value;
    } catch (error) {
      // A rollback can fail only with its connection, and then there is nothing left to roll back.
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    } finally {
      await runner.release();
    }
  }
}

async function run<Row>(runner: QueryRunner, statement: string, values: readonly unknown[]): Promise<Row[]> {
  // The structured result is the only form in which UPDATE and SELECT answer alike.
  const result = await runner.query(statement, values as unknown[], true);
  return result.records as Row[];
}
