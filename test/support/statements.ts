import pg, { type Connection } from 'pg';

/** A statement as the driver sent it. */
export interface SentStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Statements by which nodes look for work now and then: no request has caused them. */
const looks = [
  /^\s*SELECT hash FROM endorsement_link\s+WHERE expires_at <=/,
  /^\s*SELECT id::text AS id FROM account WHERE erase_at <=/,
  / FROM journalist WHERE name_keys IS NULL/,
  /^\s*UPDATE journalist j SET name_keys/,
];

type Submit = (this: Partial<SentStatement>, ...args: unknown[]) => unknown;
type Sync = (this: Connection) => unknown;

/** What was sent while statements were recorded; the lists grow until `stop` is called. */
export interface StatementRecord {
  readonly statements: string[];
  /** The same with their values. */
  readonly sent: SentStatement[];
  /** The same by the round trip that they took: the statements before each `Sync`. */
  readonly trips: string[][];
  readonly stop: () => void;
}

/** Records every statement that the `pg` driver sends in this process, exactly as it is sent, but for those of `looks`. */
export function recordStatements(): StatementRecord {
  const statements: string[] = [];
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
    if (!looks.some((look) => look.test(text))) {
      statements.push(text);
      trip.push(text);
      sent.push({ text, values: Array.isArray(values) ? values : [] });
    }
    return original.apply(this, args);
  };
  return {
    statements,
    sent,
    trips,
    stop: () => {
      prototype.submit = original;
      connection.sync = originalSync;
    },
  };
}
