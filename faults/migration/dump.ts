import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Client } from 'pg';

/** A backup under way. */
export interface Dump {
  /** Lets the dump finish, and waits for its end. */
  finish(): Promise<void>;
}

/** A `pg_dump` whose output is not read until `finish`: it keeps its locks and its snapshot. */
export async function beginSlowDump(url: string): Promise<Dump> {
  const child = spawn('pg_dump', ['--format=plain', url], { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (data: Buffer) => (complaints += data.toString()));
  const exited = once(child, 'exit') as Promise<[number | null]>;
  // The first output arrives when all tables are locked.
  await Promise.race([once(child.stdout, 'readable'), exited]);
  return {
    finish: async () => {
      child.stdout.resume();
      const [code] = await exited;
      if (code !== 0) throw new Error(`pg_dump ended with ${code}: ${complaints}`);
    },
  };
}

/** A transaction with the locks and the snapshot of a `pg_dump`, where that program is missing. */
export async function holdAllTables(url: string): Promise<Dump> {
  const client = new Client({ connectionString: url, application_name: 'pg_dump' });
  await client.connect();
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
  const { rows } = await client.query<{ name: string }>(
    `SELECT oid::regclass::text AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace`,
  );
  await client.query(`LOCK TABLE ${rows.map(({ name }) => name).join(', ')} IN ACCESS SHARE MODE`);
  await client.query('SELECT count(*) FROM account');
  return {
    finish: async () => {
      await client.query('COMMIT');
      await client.end();
    },
  };
}
