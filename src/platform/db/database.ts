import type { Socket } from 'node:net';
import type { Client, ClientBase, QueryConfig } from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';
import { ReadStoppedError, Recounter, type RowCounter, sendCounted } from './counted-query.ts';
import { clientOf, refusalOfLost, type Viewer } from '../auth/viewer.ts';
import type { Claim } from '../fairness/shares.ts';
import { groupOf, sendInGroup, StatementSkippedError, unskipped } from './statement-group.ts';
import { StatementBatch } from './statement-batch.ts';
import { StatementNames } from './statement-names.ts';
import {
  OpenTransaction,
  type Queryable,
  type RunningTx,
  type TransactionConnection,
  type Tx,
} from './transaction.ts';
import type { Lane, WorkShares, WriterClaim } from './work-shares.ts';

export type { Queryable, RunningTx, Tx } from './transaction.ts';

/** SQLSTATEs of a transaction that lost to another one and may simply be run again. */
const retriable = new Set(['40001', '40P01']);
/** SQLSTATEs of a prepared statement whose result types a migration changed, or that the connection has forgotten. */
const stalePlan = new Set(['0A000', '26000']);
const maxAttempts = 5;

/** The PostgreSQL error code (SQLSTATE) behind an error, if there is one. */
export function sqlState(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string') return code;
  return sqlState((error as { driverError?: unknown }).driverError);
}

/** Whether the server has refused a statement, and the connection is as it was. */
export const isAnswer = (error: unknown): boolean =>
  error instanceof Error && 'severity' in error && !/^(08|57P|25P0[34])/.test(sqlState(error) ?? '');

/** The unique constraint that a failed statement would have violated, if that is why it failed. */
export function violatedConstraint(error: unknown): string | undefined {
  if (sqlState(error) !== '23505') return undefined;
  const { constraint, driverError } = error as { constraint?: unknown; driverError?: unknown };
  return typeof constraint === 'string' ? constraint : violatedConstraint(driverError);
}

/**
 * Locks the rights of viewers in a transaction: until it ends, nobody takes a role from them, suspends them or ends their
 * sessions. Accounts are locked in the order of their ids, each before its session or token.
 * @param changed the account that the transaction of a single viewer changes, theirs or another one: locked with the others, for a change
 * @returns the viewers as they are now, by `sessionId`; those whose session has ended, or whose token was revoked, are left out
 */
export type LockRights = (
  tx: Tx,
  viewers: readonly Viewer[],
  changed?: string,
) => Promise<ReadonlyMap<string, Viewer>>;

/** As `TransactionScope`, of a transaction for a viewer. */
interface ViewerScope {
  /** The object at which the transaction may have to queue. If that is an account (`accountSubject`), it is locked for a change. */
  readonly subject?: string | undefined;
  /** Whose rights the transaction uses. If one is lost while it waits, nothing is committed. */
  readonly viewer: Viewer;
  /** Takes the locks that everybody takes before that of an account. */
  readonly before?: ((tx: Tx) => Promise<void>) | undefined;
  readonly client?: undefined;
}

const accountPrefix = 'account:';

/** An account as the subject of a transaction. */
export const accountSubject = (id: string): string => `${accountPrefix}${id}`;

/** For whom a transaction runs, and the object at which it may have to queue. */
export type TransactionScope = ViewerScope | (WriterClaim & { readonly viewer?: undefined });

export interface DatabaseOptions {
  /**
   * Whether statements are prepared: PostgreSQL keeps each one parsed, and eventually planned, for every connection.
   * False behind a pooler in transaction mode that does not track prepared statements.
   */
  readonly prepareStatements: boolean;
  /** Divides the pool among clients; absent in commands, which have one user. */
  readonly shares?: WorkShares | undefined;
  /** Absent in commands, whose user is no viewer. */
  readonly lockRights?: LockRights | undefined;
}

/** Whether a connection is closed after an error: rows still arrive on it, or its server is read-only. */
const endsConnection = (error: unknown): boolean =>
  error instanceof ReadStoppedError || sqlState(error) === readOnlyState;

/** SQLSTATE of a write on a read-only server: a replica, or a primary that was demoted. */
export const readOnlyState = '25006';

/** Shortest time between two renewals of all connections, in milliseconds. */
const renewalMs = 1000;

/** The part of the driver's client that its type declarations omit. */
interface Connected {
  readonly connection: { readonly stream: Socket };
  end(): Promise<void>;
}

/** Closes a connection: the pool does not keep a client whose `end` was called. */
async function close(client: Client, runner: QueryRunner): Promise<void> {
  void client.end();
  await runner.release();
}

/** Closes a connection without waiting for what still arrives on it. */
function closeAtOnce(client: ClientBase): void {
  const connected = client as unknown as Connected;
  void connected.end();
  connected.connection.stream.destroy();
}

/** The database as all code above the data source sees it: statements and transactions, nothing else. */
export class Database implements Queryable {
  readonly #source: DataSource;
  readonly #names: StatementNames | undefined;
  readonly #shares: WorkShares | undefined;
  readonly #lockRights: LockRights | undefined;
  /** Time of each connection's first use; connections from before the last renewal are not used again. */
  readonly #firstUse = new WeakMap<ClientBase, number>();
  #renewedAt = 0;
  /** The statements of the present turn of the event loop, by the request that issues them. */
  readonly #batches = new Map<RowCounter, StatementBatch>();
  readonly #onCommitted = new Set<() => void>();

  constructor(source: DataSource, { prepareStatements, shares, lockRights }: DatabaseOptions) {
    this.#source = source;
    this.#names = prepareStatements ? new StatementNames() : undefined;
    this.#shares = shares;
    this.#lockRights = lockRights;
  }

  /** Runs a statement on behalf of the node itself. */
  query<Row>(statement: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.#query({ lane: 'node', client: 'node' }, statement, values);
  }

  /**
   * The database for one client: its statements have a share of the pool, and queue beyond that share.
   * @param counter counts the rows of its statements; absent where they return few
   */
  of(client: string, counter?: RowCounter): Queryable {
    return this.#as({ lane: 'read', client }, counter);
  }

  /** The database for one kind of the node's own work. @param counter as for `of` */
  forNode(work: string, counter?: RowCounter): Queryable {
    return this.#as({ lane: 'node', client: work }, counter);
  }

  /** The database for reads that render events for one client. @param counter as for `of` */
  forEvents(client: string, counter: RowCounter, lane: 'events' | 'largeEvents'): Queryable {
    return this.#as({ lane, client }, counter);
  }

  /** The database for questions about what has changed. */
  forClock(): Queryable {
    return this.#as({ lane: 'clock', client: 'clock' });
  }

  /**
   * Runs `work` in one READ COMMITTED transaction, which is committed when `work` resolves and rolled back when it
   * throws. After a deadlock `work` runs again from the start, so it must have no side effects except its statements
   * and `afterCommit`.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const run = () => this.#transaction(work);
    return this.#shares?.run({ lane: 'node', client: 'transactions' }, run) ?? run();
  }

  /**
   * As `transaction`, for a client, which has to queue where many write to the same rows. It begins by locking the viewer's
   * rights, and the account that is its subject, and is committed only if none was lost since the request began.
   * @throws RequestError RATE_LIMITED, UNAUTHENTICATED, FORBIDDEN, BusyError; nothing was written then
   */
  transactionFor<T>(scope: TransactionScope, work: (tx: RunningTx) => Promise<T>): Promise<T> {
    const { viewer, subject } = scope;
    const condition = scope.viewer && ((tx: Tx) => this.#requireRights(tx, scope));
    const run = () => this.#transaction(work, condition);
    const claim = { client: viewer ? clientOf(viewer) : scope.client, subject };
    return this.#shares?.transaction(claim, run) ?? run();
  }

  /**
   * Locks the rights of several viewers, for whom one transaction runs.
   * @returns those who have lost none since their requests began
   */
  async lockRights<V extends Viewer>(tx: Tx, viewers: readonly V[]): Promise<ReadonlySet<V>> {
    const present = await this.#lockRights?.(tx, viewers);
    if (!present) return new Set(viewers);
    return new Set(
      viewers.filter((viewer) => refusalOfLost(viewer, present.get(viewer.sessionId)) === undefined),
    );
  }

  async #requireRights(tx: Tx, { viewer, subject, before }: ViewerScope): Promise<void> {
    const changed = subject?.startsWith(accountPrefix) ? subject.slice(accountPrefix.length) : undefined;
    // Sent together, in this order.
    const [, present] = await Promise.all([before?.(tx), this.#lockRights?.(tx, [viewer], changed)]);
    const refusal = present && refusalOfLost(viewer, present.get(viewer.sessionId));
    if (refusal) throw refusal;
  }

  /** Calls a listener whenever a transaction was committed. @returns stops that */
  onCommitted(listener: () => void): () => void {
    this.#onCommitted.add(listener);
    return () => this.#onCommitted.delete(listener);
  }

  /** The longest wait for a connection, in milliseconds; undefined: it has no end. */
  get waitMs(): number | undefined {
    return this.#shares?.waitMs;
  }

  /** Counts writers that wait before they ask for a connection. */
  countWriters(waiting: () => number): void {
    this.#shares?.countWriters(waiting);
  }

  /** Replaces every connection, each before its next use, because the present ones lead to a read-only server. */
  renewConnections(): void {
    const now = performance.now();
    if (now - this.#renewedAt >= renewalMs) this.#renewedAt = now;
  }

  #as(claim: Claim<Lane>, counter?: RowCounter): Queryable {
    return { query: (statement, values = []) => this.#query(claim, statement, values, counter) };
  }

  async #query<Row>(
    claim: Claim<Lane>,
    text: string,
    values: readonly unknown[],
    counter?: RowCounter,
  ): Promise<Row[]> {
    try {
      if (!counter)
        return await this.#withClient(claim, (client) => this.#sendAnew<Row>(client, text, values));
      return await this.#withSharedClient(claim, counter, (client) => {
        if (counter.exceeded) return Promise.reject(counter.exceeded);
        return this.#sendAnew<Row>(client, text, values, counter);
      });
    } finally {
      await counter?.afterRows();
    }
  }

  /**
   * As `#send`, for a statement outside a transaction. It is sent a second time, by itself, if it was prepared before a
   * migration, if another one of its group failed, or if locks of its group were in the way of a migration.
   */
  async #sendAnew<Row>(
    client: ClientBase,
    text: string,
    values: readonly unknown[],
    counter?: RowCounter,
  ): Promise<Row[]> {
    const recounter = counter && new Recounter(counter);
    try {
      return await this.#send<Row>(client, text, values, recounter);
    } catch (error) {
      const state = sqlState(error) ?? '';
      const wasSkipped = error instanceof StatementSkippedError && isAnswer(error.cause);
      if (!wasSkipped && !stalePlan.has(state) && !retriable.has(state)) throw unskipped(error);
      if (counter?.exceeded) throw counter.exceeded;
    }
    recounter?.restart();
    return this.#send<Row>(client, text, values, recounter, true);
  }

  /** Runs work on a connection, within the client's share of the pool. */
  async #withClient<T>(claim: Claim<Lane>, work: (client: ClientBase) => Promise<T>): Promise<T> {
    const shares = this.#shares;
    const waits = shares?.take(claim);
    if (waits) await waits;
    try {
      return await this.#connected(work);
    } finally {
      shares?.release(claim);
    }
  }

  /**
   * Runs a statement on the connection of its batch: the statements that one request issues in one turn of the event loop
   * are sent and answered together.
   */
  #withSharedClient<T>(
    claim: Claim<Lane>,
    counter: RowCounter,
    send: (client: ClientBase) => Promise<T>,
  ): Promise<T> {
    const batch = this.#batches.get(counter) ?? this.#openBatch(claim, counter);
    return batch.add(send);
  }

  /** The connection is taken when that turn is over, and its statements are known. */
  #openBatch(claim: Claim<Lane>, counter: RowCounter): StatementBatch {
    const batch = new StatementBatch();
    this.#batches.set(counter, batch);
    process.nextTick(() => {
      this.#batches.delete(counter);
      this.#withClient(claim, (client) => batch.run(client, endsConnection)).catch((error: unknown) =>
        batch.fail(error),
      );
    });
    return batch;
  }

  /** @param condition as for `OpenTransaction.run` */
  async #transaction<T>(
    work: (tx: RunningTx) => Promise<T>,
    condition?: (tx: Tx) => Promise<void>,
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        const result = await this.#connected((client) =>
          new OpenTransaction(connectionOf(client, this.#names)).run(work, condition),
        );
        for (const listener of this.#onCommitted) listener();
        return result;
      } catch (error) {
        const state = sqlState(error) ?? '';
        if (attempt >= maxAttempts || !(retriable.has(state) || stalePlan.has(state))) throw error;
      }
    }
  }

  /**
   * Runs work on a connection of the pool, and closes the connection if its server is read-only or rows still arrive on
   * it.
   */
  async #connected<T>(work: (client: ClientBase) => Promise<T>): Promise<T> {
    let runner = this.#source.createQueryRunner();
    try {
      let client = (await runner.connect()) as Client;
      while (this.#isOutdated(client)) {
        await close(client, runner);
        runner = this.#source.createQueryRunner();
        client = (await runner.connect()) as Client;
      }
      try {
        return await work(client);
      } catch (error) {
        if (error instanceof ReadStoppedError) {
          closeAtOnce(client);
          await runner.release();
          throw error.reason;
        }
        if (sqlState(error) === readOnlyState) {
          this.renewConnections();
          await close(client, runner);
        }
        throw error;
      }
    } finally {
      await runner.release();
    }
  }

  #isOutdated(client: ClientBase): boolean {
    const firstUse = this.#firstUse.get(client);
    if (firstUse === undefined) this.#firstUse.set(client, performance.now());
    return firstUse !== undefined && firstUse <= this.#renewedAt;
  }

  /**
   * Bypasses TypeORM's own `query`, which cannot name statements and returns different shapes for UPDATE and SELECT.
   */
  #send<Row>(
    client: ClientBase,
    text: string,
    values: readonly unknown[],
    counter?: RowCounter,
    alone = false,
  ): Promise<Row[]> {
    return sendNamed(this.#names, { text, values: [...values] }, async (statement) => {
      if (counter) return (await sendCounted(client, statement, counter, alone)) as Row[];
      return (await sendInGroup(client, statement, { alone })).rows as Row[];
    });
  }
}

/** Sends a statement as a prepared one, if there are names; gives it a new name if its plan has become unusable. */
async function sendNamed<T>(
  names: StatementNames | undefined,
  statement: QueryConfig,
  send: (statement: QueryConfig) => Promise<T>,
): Promise<T> {
  const { text } = statement;
  const name = names?.nameOf(text);
  if (name !== undefined) statement.name = name;
  try {
    return await send(statement);
  } catch (error) {
    if (stalePlan.has(sqlState(error) ?? '')) names?.renew(text);
    throw error;
  }
}

/**
 * A connection as a transaction uses it.
 * @param names names of prepared statements; absent: none is prepared
 */
export function connectionOf(client: ClientBase, names?: StatementNames): TransactionConnection {
  const send = (text: string, values: readonly unknown[]) =>
    sendNamed(names, { text, values: [...values] }, (statement) => sendInGroup(client, statement));
  return {
    group: () => groupOf(client),
    // Prepared under no name, which the server may have forgotten, and skipped by no failure.
    rollBack: async () => {
      await sendInGroup(client, { text: 'ROLLBACK' }, { alone: true }).catch(() => closeAtOnce(client));
    },
    send: async <Row>(text: string, values: readonly unknown[]) => (await send(text, values)).rows as Row[],
    control: async (text) => (await send(text, [])).command,
  };
}
