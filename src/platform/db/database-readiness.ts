import type { DataSource } from 'typeorm';
import { createClient } from './data-source.ts';
import type { Database } from './database.ts';
import { lookMs, Readiness } from './readiness.ts';
import { migrationNames, schemaFault } from './schema-fault.ts';

export interface DatabaseReadinessOptions {
  readonly url: string;
  readonly sendsTimeouts: boolean;
  readonly dataSource: DataSource;
  readonly db: Database;
}

/** Tells whether the service's database is ready, and has the schema that this program works with. */
export const readinessOf = ({ url, sendsTimeouts, dataSource, db }: DatabaseReadinessOptions): Readiness =>
  new Readiness({
    createClient: () =>
      createClient({
        url,
        statementTimeoutMs: lookMs,
        connectTimeoutMs: lookMs,
        sendsTimeouts,
        applicationName: 'standfirst-readiness',
      }),
    findSchemaFault: (query) => schemaFault({ query }, migrationNames(dataSource)),
    askPool: (statement) => db.forNode('readiness').query(statement),
    onReadsOnly: () => db.renewConnections(),
  });
