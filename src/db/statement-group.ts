import type { Socket } from 'node:net';
import pg, { type ClientBase, type QueryConfig, type QueryResult } from 'pg';

/** The part of the driver's connection that its type declarations omit (`pg`, lib/connection.js). */
interface Wire {
  readonly stream: Socket;
  readonly submittedNamedStatements: Record<string, string>;
  /** The texts of the statements that the server has prepared for the connection, by name. */
  readonly parsedStatements: Record<string, string>;
  sync(): void;
}

/** The part of a query of the driver that its type declarations omit (`pg`, lib/query.js). */
interface Sent {
  name?: string | undefined;
  text: string;
  queryMode?: string;
  callback: (error: Error | null) => void;
  submit(wire: Wire): Error | null;
  handleRowDescription(message: unknown): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, wire: Wire): void;
  handleEmptyQuery(wire: Wire): void;
  handleError(error: unknown, wire: Wire): void;
  handleReadyForQuery(wire: Wire): void;
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

/** What a group needs of a connection. */
interface Way {
  /** The connection for the messages of one statement: the group ends them. */
  readonly wire: Wire;
  /** The same, for a statement whose columns are known. */
  readonly describedWire: Wire;
  /**
   * The columns of prepared statements as the server described them, by name. They do not change: the server refuses to
   * run a statement whose columns have become others.
   */
  readonly descriptions: Map<string, unknown>;
}

const ways = new WeakMap<Wire, Way>();

function wayOf(whole: Wire): Way {
  const known = ways.get(whole);
  if (known) return known;
  // A query closes its statement if its values cannot be sent. The messages of the group would not fit the answers.
  const close = (): void => void whole.stream.destroy();
  const wire = Object.create(whole, { sync: { value: ignore }, close: { value: close } }) as Wire;
  const describedWire = Object.create(wire, { describe: { value: ignore } }) as Wire;
  const way: Way = { wire, describedWire, descriptions: new Map() };
  ways.set(whole, way);
  return way;
}

/**
 * Statements that are sent together and end together, with one `Sync` of PostgreSQL's extended query protocol. Outside
 * a transaction they are one: if one of them fails, none of them has an effect, and the server skips those behind it. A
 * `Sync` for each would cost the server a commit and a system call for each.
 * Its members are told of the end when the group has ended, because a statement outside a transaction is committed then.
 */
class StatementGroup implements Omit<Sent, 'submit'> {
  /** The driver takes note of prepared statements by the name and the text of the query that is being answered. */
  name: string | undefined;
  text = '';
  callback: Sent['callback'] = ignore;
  readonly #members: Sent[] = [];
  #descriptions: Map<string, unknown> | undefined;
  #answered = 0;

  add(query: Sent): void {
    this.#members.push(query);
  }

  submit(whole: Wire): Error | null {
    const { wire, describedWire, descriptions } = wayOf(whole);
    this.#descriptions = descriptions;
    for (const member of this.#members) {
      const error = member.submit(this.#describe(member, whole) ? describedWire : wire);
      if (!error) continue;
      whole.stream.destroy();
      return error;
    }
    whole.sync();
    this.#name();
    return null;
  }

  handleRowDescription(message: unknown): void {
    if (this.name !== undefined) this.#descriptions?.set(this.name, message);
    this.#current?.handleRowDescription(message);
  }

  handleDataRow(message: unknown): void {
    this.#current?.handleDataRow(message);
  }

  handleCommandComplete(message: unknown, wire: Wire): void {
    this.#current?.handleCommandComplete(message, wire);
    this.#next();
  }

  handleEmptyQuery(): void {
    this.#next();
  }

  handleError(error: unknown, wire: Wire): void {
    const failed = this.#current;
    const others = this.#members.splice(0).filter((member) => member !== failed);
    failed?.handleError(error, wire);
    for (const member of others) {
      // The server may have skipped its preparation.
      if (member.name !== undefined) delete wire.submittedNamedStatements[member.name];
      member.handleError(new StatementSkippedError(error), wire);
    }
    this.callback(null);
  }

  handleReadyForQuery(wire: Wire): void {
    for (const member of this.#members.splice(0)) member.handleReadyForQuery(wire);
    this.callback(null);
  }

  /** Tells a query of its columns if they are known. @returns whether they are */
  #describe(member: Sent, { parsedStatements }: Wire): boolean {
    const { name, text } = member;
    if (name === undefined || parsedStatements[name] !== text) return false;
    const message = this.#descriptions?.get(name);
    if (message === undefined) return false;
    member.handleRowDescription(message);
    return true;
  }

  get #current(): Sent | undefined {
    return this.#members[this.#answered];
  }

  #next(): void {
    this.#answered += 1;
    this.#name();
  }

  #name(): void {
    this.name = this.#current?.name;
    this.text = this.#current?.text ?? '';
  }
}

// In pipeline mode, the driver takes no queries but its own.
Object.setPrototypeOf(StatementGroup.prototype, pg.Query.prototype);

/** The groups of the present turn of the event loop, by connection. */
const groups = new WeakMap<ClientBase, StatementGroup>();

/** The group that is being made for a connection: what is sent on it in this turn of the event loop is in the same one. */
export function groupOf(client: ClientBase): object {
  return openGroup(client);
}

function openGroup(client: ClientBase): StatementGroup {
  const present = groups.get(client);
  if (present) return present;
  const group = new StatementGroup();
  groups.set(client, group);
  process.nextTick(() => {
    groups.delete(client);
    client.query(group as unknown as pg.Query);
  });
  return group;
}

/** A statement that the driver has not sent yet, and what handles each of its rows. */
export type PendingQuery = Pick<Sent, 'handleDataRow'>;

/**
 * Sends a statement with the others that the connection is given in this turn of the event loop.
 * @param prepare called before it is sent
 * @throws StatementSkippedError; any error of the driver
 */
export function sendInGroup(
  client: ClientBase,
  statement: QueryConfig,
  prepare?: (query: PendingQuery, reject: (error: Error) => void) => void,
): Promise<QueryResult<Record<string, unknown>>> {
  return new Promise((resolve, reject) => {
    // Not the simple protocol, whose statements end by themselves.
    const config = { ...statement, queryMode: 'extended' };
    const query = new pg.Query(config, (error, result) => {
      if (error) reject(error);
      else resolve(result);
    }) as unknown as Sent;
    prepare?.(query, reject);
    openGroup(client).add(query);
  });
}
