import type { ClientBase } from 'pg';
import { ReadStoppedError } from './counted-query.ts';

type Send = (client: ClientBase) => Promise<unknown>;

interface Statement {
  readonly send: Send;
  readonly resolve: (rows: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** The statements that one request issues in one turn of the event loop, for one connection. */
export class StatementBatch {
  readonly #statements: Statement[] = [];

  /** Adds a statement. @returns its result */
  add<T>(send: (client: ClientBase) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#statements.push({ send, resolve: resolve as (rows: unknown) => void, reject });
    });
  }

  /**
   * Sends all of them. Resolves when the last one is answered.
   * @param endsConnection whether no further statement may use the connection after an error
   * @throws the error that ends the connection, at once
   */
  run(client: ClientBase, endsConnection: (error: unknown) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const all = this.#statements.map(({ send, ...statement }) =>
        send(client).then(statement.resolve, (error: unknown) => {
          statement.reject(error instanceof ReadStoppedError ? error.reason : error);
          if (endsConnection(error)) reject(error instanceof Error ? error : new Error(String(error)));
        }),
      );
      void Promise.all(all).then(() => resolve());
    });
  }

  /** Refuses them, because no connection was to be had. Those that are answered stay as they are. */
  fail(error: unknown): void {
    for (const { reject } of this.#statements) reject(error);
  }
}
