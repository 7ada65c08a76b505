import { StatementSkippedError, unskipped } from './statement-group.ts';

/** Anything that can run one statement: the database outside a transaction, or a transaction. */
export interface Queryable {
  /** Runs one statement of any kind and returns its rows. */
  query<Row>(statement: string, values?: readonly unknown[]): Promise<Row[]>;
}

/**
 * An open transaction. Its statements run in the order of the calls, and need not wait for each other: statements of
 * one turn of the event loop are sent to the database together. When one fails, the others fail with its error.
 */
export interface Tx extends Queryable {
  /** Runs once the transaction is committed, in the order of the calls; never after a rollback. */
  afterCommit(hook: () => void): void;
  /**
   * Runs the last statement and sends the commit right behind it: further statements are refused, and if this one
   * fails, nothing is committed. The event log uses it: from its statement on, every other writer to the article waits
   * for this transaction, and would otherwise wait for another round trip as well.
   */
  seal<Row>(statement: string, values: readonly unknown[]): Promise<Row[]>;
}

/** A transaction whose work can see that it has failed. */
export interface RunningTx extends Tx {
  /** Whether a statement has failed: those that follow fail too, and nothing will be stored. */
  readonly hasFailed: boolean;
}

/** A connection that no other work uses. */
export interface TransactionConnection {
  /** What is sent in one turn of the event loop is in the same group: if one statement fails, the rest is skipped. */
  group(): object | undefined;
  send<Row>(statement: string, values: readonly unknown[]): Promise<Row[]>;
  /** Begins or commits a transaction. @returns PostgreSQL's name of what it did */
  control(statement: 'START TRANSACTION' | 'COMMIT'): Promise<string>;
  /** Rolls back whatever transaction is open, or closes the connection if that fails. */
  rollBack(): Promise<void>;
}

const ignore = (): void => undefined;

/** One transaction. */
export class OpenTransaction implements RunningTx {
  readonly #hooks: (() => void)[] = [];
  /** The group in which the transaction begins, until it has begun. */
  #opening: object | undefined;
  #began: Promise<unknown> = Promise.resolve();
  /** Whether its end is under way. */
  #isOver = false;
  #failure: unknown;
  #commit: Promise<string> | undefined;
  /** The check that has to pass before the commit; undefined once it has, or without one. */
  #condition: Promise<void> | undefined;

  constructor(private readonly connection: TransactionConnection) {}

  /**
   * @param condition runs beside the work, its statements first. If it throws, the transaction is rolled back and fails with that error
   */
  async run<T>(work: (tx: RunningTx) => Promise<T>, condition?: (tx: Tx) => Promise<void>): Promise<T> {
    this.#begin();
    if (condition) this.#require(condition);
    let value: T;
    try {
      value = await work(this).finally(() => this.#condition);
      await this.#began.catch((error: unknown) => this.#notBegun(error));
    } catch (error) {
      // Not the error itself: a committed transaction must not be retried.
      if (await this.#abandon()) throw new Error('A failure followed the commit', { cause: error });
      throw error;
    }
    // PostgreSQL answers the COMMIT of a failed transaction with a silent rollback.
    if ((await this.#committed()) !== 'COMMIT') throw this.#ignored();
    for (const hook of this.#hooks) hook();
    return value;
  }

  query<Row>(statement: string, values: readonly unknown[] = []): Promise<Row[]> {
    const answer = this.#query<Row>(statement, values);
    // Statements that are sent together fail together, and their caller may wait for one of them only. A failure that
    // nobody waits for is found at the commit.
    answer.catch(ignore);
    return answer;
  }

  async #query<Row>(
    statement: string,
    values: readonly unknown[],
    condition?: Promise<void>,
  ): Promise<Row[]> {
    this.#requireOpen();
    try {
      if (condition) await condition;
      return await this.#onceBegun(() => this.connection.send<Row>(statement, values));
    } catch (error) {
      // The errors of later statements only say that an earlier one failed.
      throw (this.#failure ??= unskipped(error));
    }
  }

  seal<Row>(statement: string, values: readonly unknown[]): Promise<Row[]> {
    const condition = this.#condition;
    const answer = this.#query<Row>(statement, values, condition);
    answer.catch(ignore);
    const commit = () => this.#onceBegun(() => this.connection.control('COMMIT'));
    // Right behind the statement: both wait for the condition.
    this.#commit = condition ? condition.then(commit) : commit();
    this.#commit.catch(ignore);
    return answer;
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  afterCommit(hook: () => void): void {
    this.#hooks.push(hook);
  }

  /** Names no isolation level: READ COMMITTED is the server's default. */
  #begin(): void {
    this.#began = this.connection.control('START TRANSACTION').then(() => {
      this.#opening = undefined;
    });
    this.#began.catch(ignore);
    this.#opening = this.connection.group();
  }

  #require(condition: (tx: Tx) => Promise<void>): void {
    this.#condition = condition(this).then(() => {
      this.#condition = undefined;
    });
    this.#condition.catch(ignore);
  }

  #requireOpen(): void {
    if (this.#commit) throw new Error('The transaction is sealed: no statement may follow');
    if (this.#isOver)
      throw new Error('The transaction is over: no statement may follow', { cause: this.#failure });
  }

  #ignored(): Error {
    return new Error('A failed statement was ignored inside a transaction', { cause: this.#failure });
  }

  /** @throws the error because of which the transaction did not begin, although its work has succeeded */
  #notBegun(error: unknown): never {
    if (error instanceof StatementSkippedError) throw this.#ignored();
    throw error;
  }

  /** Sends a statement as soon as it cannot run outside the transaction. */
  async #onceBegun<T>(send: () => Promise<T>): Promise<T> {
    // In a group of its own, it would run by itself if only the beginning failed.
    if (this.#opening && this.connection.group() !== this.#opening) {
      await this.#began;
      if (this.#isOver) throw new Error('The transaction is over', { cause: this.#failure });
    }
    return send();
  }

  /** @returns PostgreSQL's name of how the transaction ended */
  async #committed(): Promise<string> {
    this.#isOver = true;
    try {
      return await (this.#commit ?? this.connection.control('COMMIT'));
    } catch (error) {
      await this.connection.rollBack();
      throw (this.#failure ??= unskipped(error));
    }
  }

  /**
   * Ends a failed transaction.
   * @returns whether it was committed nevertheless
   */
  async #abandon(): Promise<boolean> {
    this.#isOver = true;
    const done = await this.#commit?.catch(ignore);
    if (done !== undefined) return done === 'COMMIT';
    await this.#began.catch(ignore);
    await this.connection.rollBack();
    return false;
  }
}
