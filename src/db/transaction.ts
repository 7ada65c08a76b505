import type { ClientBase, QueryResult } from 'pg';

/** Whatever can run one statement: the database outside a transaction, or a transaction. */
export interface Queryable {
  /** Runs one statement and returns its rows, whatever kind of statement it is. */
  query<Row>(statement: string, values?: readonly unknown[]): Promise<Row[]>;
}

/**
 * An open transaction. Its statements run in the order in which they are asked for, and need not wait for each other: those
 * that are asked for in one turn go to the database together. When one fails, those behind it fail with its error.
 */
export interface Tx extends Queryable {
  /** Runs once the transaction is committed, in the order of the calls; never after a rollback. */
  afterCommit(hook: () => void): void;
  /**
   * Runs the last statement, and sends the commit right behind it: further ones are refused, and if it fails nothing is
   * committed. The event log does this: from its statement on every other writer to the article waits for this
   * transaction, and would wait for the way to the service and back as well.
   */
  seal<Row>(statement: string, values: readonly unknown[]): Promise<Row[]>;
  /**
   * What is asked here once the last statement was sent goes along with it, runs when the transaction is over, and sees what
   * it left. Nothing takes back what was committed before: whoever asks has to do without an answer.
   */
  readonly behind: Queryable;
}

/** Sends one statement, at once. */
type Send = <Row>(statement: string, values: readonly unknown[]) => Promise<Row[]>;

const ignore = (): void => undefined;

/** One transaction on a connection that it has to itself. */
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
    // Waited for, although statements could follow at once: if this failed alone, each of them would be committed by itself.
    // The server's default isolation, READ COMMITTED: naming it would cost a round trip.
    await this.#client.query('START TRANSACTION');
    let value: T;
    try {
      value = await work(this);
    } catch (error) {
      const { command } = await this.#abandon();
      // Not the error itself: what is committed must not be run again.
      if (command === 'COMMIT') throw new Error('Something failed behind the commit', { cause: error });
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
    if (this.#commit) throw new Error('A statement came after the event was appended');
    try {
      return await this.#send<Row>(statement, values);
    } catch (error) {
      // The others only say that something failed before them.
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
   * Ends what went wrong.
   * @returns what PostgreSQL did: it may have committed. Nothing, where the connection is gone and took the transaction along
   */
  async #abandon(): Promise<{ readonly command?: string }> {
    return (this.#commit ?? this.#client.query('ROLLBACK')).catch(() => ({}));
  }
}
