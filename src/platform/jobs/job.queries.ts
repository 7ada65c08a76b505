import type { Queryable } from '../db/database.ts';
import { type Backlog, type Job, maxCounted } from './job.ts';

/** A job of which rows say what waits. */
export type DueJob = Job & { readonly due: string };

/** SQL of one statement that looks for the work of several jobs. */
export const lookSql = (jobs: readonly DueJob[]): string =>
  [
    // Gives the parameter its type, whichever jobs use it.
    `SELECT '' AS name, 0 AS waiting, 0::float8 AS age WHERE $1::timestamptz IS NULL`,
    ...jobs.map(
      ({
        name,
        due,
      }) => `SELECT '${name}', count(*)::int, extract(epoch FROM clock_timestamp() - min(since))::float8
FROM (SELECT since FROM (${due}) AS due(since) LIMIT ${maxCounted}) AS counted`,
    ),
  ].join('\nUNION ALL\n');

/** Looks for work. @param now the service's time @returns what waits, by the name of the job */
export async function selectBacklogs(
  db: Queryable,
  look: string,
  now: Date,
): Promise<ReadonlyMap<string, Backlog>> {
  const rows = await db.query<{ name: string; waiting: number; age: number | null }>(look, [now]);
  return new Map(
    rows.map(({ name, waiting, age }) => [name, { waiting, oldestSeconds: Math.max(0, age ?? 0) }]),
  );
}
