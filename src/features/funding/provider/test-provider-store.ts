import type { Store } from '@standfirst/test-provider';
import { Database } from '../../../platform/db/database.ts';
import { openDataSource } from '../../../platform/db/pooler.ts';

export interface StoreSettings {
  readonly databaseUrl: string;
  readonly prepareStatements: boolean;
  /** Called for each idle connection that breaks. */
  readonly onError: (error: unknown) => void;
}

/** Few: a charge takes milliseconds. */
const poolSize = 4;
const [statementTimeoutMs, lockTimeoutMs] = [10_000, 5000];

/** Connections of the test provider to the service's database. */
export async function openTestProviderStore(settings: StoreSettings): Promise<Store> {
  const { databaseUrl: url, prepareStatements, onError: onPoolError } = settings;
  const { source } = await openDataSource({
    url,
    poolSize,
    statementTimeoutMs,
    lockTimeoutMs,
    prepareStatements,
    entities: [],
    migrations: [],
    applicationName: 'standfirst test provider',
    onPoolError,
  });
  const db = new Database(source, { prepareStatements });
  return {
    query: (statement, values) => db.query(statement, values),
    transaction: (work) => db.transaction(work),
    close: () => source.destroy(),
  };
}
