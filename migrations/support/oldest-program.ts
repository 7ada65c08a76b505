import type { QueryRunner } from 'typeorm';

/**
 * Records the oldest program that can work with the schema from here on: one that has the migration of this timestamp.
 * For a migration that removes what earlier programs use; its `down` restores the previous value, or undefined. Stored
 * as the comment of the migration table, where every program, older ones included, can read it.
 * @param timestamp thirteen digits, as at the end of a migration's name
 */
export async function setOldestProgram(runner: QueryRunner, timestamp: string | undefined): Promise<void> {
  if (timestamp !== undefined && !/^\d{13}$/.test(timestamp))
    throw new RangeError(`Not a time: ${timestamp}`);
  const text = timestamp === undefined ? 'NULL' : `'oldest program: ${timestamp}'`;
  await runner.query(`COMMENT ON TABLE migration IS ${text}`);
}
