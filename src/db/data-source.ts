import { Client, type ClientConfig } from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import { SnakeCaseNaming } from './naming.ts';
import { TurnSocket } from './turn-socket.ts';

/** What a data source needs to know; the lists of classes come from the composition root. */
export interface DataSourceSettings {
  /** `postgres://user:password@host:port/database` */
  readonly url: string;
  /** The most connections that are open at once. */
  readonly poolSize: number;
  /** After how long PostgreSQL gives a statement up; 0: never. */
  readonly statementTimeoutMs: number;
  readonly entities: readonly (new () => object)[];
  readonly migrations: readonly (new () => MigrationInterface)[];
  /** What `pg_stat_activity` calls the connections; "standfirst" by default. */
  readonly applicationName?: string;
  /** Told of connections that broke while nobody used them. The pool has replaced them already; must not throw. */
  readonly onPoolError: (error: Error) => void;
}

/** How long the client waits beyond the server's own timeout before it takes the server for dead. */
const answerGraceMs = 2000;

/**
 * A connection whose break never ends the process. While it changes hands, nobody listens for a moment; whoever has it by
 * then is told by its first statement.
 */
class ListenedClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}

/** A data source, not yet connected. It never changes the schema by itself. */
export function createDataSource(settings: DataSourceSettings): DataSource {
  const { statementTimeoutMs } = settings;
  return new DataSource({
    type: 'postgres',
    url: settings.url,
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
    extra: {
      application_name: settings.applicationName ?? 'standfirst',
      Client: ListenedClient,
      max: settings.poolSize,
      connectionTimeoutMillis: 5000,
      idleTimeoutMillis: 30_000,
      keepAlive: true,
      // Statements may be sent before the ones ahead of them are answered. PostgreSQL runs them in their order.
      pipeline: true,
      stream: () => new TurnSocket(),
      statement_timeout: statementTimeoutMs,
      query_timeout: statementTimeoutMs === 0 ? 0 : statementTimeoutMs + answerGraceMs,
    },
  });
}
