import type { ClientBase, QueryConfig } from 'pg';
import { sendInGroup, type SendOptions } from './statement-group.ts';

/** Counts the rows that the statements of one request return. */
export interface RowCounter {
  /** Reason why the request may read no more; undefined while it may. */
  readonly exceeded: Error | undefined;
  /** Called with the size of each row, in bytes, as it arrives. */
  countRow(bytes: number): void;
  /**
   * Called after each statement. Resolves when the request may continue with the rows that it has read; undefined: it
   * need not wait.
   */
  afterRows(): Promise<void> | undefined;
}

/** Most bytes of surplus rows that are received and dropped; beyond that, closing the connection is cheaper. */
const mostDropped = 8 * 1024 * 1024;

/** A statement returns far more than may be read. The rest still arrives on its connection, which must be closed. */
export class ReadStoppedError extends Error {
  override readonly name = 'ReadStoppedError';
  readonly reason: Error;

  constructor(reason: Error) {
    super(reason.message);
    this.reason = reason;
  }
}

/** A row as the driver passes it on; the driver's type declarations omit it (`pg-protocol`, DataRowMessage). */
interface DataRow {
  readonly length: number;
}

/** Counts the rows of a statement that is sent again: only what is beyond the rows that have been counted. */
export class Recounter implements RowCounter {
  #counted = 0;
  #again = 0;

  constructor(private readonly counter: RowCounter) {}

  get exceeded(): Error | undefined {
    return this.counter.exceeded;
  }

  countRow(bytes: number): void {
    this.#again += bytes;
    const more = this.#again - this.#counted;
    if (more <= 0) return;
    this.#counted = this.#again;
    this.counter.countRow(more);
  }

  afterRows(): Promise<void> | undefined {
    return this.counter.afterRows();
  }

  /** The statement is about to be sent again. */
  restart(): void {
    this.#again = 0;
  }
}

/**
 * Sends a statement and counts its rows as they arrive. Rows beyond the counter's limit are dropped.
 * @throws ReadStoppedError; the reason of the counter; StatementSkippedError, unless alone; any error of the driver
 */
export async function sendCounted(
  client: ClientBase,
  statement: QueryConfig,
  counter: RowCounter,
  alone: boolean,
): Promise<unknown[]> {
  const prepare: SendOptions['prepare'] = (query, reject) => {
    const keep = query.handleDataRow.bind(query);
    let dropped = 0;
    query.handleDataRow = (row) => {
      const { length } = row as DataRow;
      if (!counter.exceeded) counter.countRow(length);
      if (!counter.exceeded) return keep(row);
      dropped += length;
      if (dropped > mostDropped) reject(new ReadStoppedError(counter.exceeded));
    };
  };
  const { rows } = await sendInGroup(client, statement, { alone, prepare });
  if (counter.exceeded) throw counter.exceeded;
  return rows;
}
