import type { ClientBase } from 'pg';
import type { DataSource } from 'typeorm';
import { sqlState } from './database.ts';
import { createDataSource, type DataSourceSettings } from './data-source.ts';

/** A pooler stands between service and database, and is not set up for what the service does. */
export class PoolerError extends Error {
  override readonly name = 'PoolerError';
}

export interface PooledSettings extends DataSourceSettings {
  /** Whether the service is going to name its statements. */
  readonly prepareStatements: boolean;
}

/** A data source that is connected. */
export interface OpenDataSource {
  readonly source: DataSource;
  /** As in `ConnectionSettings`, for connections beside the pool. */
  readonly sendsTimeouts: boolean;
}

/**
 * Connects a data source, to PostgreSQL or to a pooler before it, such as PgBouncer in transaction mode. A pooler takes no
 * `statement_timeout` and no `lock_timeout` from a client: the role, or the pooler, has to bring one.
 * @throws PoolerError that names what to set
 */
export async function openDataSource(settings: PooledSettings): Promise<OpenDataSource> {
  const { source, refused } = await initialize(settings);
  try {
    if (refused || (await findPooler(source))) await requireUsable(source, settings);
    return { source, sendsTimeouts: !refused };
  } catch (error) {
    await source.destroy();
    throw error;
  }
}

async function initialize(settings: PooledSettings): Promise<{ source: DataSource; refused: boolean }> {
  const source = createDataSource(settings);
  try {
    await source.initialize();
    return { source, refused: false };
  } catch (error) {
    // PgBouncer's answer to a startup parameter that it neither knows nor ignores.
    if (!/unsupported startup parameter.*(statement|lock)_timeout/.test(String((error as Error).message)))
      throw error;
    const pooled = createDataSource({ ...settings, sendsTimeouts: false });
    await pooled.initialize();
    return { source: pooled, refused: true };
  }
}

/** Runs work on a connection of the pool. */
async function onClient<T>(source: DataSource, work: (client: ClientBase) => Promise<T>): Promise<T> {
  const runner = source.createQueryRunner();
  try {
    return await work((await runner.connect()) as ClientBase);
  } finally {
    await runner.release();
  }
}

/**
 * Whether something stands between this process and PostgreSQL that shares connections among clients: it gives every client
 * a process number of its own making.
 */
export function findPooler(source: DataSource): Promise<boolean> {
  return onClient(source, async (client) => {
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    return rows[0]?.pid !== (client as ClientBase & { processID: number | null }).processID;
  });
}

/** @throws PoolerError: migrations hold a session's lock and settings, which a pooler would hand on to others */
export async function refusePooler(source: DataSource): Promise<void> {
  if (await findPooler(source)) {
    throw new PoolerError(
      'DATABASE_URL leads to a connection pooler. Migrations need a session of their own: ' +
        'give this command a DATABASE_URL that leads to PostgreSQL itself.',
    );
  }
}

/** A time limit of the server that a pooler keeps a client from setting. */
interface TimeLimit {
  readonly parameter: 'statement_timeout' | 'lock_timeout';
  readonly setting: 'DATABASE_STATEMENT_TIMEOUT_MS' | 'DATABASE_LOCK_TIMEOUT_MS';
  /** The longest time that may be set on the role; 0: the setting is not used. */
  readonly maxMs: number;
}

/** @throws PoolerError where the role brings no such limit, or a longer one */
async function requireTimeLimit(client: ClientBase, { parameter, setting, maxMs }: TimeLimit): Promise<void> {
  const { rows } = await client.query<{ ms: number; role: string }>({
    text: 'SELECT setting::int AS ms, current_user AS role FROM pg_settings WHERE name = $1',
    values: [parameter],
  });
  const { ms = 0, role = '' } = rows[0] ?? {};
  if (maxMs === 0 || (ms > 0 && ms <= maxMs)) return;
  throw new PoolerError(
    `DATABASE_URL leads to a connection pooler, which passes no ${parameter} on. For the role ${role} it is ` +
      `${ms === 0 ? 'not set' : `${ms} ms`}; ${setting} allows ${maxMs} ms: ` +
      `run ALTER ROLE ${role} SET ${parameter} = ${maxMs}, and let the pooler reconnect.`,
  );
}

async function requireUsable(source: DataSource, settings: PooledSettings): Promise<void> {
  const { statementTimeoutMs, lockTimeoutMs = 0, prepareStatements } = settings;
  await onClient(source, async (client) => {
    await requireTimeLimit(client, {
      parameter: 'statement_timeout',
      setting: 'DATABASE_STATEMENT_TIMEOUT_MS',
      maxMs: statementTimeoutMs,
    });
    await requireTimeLimit(client, {
      parameter: 'lock_timeout',
      setting: 'DATABASE_LOCK_TIMEOUT_MS',
      maxMs: lockTimeoutMs,
    });
  });
  if (prepareStatements && !(await keepsStatements(source))) {
    throw new PoolerError(
      'DATABASE_URL leads to a connection pooler that does not keep prepared statements: ' +
        'set DATABASE_PREPARED_STATEMENTS=false, or max_prepared_statements of PgBouncer (1.21 or newer).',
    );
  }
}

/** PostgreSQL already has a statement of this name, or has none. */
const mistaken = new Set(['42P05', '26000']);
/** Two clients often get the same connection of an idle pooler; of a busy one within a few attempts. */
const attempts = 20;

/**
 * Whether the pooler keeps the statements of its clients apart: two clients name two different statements alike, one behind
 * the other. A pooler that knows nothing of it gives them one connection, where the second name is taken.
 */
async function keepsStatements(source: DataSource): Promise<boolean> {
  return onClient(source, (one) =>
    onClient(source, async (other) => {
      for (let attempt = 0; attempt < attempts; attempt++) {
        const name = `standfirst_probe_${process.pid}_${Math.random().toString(36).slice(2)}`;
        try {
          const pids = [];
          for (const [client, column] of [
            [one, 'a'],
            [other, 'b'],
          ] as const) {
            const { rows } = await client.query<Record<string, number>>({
              name,
              text: `SELECT pg_backend_pid() AS ${column}`,
              values: [],
            });
            pids.push(rows[0]?.[column]);
          }
          if (pids[0] === pids[1]) return true;
        } catch (error) {
          if (mistaken.has(sqlState(error) ?? '')) return false;
          throw error;
        }
      }
      return true;
    }),
  );
}
