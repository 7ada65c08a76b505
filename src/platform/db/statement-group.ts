import type { Socket } from 'node:net';
import { type RowMaker, rowMaker } from './row-maker.ts';
import pg, { type ClientBase, type QueryConfig, type QueryResult } from 'pg';
import parseDate from 'postgres-date';

/*
 * PostgreSQL's extended query protocol has messages for each statement, and a `Sync` that ends what was sent. The driver
 * sends a `Sync` for each statement. Here, the statements that a connection is given in one turn of the event loop are
 * a group with one `Sync`: the server answers all of them in one piece, and skips the rest of the group once one of its
 * statements fails. Without an open transaction, the group is one by itself.
 */

/** The part of the driver's connection that its type declarations omit (`pg`, lib/connection.js). */
interface Connection {
  readonly stream: Socket;
  readonly submittedNamedStatements: Record<string, string>;
  /** The texts of the statements that the server has prepared for the connection, by name. */
  readonly parsedStatements: Record<string, string>;
  sync(): void;
}

/** What the driver's result knows of its columns, and makes rows with (`pg`, lib/result.js). */
interface Columns {
  fields: readonly { readonly name: string }[];
  _parsers: Parameters<RowMaker>[0];
  _prebuiltEmptyResultObject: unknown;
  _types?: pg.CustomTypesConfig;
  parseRow?: (values: Parameters<RowMaker>[1]) => object;
}

/** The part of the driver's query that its type declarations omit (`pg`, lib/query.js). */
interface DriverQuery {
  name?: string | undefined;
  text: string;
  queryMode?: string;
  callback: (error: Error | null) => void;
  readonly _result: Columns;
  _accumulateRows: boolean;
  submit(connection: Connection): Error | null;
  handleRowDescription(message: unknown): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: Connection): void;
  handleEmptyQuery(connection: Connection): void;
  handleError(error: unknown, connection: Connection): void;
  handleReadyForQuery(connection: Connection): void;
}

/** A statement has no effect, because another one of its group failed. The cause is that one's error. */
export class StatementSkippedError extends Error {
  override readonly name = 'StatementSkippedError';

  constructor(cause: unknown) {
    super('Another statement that was sent with this one failed', { cause });
  }
}

/** The error because of which a statement has no effect. */
export function unskipped(error: unknown): unknown {
  return error instanceof StatementSkippedError ? error.cause : error;
}

const ignore = (): void => undefined;

/** A connection as the statements of a group use it. */
interface GroupConnection {
  /** For the messages of one statement: the group ends them. */
  readonly plain: Connection;
  /** The same, for a statement whose columns are known. */
  readonly described: Connection;
  /**
   * The columns of prepared statements as the server described them, by name. They do not change: the server refuses to
   * run a statement whose columns have become others. (A pooler that prepares statements anew by itself hides this.)
   */
  readonly columns: Map<string, Columns>;
}

function columnsOf({ fields, _parsers, _prebuiltEmptyResultObject }: Columns): Columns {
  const make = rowMaker(fields.map(({ name }) => name));
  return {
    fields,
    _parsers,
    _prebuiltEmptyResultObject,
    ...(make ? { parseRow: (values) => make(_parsers, values) } : {}),
  };
}

const groupConnections = new WeakMap<Connection, GroupConnection>();

function groupConnectionOf(connection: Connection): GroupConnection {
  const known = groupConnections.get(connection);
  if (known) return known;
  // A query closes its statement if its values cannot be sent. The messages of the group would not fit the answers.
  const close = (): void => void connection.stream.destroy();
  const plain = Object.create(connection, { sync: { value: ignore }, close: { value: close } }) as Connection;
  const described = Object.create(plain, { describe: { value: ignore } }) as Connection;
  const made: GroupConnection = { plain, described, columns: new Map() };
  groupConnections.set(connection, made);
  return made;
}

/**
 * Statements with one `Sync`. They are told of their results when the group has ended, because a statement outside a
 * transaction is committed then.
 */
class StatementGroup implements Omit<DriverQuery, 'submit' | '_result' | '_accumulateRows'> {
  /** The driver takes note of prepared statements by the name and the text of the query that is being answered. */
  name: string | undefined;
  text = '';
  callback: DriverQuery['callback'] = ignore;
  readonly #members: DriverQuery[] = [];
  #columns: Map<string, Columns> | undefined;
  #answered = 0;

  add(query: DriverQuery): void {
    this.#members.push(query);
  }

  submit(connection: Connection): Error | null {
    const { plain, described, columns } = groupConnectionOf(connection);
    this.#columns = columns;
    for (const member of this.#members) {
      const error = member.submit(this.#describe(member, connection) ? described : plain);
      if (!error) continue;
      connection.stream.destroy();
      return error;
    }
    connection.sync();
    this.#follow();
    return null;
  }

  handleRowDescription(message: unknown): void {
    const member = this.#current;
    member?.handleRowDescription(message);
    if (this.name !== undefined && member) this.#columns?.set(this.name, columnsOf(member._result));
  }

  handleDataRow(message: unknown): void {
    this.#current?.handleDataRow(message);
  }

  handleCommandComplete(message: unknown, connection: Connection): void {
    this.#current?.handleCommandComplete(message, connection);
    this.#next();
  }

  handleEmptyQuery(): void {
    this.#next();
  }

  handleError(error: unknown, connection: Connection): void {
    const failed = this.#current;
    // If all of them ran, their common end has failed.
    const skipped = failed ? new StatementSkippedError(error) : error;
    for (const member of this.#members.splice(0)) {
      // The server may have skipped its preparation.
      if (member.name !== undefined) delete connection.submittedNamedStatements[member.name];
      member.handleError(member === failed ? error : skipped, connection);
    }
    this.callback(null);
  }

  handleReadyForQuery(connection: Connection): void {
    for (const member of this.#members.splice(0)) member.handleReadyForQuery(connection);
    this.callback(null);
  }

  /** Tells a query of its columns if they are known. @returns whether they are */
  #describe(member: DriverQuery, { parsedStatements }: Connection): boolean {
    const { name, text } = member;
    if (name === undefined || parsedStatements[name] !== text) return false;
    const columns = this.#columns?.get(name);
    if (columns === undefined) return false;
    // As its `handleRowDescription` does, which would look up how to read each column anew.
    Object.assign(member._result, columns);
    member._accumulateRows = true;
    return true;
  }

  get #current(): DriverQuery | undefined {
    return this.#members[this.#answered];
  }

  #next(): void {
    this.#answered += 1;
    this.#follow();
  }

  #follow(): void {
    this.name = this.#current?.name;
    this.text = this.#current?.text ?? '';
  }
}

// In pipeline mode, the driver takes no queries but its own.
Object.setPrototypeOf(StatementGroup.prototype, pg.Query.prototype);

/** The groups of the present turn of the event loop, by connection. */
const groups = new WeakMap<ClientBase, StatementGroup>();

/** The group that was opened for a connection in this turn of the event loop; undefined: none was. */
export const groupOf = (client: ClientBase): object | undefined => groups.get(client);

function openGroup(client: ClientBase): StatementGroup {
  const present = groups.get(client);
  if (present) return present;
  const group = new StatementGroup();
  groups.set(client, group);
  process.nextTick(() => {
    if (groups.get(client) === group) sendGroup(client);
  });
  return group;
}

function sendGroup(client: ClientBase): void {
  const group = groups.get(client);
  groups.delete(client);
  if (group) client.query(group as unknown as pg.Query);
}

/** How values are read: as by the driver, but points in time by a newer parser, which takes half the time. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (type, format): unknown =>
    type === pg.types.builtins.TIMESTAMPTZ && format !== 'binary'
      ? parseDate
      : pg.types.getTypeParser(type, format),
};

/** A statement that the driver has not sent yet, with what handles each of its rows. */
export type PendingQuery = Pick<DriverQuery, 'handleDataRow'>;

export interface SendOptions {
  /** Whether the statement is a group by itself. Otherwise it is sent with the others of this turn of the event loop. */
  readonly alone?: boolean;
  /** Called before the statement is sent. */
  readonly prepare?: (query: PendingQuery, reject: (error: Error) => void) => void;
}

/**
 * Sends a statement.
 * @throws StatementSkippedError, unless it is alone; any error of the driver
 */
export function sendInGroup(
  client: ClientBase,
  { text, values, name }: QueryConfig,
  { alone = false, prepare }: SendOptions = {},
): Promise<QueryResult<Record<string, unknown>>> {
  return new Promise((resolve, reject) => {
    const query = new pg.Query(text, values, (error, result) => {
      if (error) reject(error);
      else resolve(result);
    }) as unknown as DriverQuery;
    query.name = name;
    query._result._types = types;
    // Not the simple protocol, whose statements end by themselves.
    query.queryMode = 'extended';
    prepare?.(query, reject);
    if (alone) sendGroup(client);
    openGroup(client).add(query);
    if (alone) sendGroup(client);
  });
}
