import type { ClientBase, QueryResult } from 'pg';

/** Anything that can run one statement: the database outside a transaction, or a transaction. */
export interface Queryable {
  /** Runs one statement of any kind and returns its rows. */
  query<Row>(statement: string, values?: readonly unknown[]): Promise<Row[]>;
}

/**
 * An open transaction. Its statements run in the order of the calls, and need not wait for each other: statements of
 * one turn of the event loop are sent to the database together. When one fails, those behind it fail with its error.
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
  /**
   * Statements queued after the commit was sent, on the same connection: they run after the transaction and see its
   * result. A failure here cannot undo the commit, so the caller must tolerate one.
   */
  readonly behind: Queryable;
}

/** Sends one statement, at once. */
type Send = <Row>(statement: string, values: readonly unknown[]) => Promise<Row[]>;

const ignore = (): void => undefined;

/** One transaction on a connection that no other work uses. */
export class OpenTransaction implements Tx {
  readonly behind: Queryable;
  readonly #client: ClientBase;
  readonly #send: Send;
  readonly #hooks: (() => void)[] = [];
  #failure: unknown;
  #commit: Promise<QueryResult> | undefined;

  constructor(client: ClientBase, send: Send) {
    this.#client = client;
    this.#send = send;
    this.behind = {
      query: async (statement, values = []) => {
        if (!this.#commit) throw new Error('The last statement of the transaction was not sent yet');
        return send(statement, values);
      },
    };
  }

  async run<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    // Awaited, although statements could follow at once: if START TRANSACTION failed alone, each of them would be
    // committed by itself. Omits the isolation level: the server's default is READ COMMITTED.
    await this.#client.query('START TRANSACTION');
    let value: T;
    try {
      value = await work(this);
    } catch (error) {
      const { command } = await this.#abandon();
      // Not the error itself: a committed transaction must not be retried.
      if (command === 'COMMIT') throw new Error('A failure followed the commit', { cause: error });
      throw error;
    }
    const { command } = await (this.#commit ?? this.#client.query('COMMIT'));
    // PostgreSQL answers the COMMIT of a failed transaction with a silent rollback.
    if (command !== 'COMMIT')
      throw new Error('A failed statement was ignored inside a transaction', { cause: this.#failure });
    for (const hook of this.#hooks) hook();
    return value;
  }

  async query<Row>(statement: string, values: readonly unknown[] = []): Promise<Row[]> {
    if (this.#commit) throw new Error('The transaction is sealed: no statement may follow');
    try {
      return await this.#send<Row>(statement, values);
    } catch (error) {
      // The errors of later statements only say that an earlier one failed.
      throw (this.#failure ??= error);
    }
  }

  seal<Row>(statement: string, values: readonly unknown[]): Promise<Row[]> {
    const answer = this.query<Row>(statement, values);
    this.#commit = this.#client.query('COMMIT');
    this.#commit.catch(ignore);
    return answer;
  }

  afterCommit(hook: () => void): void {
    this.#hooks.push(hook);
  }

  /**
   * Ends a failed transaction.
   * @returns PostgreSQL's answer, which may be COMMIT; no command where the connection broke, which rolls back
   */
  async #abandon(): Promise<{ readonly command?: string }> {
    return (this.#commit ?? this.#client.query('ROLLBACK')).catch(() => ({}));
  }
}
