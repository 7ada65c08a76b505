import { setTimeout as sleep } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';
import { SUPERUSER } from './cluster.ts';
import { EmbeddedPostgresError, FolderInUseError, messageOf } from './error.ts';

/** A connection that holds, or is about to take, the folder for this process. */
export interface OwnerConnection {
  readonly client: Client;
  /** Resolves when the connection is gone, for whatever reason; never rejects. */
  readonly lost: Promise<void>;
}

/** The two halves of the advisory lock key, 'stnd' and 'frst' in ASCII. */
const LOCK_KEY = [0x73746e64, 0x66727374] as const;
/** After kill -9 of an owner, its server process needs a moment to notice that the connection is closed. */
const LOCK_PATIENCE_MS = 3_000;
const APPLICATION_PREFIX = 'standfirst-owner:';

/** A temporary failure: the server is starting, stopping, recovering, out of connections, or just gone. */
export class NotServingError extends Error {}

/**
 * Logs in to a server that should be the one of `pgdata`. Connects to the database `postgres`, which always exists:
 * advisory locks count per database, and a session in the service's database would prevent its use as a template.
 * @throws NotServingError if a retry may succeed, else EmbeddedPostgresError
 */
export async function logIn(port: number, password: string, pgdata: string): Promise<OwnerConnection> {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: SUPERUSER,
    password,
    database: 'postgres',
    application_name: APPLICATION_PREFIX + process.pid,
    // Explicit, because PGSSLMODE in the environment would apply otherwise.
    ssl: false,
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
  });
  const lost = new Promise<void>((resolve) => client.once('end', resolve));
  // Without a listener a broken connection would end the process; `lost` reports the break.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    const actual = rows[0]?.data_directory;
    if (actual !== pgdata) {
      throw new EmbeddedPostgresError(`The server on port ${port} serves ${actual}, not ${pgdata}.`);
    }
    return { client, lost };
  } catch (error) {
    await client.end().catch(() => undefined);
    if (isPassing(error)) throw new NotServingError(messageOf(error), { cause: error });
    if (error instanceof EmbeddedPostgresError) throw error;
    throw new EmbeddedPostgresError(
      `The embedded database on port ${port} refuses this folder's password (${messageOf(error)}).`,
      { cause: error },
    );
  }
}

/**
 * 57P0x: shut down, crashed, not accepting yet; 53300: all connections taken. Errors that PostgreSQL did not send are
 * temporary too.
 */
function isPassing(error: unknown): boolean {
  if (error instanceof EmbeddedPostgresError) return false;
  return !(error instanceof DatabaseError) || error.code === '53300' || !!error.code?.startsWith('57P0');
}

/**
 * Takes the folder for this process, until the connection ends.
 * @throws FolderInUseError naming the process that holds it
 */
export async function takeOwnership(
  { client }: OwnerConnection,
  dataDir: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (const deadline = Date.now() + LOCK_PATIENCE_MS; ; await sleep(100, undefined, { signal })) {
      const { rows } = await client.query<{ taken: boolean }>(
        'SELECT pg_try_advisory_lock($1, $2) AS taken',
        [...LOCK_KEY],
      );
      if (rows[0]?.taken) return;
      if (Date.now() > deadline) break;
    }
    const owner = (await ownerOf(client)) ?? 'unknown';
    throw new FolderInUseError(
      `the embedded database in ${dataDir} is in use by another Standfirst (process ${owner}). Stop that one first, ` +
        'or give this one a DATA_DIR of its own.',
    );
  } catch (error) {
    await client.end().catch(() => undefined);
    if (!signal.aborted && isPassing(error)) throw new NotServingError(messageOf(error), { cause: error });
    throw error;
  }
}

/** The id of the process that holds the folder; undefined: none does. */
export async function ownerOf(client: Client): Promise<string | undefined> {
  const { rows } = await client.query<{ application_name: string }>(
    `SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
     WHERE l.locktype = 'advisory' AND l.classid = $1::bigint::oid AND l.objid = $2::bigint::oid AND l.granted
       AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    [...LOCK_KEY],
  );
  return rows[0]?.application_name.replace(APPLICATION_PREFIX, '');
}
