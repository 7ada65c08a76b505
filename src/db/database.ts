import type { ClientBase } from 'pg';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { StatementNames } from './statement-names.ts';

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
/** A statement was prepared before a migration changed the types of its result, or the connection has forgotten it. */
const stalePlan = new Set(['0A000', '26000']);
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
  readonly #names: StatementNames | undefined;

  /**
   * @param options `prepareStatements`: whether PostgreSQL may keep each statement, parsed and in time planned, for every
   *   connection. Not behind a pooler that gives one transaction after another to any connection and knows no statements.
   */
  constructor(source: DataSource, options: { readonly prepareStatements: boolean }) {
    this.#source = source;
    this.#names = options.prepareStatements ? new StatementNames() : undefined;
  }

  async query<Row>(statement: string, values: readonly unknown[] = []): Promise<Row[]> {
    const runner = this.#source.createQueryRunner();
    try {
      return await this.#run<Row>(runner, statement, values).catch((error: unknown) => {
        if (!stalePlan.has(sqlState(error) ?? '')) throw error;
        return this.#run<Row>(runner, statement, values);
      });
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
        const state = sqlState(error) ?? '';
        if (attempt >= maxAttempts || !(retriable.has(state) || stalePlan.has(state))) throw error;
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
          return await this.#run(runner, statement, values);
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

  /** Straight to the driver: TypeORM's own `query` knows no names, and answers UPDATE and SELECT differently. */
  async #run<Row>(runner: QueryRunner, text: string, values: readonly unknown[]): Promise<Row[]> {
    const client = (await runner.connect()) as ClientBase;
    const name = this.#names?.nameOf(text);
    try {
      const { rows } = await client.query({
        text,
        values: [...values],
        ...(name === undefined ? {} : { name }),
      });
      return rows as Row[];
    } catch (error) {
      if (stalePlan.has(sqlState(error) ?? '')) this.#names?.renew(text);
      throw error;
    }
  }
}
