import { EventEmitter } from 'node:events';
import { Client, type ClientConfig } from 'pg';
import type { DatabaseAddress, SessionAttributes } from '../config/database-url.ts';

/**
 * A client whose broken connection never ends the process: while it passes from one owner to the next, nobody else
 * listens for `error`, and an unhandled `error` event would throw. The next owner's first statement fails.
 */
export class ListenedClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}

/** How long a server that failed is tried after the others, in milliseconds. */
const setBackMs = 10_000;

/** The servers of a database URL, and those of them that failed lately. */
class HostList {
  readonly address: DatabaseAddress;
  readonly timeoutMs: number;
  readonly #failedAt = new Map<string, number>();

  constructor(address: DatabaseAddress, timeoutMs: number) {
    this.address = address;
    this.timeoutMs = timeoutMs;
  }

  /** The servers in the order in which they are tried: that of the URL, with servers that failed lately at the end. */
  get order(): readonly string[] {
    const since = performance.now() - setBackMs;
    const failed = (url: string): boolean => (this.#failedAt.get(url) ?? -Infinity) > since;
    const { urls } = this.address;
    return [...urls.filter((url) => !failed(url)), ...urls.filter(failed)];
  }

  note(url: string, outcome: 'failed' | 'connected'): void {
    if (outcome === 'failed') this.#failedAt.set(url, performance.now());
    else this.#failedAt.delete(url);
  }
}

/** SQLSTATE classes of refusals that other servers would repeat: a wrong password, a database that does not exist. */
const isFinal = (error: Error & { readonly code?: string }): boolean => /^(28|3D)/.test(error.code ?? '');

/** The error for a server that answers but does not have the required attributes. */
function unsuitable(attributes: SessionAttributes): Error {
  const message = `No server of DATABASE_URL is ${attributes === 'primary' ? 'a primary' : 'open for writing'}`;
  // SQLSTATE read_only_sql_transaction, with which a write on that server would fail.
  return Object.assign(new Error(message), { code: '25006' });
}

/**
 * A connection to the first server of a list that accepts it, chosen on `connect`; the driver knows single servers
 * only. Implements as much of the driver's client as the pool and the data source use, by delegating to the chosen
 * server's client.
 */
class HostListClient extends EventEmitter {
  readonly #config: ClientConfig;
  readonly #hosts: HostList;
  #client: Client | undefined;
  #isEnding = false;

  constructor(config: ClientConfig, hosts: HostList) {
    super();
    this.#config = config;
    this.#hosts = hosts;
    this.on('error', () => undefined);
  }

  connect(): Promise<void>;
  connect(callback: (error: unknown) => void): void;
  connect(callback?: (error: unknown) => void): Promise<void> | undefined {
    const connected = this.#connect();
    if (!callback) return connected;
    connected.then(() => callback(undefined), callback);
    return undefined;
  }

  query(...args: [never]): unknown {
    if (!this.#client) throw new Error('The client is not connected');
    return this.#client.query(...args);
  }

  end(): Promise<void>;
  end(callback: () => void): void;
  end(callback?: () => void): Promise<void> | undefined {
    this.#isEnding = true;
    const ended = this.#client?.end() ?? Promise.resolve();
    if (!callback) return ended;
    void ended.then(callback, callback);
    return undefined;
  }

  /** The pool destroys the stream of this connection when connecting takes too long. */
  get connection(): unknown {
    return (this.#client as unknown as { connection: unknown } | undefined)?.connection;
  }

  /** The number of the server's process, by which a pooler is found. */
  get processID(): number | null {
    return (this.#client as unknown as { processID: number | null } | undefined)?.processID ?? null;
  }

  isConnected(): boolean {
    return this.#client !== undefined;
  }

  /** The pool reads `_queryable` and `_ending`, and discards clients that are unusable or ending. */
  get _queryable(): boolean {
    return (this.#client as unknown as { _queryable: boolean } | undefined)?._queryable ?? false;
  }

  get _ending(): boolean {
    return (
      this.#isEnding || ((this.#client as unknown as { _ending: boolean } | undefined)?._ending ?? false)
    );
  }

  async #connect(): Promise<void> {
    let failure: Error | undefined;
    for (const url of this.#hosts.order) {
      if (this.#isEnding) break;
      try {
        await this.#open(url);
        this.#hosts.note(url, 'connected');
        return;
      } catch (error) {
        this.#hosts.note(url, 'failed');
        failure = error as Error;
        if (isFinal(failure)) break;
      }
    }
    throw failure ?? new Error('Connection terminated');
  }

  async #open(url: string): Promise<void> {
    const { timeoutMs, address } = this.#hosts;
    const client = new ListenedClient({
      ...this.#config,
      connectionString: url,
      connectionTimeoutMillis: timeoutMs,
    });
    this.#client = client;
    try {
      await client.connect();
      await requireAttributes(client, address.sessionAttributes, timeoutMs);
    } catch (error) {
      this.#client = undefined;
      void client.end().catch(() => undefined);
      throw error;
    }
    for (const event of ['error', 'end', 'notice', 'notification'])
      client.on(event as 'end', (...args) => this.emit(event, ...args));
  }
}

async function requireAttributes(
  client: Client,
  attributes: SessionAttributes,
  timeoutMs: number,
): Promise<void> {
  if (attributes === 'any') return;
  const { rows } = await client.query<{ standby: boolean; readOnly: string }>({
    text: `SELECT pg_is_in_recovery() AS standby, current_setting('transaction_read_only') AS "readOnly"`,
    query_timeout: timeoutMs,
  } as { text: string });
  const [row] = rows;
  const isSuitable = attributes === 'primary' ? row?.standby === false : row?.readOnly === 'off';
  if (!isSuitable) throw unsuitable(attributes);
}

/** The part of the driver's client that a program needs for a connection outside the pool. */
export type SingleClient = Pick<Client, 'on' | 'removeAllListeners'> & {
  connect(): Promise<unknown>;
  end(): Promise<void>;
  query<Row>(statement: { text: string; query_timeout?: number }): Promise<{ rows: Row[] }>;
};

/**
 * The client class for a database URL. A single server without required attributes needs no host list, only the
 * driver's own client.
 */
export function clientClass(
  address: DatabaseAddress,
  timeoutMs: number,
): new (config: ClientConfig) => SingleClient {
  if (address.urls.length === 1 && address.sessionAttributes === 'any') return ListenedClient;
  const hosts = new HostList(address, timeoutMs);
  return class extends HostListClient {
    constructor(config: ClientConfig) {
      super(config, hosts);
    }
  } as unknown as new (config: ClientConfig) => SingleClient;
}
