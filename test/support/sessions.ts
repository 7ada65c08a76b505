import { decodeJwt } from 'jose';
import type { TestApp } from './app.ts';
import { onDatabase } from './database.ts';
import { eventually } from './eventually.ts';

/** The session of an access token. */
export const sessionOf = (token: string): string => decodeJwt(token).sid as string;

/**
 * Sends a request while another transaction changes rows, which is committed once the request waits for it, or is answered.
 * @param change a statement, and its values
 * @returns whether it has waited, and its answer
 */
export function duringChange<T>(
  app: TestApp,
  change: readonly [statement: string, ...values: unknown[]],
  send: () => Promise<T>,
): Promise<{ readonly hasWaited: boolean; readonly answer: T }> {
  const [statement, ...values] = change;
  return onDatabase(app.database.url, async (client) => {
    await client.query('BEGIN');
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await client.query(statement, values);
    let isAnswered = false;
    const answer = send().finally(() => (isAnswered = true));
    let hasWaited = false;
    await eventually('the request waits or is answered', async () => {
      if (isAnswered) return true;
      const [row] = await app.app.db.query<{ waits: boolean }>(
        'SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND $1 = ANY(pg_blocking_pids(pid))) AS waits',
        [rows[0]?.pid],
      );
      hasWaited = row?.waits === true;
      return hasWaited;
    });
    await client.query('COMMIT');
    return { hasWaited, answer: await answer };
  });
}
