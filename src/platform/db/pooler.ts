import type { ClientBase } from 'pg';
import type { DataSource } from 'typeorm';
import { sqlState } from './database.ts';
import { createDataSource, type DataSourceSettings } from './data-source.ts';

/** A connection pooler between service and database is not configured as the service needs it. */
export class PoolerError extends Error {
  override readonly name = 'PoolerError';
}

export interface PooledSettings extends DataSourceSettings {
  /** Whether the service uses named prepared statements. */
  readonly prepareStatements: boolean;
}

/** A connected data source. */
export interface OpenDataSource {
  readonly source: DataSource;
  /** As in `ConnectionSettings`, for connections outside the pool. */
  readonly sendsTimeouts: boolean;
}

/**
 * Connects a data source to PostgreSQL, or to a pooler in front of it, such as PgBouncer in transaction mode. A pooler
 * accepts no `statement_timeout` and no `lock_timeout` from a client, so the role, or the pooler, has to set one.
 * @throws PoolerError that names the setting to change
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
 * Whether a pooler that shares connections among clients stands between this process and PostgreSQL. Such a pooler
 * gives every client a backend process id of its own making, which differs from `pg_backend_pid()`.
 */
export function findPooler(source: DataSource): Promise<boolean> {
  return onClient(source, async (client) => {
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    return rows[0]?.pid !== (client as ClientBase & { processID: number | null }).processID;
  });
}

/** @throws PoolerError: migrations rely on session locks and settings, which a pooler would pass on to other clients */
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

/** SQLSTATEs of a statement name that PostgreSQL already has (42P05), or does not know (26000). */
const mistaken = new Set(['42P05', '26000']);
/** Two clients often get the same server connection of an idle pooler; of a busy one within a few attempts. */
const attempts = 20;

/**
 * Whether the pooler tracks prepared statements per client: two clients prepare different statements under one name,
 * one after the other. A pooler without tracking gives both the same server connection, where the second prepare fails.
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
