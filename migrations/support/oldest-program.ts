import type { QueryRunner } from 'typeorm';

/**
 * Says which program can work with the schema from here on: one that knows the migration of this time. For a migration that
 * removes what earlier programs use; `down` gives the time that was valid before, or undefined. Kept as the comment of the
 * table of migrations, where every program, also an older one, can look.
 * @param timestamp thirteen digits, as at the end of a migration's name
 */
export async function setOldestProgram(runner: QueryRunner, timestamp: string | undefined): Promise<void> {
  if (timestamp !== undefined && !/^\d{13}$/.test(timestamp))
    throw new RangeError(`Not a time: ${timestamp}`);
  const text = timestamp === undefined ? 'NULL' : `'oldest program: ${timestamp}'`;
  await runner.query(`COMMENT ON TABLE migration IS ${text}`);
}
