import { DataSource, type MigrationInterface } from 'typeorm';
import { parseDatabaseUrl } from './database-url.ts';
import { clientClass, type SingleClient } from './host-list-client.ts';
import { SnakeCaseNaming } from './naming.ts';
import { TurnSocket } from './turn-socket.ts';

/** How to connect to the database. */
export interface ConnectionSettings {
  /** `postgres://user:password@host:port/database`, with several hosts where there are several servers. */
  readonly url: string;
  /** After how long PostgreSQL gives a statement up; 0: never. */
  readonly statementTimeoutMs: number;
  /** After how long PostgreSQL gives up waiting for a lock; 0 or absent: with the statement. */
  readonly lockTimeoutMs?: number;
  /** How long each server may take to accept a connection; absent: as the address says, or a few seconds. */
  readonly connectTimeoutMs?: number;
  /** Whether the server is told of the timeouts at the start of a connection (default); a pooler refuses to be. */
  readonly sendsTimeouts?: boolean;
  /** What `pg_stat_activity` calls the connections; "standfirst" by default. */
  readonly applicationName?: string;
}

/** What a data source needs to know; the lists of classes come from the composition root. */
export interface DataSourceSettings extends ConnectionSettings {
  /** The most connections that are open at once. */
  readonly poolSize: number;
  readonly entities: readonly (abstract new (...args: never[]) => object)[];
  readonly migrations: readonly (new () => MigrationInterface)[];
  /** Told of connections that broke while nobody used them. The pool has replaced them already; must not throw. */
  readonly onPoolError: (error: Error) => void;
}

/** How long the client waits beyond the server's own timeout before it takes the server for dead. */
const answerGraceMs = 2000;
/** How long a single server may take to accept a connection, and how long each of several. */
const [connectMs, connectMsOfSeveral] = [5000, 2000];

/** Options of each connection, for the driver. */
function connectionOptions(settings: ConnectionSettings) {
  const { statementTimeoutMs, lockTimeoutMs = 0, sendsTimeouts = true } = settings;
  const address = parseDatabaseUrl(settings.url);
  const { urls } = address;
  const perHostMs =
    settings.connectTimeoutMs ??
    address.connectTimeoutMs ??
    (urls.length > 1 ? connectMsOfSeveral : connectMs);
  return {
    // The host of the first: the client puts another one in its place where that is chosen.
    connectionString: urls[0] ?? '',
    application_name: settings.applicationName ?? 'standfirst',
    Client: clientClass(address, perHostMs),
    // Of all servers together, each of which is asked what it is.
    connectionTimeoutMillis: urls.length === 1 ? perHostMs : 2 * perHostMs * urls.length,
    keepAlive: true,
    // Statements may be sent before the ones ahead of them are answered. PostgreSQL runs them in their order.
    pipeline: true,
    stream: () => new TurnSocket(),
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
    // Else connecting would create the extension behind @Generated('uuid'), which PostgreSQL has built in.
    installExtensions: false,
    uuidExtension: 'pgcrypto',
    poolErrorHandler: settings.onPoolError,
    extra: { ...options, max: settings.poolSize, idleTimeoutMillis: 30_000 },
  });
}

/** A connection of its own, outside of any pool, not yet open. It goes to whichever server the pool's would go to. */
export function createClient(settings: ConnectionSettings): SingleClient {
  const { Client, stream: _, pipeline: __, ...options } = connectionOptions(settings);
  return new Client(options);
}
