import { DataSource, type MigrationInterface } from 'typeorm';
import { parseDatabaseUrl } from '../config/database-url.ts';
import { clientClass, type SingleClient } from './host-list-client.ts';
import { SnakeCaseNaming } from './naming.ts';
import { BatchSocket } from './batch-socket.ts';

/** Connection to the database. */
export interface ConnectionSettings {
  /** `postgres://user:password@host:port/database`; several hosts for several servers. */
  readonly url: string;
  /** Time after which PostgreSQL cancels a statement; 0: never. */
  readonly statementTimeoutMs: number;
  /** Time after which PostgreSQL gives up waiting for a lock; 0 or absent: only when the statement is cancelled. */
  readonly lockTimeoutMs?: number;
  /** Time that each server has to accept a connection; absent: as in the URL, else a few seconds. */
  readonly connectTimeoutMs?: number;
  /** Whether the timeouts are sent as startup parameters (default); a connection pooler rejects them. */
  readonly sendsTimeouts?: boolean;
  /** `application_name` of the connections in `pg_stat_activity`; "standfirst" by default. */
  readonly applicationName?: string;
}

/** Settings of a data source; the composition root passes the lists of classes. */
export interface DataSourceSettings extends ConnectionSettings {
  /** Most connections that are open at once. */
  readonly poolSize: number;
  readonly entities: readonly (abstract new (...args: never[]) => object)[];
  readonly migrations: readonly (new () => MigrationInterface)[];
  /** Called for each idle connection that breaks. The pool has already replaced it. Must not throw. */
  readonly onPoolError: (error: Error) => void;
}

/** Time that the client waits beyond the server's own timeout before it considers the server dead. */
const answerGraceMs = 2000;
/** Time to accept a connection: for a single server, and for each of several. */
const [connectMs, connectMsOfSeveral] = [5000, 2000];

/** Options of each connection, as the driver takes them. */
function connectionOptions(settings: ConnectionSettings) {
  const { statementTimeoutMs, lockTimeoutMs = 0, sendsTimeouts = true } = settings;
  const address = parseDatabaseUrl(settings.url);
  const { urls } = address;
  const perHostMs =
    settings.connectTimeoutMs ??
    address.connectTimeoutMs ??
    (urls.length > 1 ? connectMsOfSeveral : connectMs);
  return {
    // The first host; with several, `HostListClient` replaces it by the one that it chooses.
    connectionString: urls[0] ?? '',
    application_name: settings.applicationName ?? 'standfirst',
    Client: clientClass(address, perHostMs),
    // Covers all servers together: each may take its time to connect and again to answer for its attributes.
    connectionTimeoutMillis: urls.length === 1 ? perHostMs : 2 * perHostMs * urls.length,
    keepAlive: true,
    // Pipelining: a statement may be sent before earlier ones are answered. PostgreSQL runs them in order.
    pipeline: true,
    stream: () => new BatchSocket(),
    ...(sendsTimeouts ? { statement_timeout: statementTimeoutMs } : {}),
    query_timeout: statementTimeoutMs === 0 ? 0 : statementTimeoutMs + answerGraceMs,
    ...(sendsTimeouts && lockTimeoutMs > 0 ? { lock_timeout: lockTimeoutMs } : {}),
  };
}

/** A data source, not yet connected. It never changes the schema by itself. */
export function createDataSource(settings: DataSourceSettings): DataSource {
  const { connectionString, ...options } = connectionOptions(settings);
  return new DataSource({
    type: 'postgres',
    url: connectionString,
    entities: [...settings.entities],
    migrations: [...settings.migrations],
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
    namingStrategy: new SnakeCaseNaming(),
    synchronize: false,
    logging: false,
    // Otherwise connecting would create the extension behind @Generated('uuid'), which PostgreSQL has built in.
    installExtensions: false,
    uuidExtension: 'pgcrypto',
    poolErrorHandler: settings.onPoolError,
    extra: { ...options, max: settings.poolSize, idleTimeoutMillis: 30_000 },
  });
}

/** A connection outside of any pool, not yet open. It chooses its server as the connections of the pool do. */
export function createClient(settings: ConnectionSettings): SingleClient {
  const { Client, stream: _, pipeline: __, ...options } = connectionOptions(settings);
  return new Client(options);
}
