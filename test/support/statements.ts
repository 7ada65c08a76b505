import pg, { type Connection } from 'pg';

/** A statement as the driver sent it. */
export interface SentStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The statement by which a node looks for work now and then: no request has caused it. */
const look = /^SELECT '' AS name, 0 AS waiting/;

type Submit = (this: Partial<SentStatement>, ...args: unknown[]) => unknown;
type Sync = (this: Connection) => unknown;

/** What was sent while statements were recorded; the lists grow until `stop` is called. */
export interface StatementRecord {
  readonly statements: string[];
  /** The same with their values. */
  readonly sent: SentStatement[];
  /** The same by the round trip that they took: the statements before each `Sync`. */
  readonly trips: string[][];
  /** The looks for work, which are in no other list. */
  readonly looks: string[];
  readonly stop: () => void;
}

/** Records every statement that the `pg` driver sends in this process, exactly as it is sent, but for looks for work. */
export function recordStatements(): StatementRecord {
  const statements: string[] = [];
  const looks: string[] = [];
  const sent: SentStatement[] = [];
  const trips: string[][] = [];
  let trip: string[] = [];
  const connection = pg.Connection.prototype as unknown as { sync: Sync };
  const originalSync = connection.sync;
  connection.sync = function () {
    if (trip.length > 0) trips.push(trip);
    trip = [];
    return originalSync.call(this);
  };
  const prototype = pg.Query.prototype as unknown as { submit: Submit };
  const original = prototype.submit;
  prototype.submit = function (...args) {
    const { text = '', values } = this;
    if (look.test(text)) looks.push(text);
    else {
      statements.push(text);
      trip.push(text);
      sent.push({ text, values: Array.isArray(values) ? values : [] });
    }
    return original.apply(this, args);
  };
  return {
    statements,
    looks,
    sent,
    trips,
    stop: () => {
      prototype.submit = original;
      connection.sync = originalSync;
    },
  };
}
