import pg, { type ClientBase, type QueryConfig } from 'pg';

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

interface RowHandler {
  handleDataRow(row: DataRow): void;
}

/**
 * Sends a statement and counts its rows as they arrive. Rows beyond the counter's limit are dropped.
 * @throws ReadStoppedError; the reason of the counter; any error of the driver
 */
export function sendCounted(
  client: ClientBase,
  config: QueryConfig,
  counter: RowCounter,
): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const query = new pg.Query<Record<string, unknown>>(config, (error: Error | undefined, result) => {
      const reason = error ?? counter.exceeded;
      if (reason) reject(reason);
      else resolve(result.rows);
    });
    const handler = query as unknown as RowHandler;
    const keep = handler.handleDataRow.bind(query);
    let dropped = 0;
    handler.handleDataRow = (row) => {
      if (!counter.exceeded) counter.countRow(row.length);
      if (!counter.exceeded) return keep(row);
      dropped += row.length;
      if (dropped > mostDropped) reject(new ReadStoppedError(counter.exceeded));
    };
    client.query(query);
  });
}
