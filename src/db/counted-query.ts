import pg, { type ClientBase, type QueryConfig } from 'pg';

/** Counts what the statements of one request bring. */
export interface RowCounter {
  /** Why no more may be read; undefined: it goes on. */
  readonly exceeded: Error | undefined;
  /** Called with the bytes of each row as it arrives. */
  countRow(bytes: number): void;
  /** Called after each statement. Waits until the request may go on with what it has read; undefined: it need not wait. */
  afterRows(): Promise<void> | undefined;
}

/** So many bytes that nobody waits for are still received: another connection would take longer. */
const mostDropped = 8 * 1024 * 1024;

/** A statement brings far more than may be read. Its connection is busy with the rest of it, and of no use any more. */
export class ReadStoppedError extends Error {
  override readonly name = 'ReadStoppedError';
  readonly reason: Error;

  constructor(reason: Error) {
    super(reason.message);
    this.reason = reason;
  }
}

/** A row as the driver hands it over; its declarations leave that out (`pg-protocol`, DataRowMessage). */
interface DataRow {
  readonly length: number;
}

interface RowHandler {
  handleDataRow(row: DataRow): void;
}

/**
 * Sends a statement whose rows are counted as they arrive. Those that are too many are not kept.
 * @throws ReadStoppedError; the reason of the counter; whatever the driver throws
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
