import { setTimeout as sleep } from 'node:timers/promises';
import type { QueryRunner } from 'typeorm';
import { say } from './progress.ts';

/** Pages of a table per batch: 2 MB, some tens of milliseconds. */
const pagesPerBatch = 256;

export interface Filling {
  readonly table: string;
  /** Condition on `t` for rows that are not filled yet. */
  readonly missing: string;
  /** Assignments after SET, for `t`; may use the tables of `from`. */
  readonly set: string;
  /** Further tables, as in the FROM of an UPDATE, with the condition that joins each to `t`. */
  readonly from?: { readonly tables: string; readonly where: string };
}

/**
 * Fills columns in batches of pages. Each batch is one transaction that waits for no row lock: locked rows are left to
 * the next pass. After each batch it pauses for as long as the batch took, so that other work gets its share of the
 * disk.
 */
export async function fillInBatches(
  runner: QueryRunner,
  { table, missing, set, from }: Filling,
): Promise<void> {
  const statement = `
    WITH part AS MATERIALIZED (
      SELECT t.ctid FROM ${table} t WHERE t.ctid >= $1::tid AND t.ctid < $2::tid AND ${missing}
      FOR NO KEY UPDATE SKIP LOCKED)
    UPDATE ${table} t SET ${set} FROM part${from ? `, ${from.tables}` : ''}
    WHERE t.ctid = part.ctid AND ${missing}${from ? ` AND ${from.where}` : ''}`;
  while (await isMissing(runner, table, missing)) {
    const pages = await pagesOf(runner, table);
    for (let page = 0; page < pages; page += pagesPerBatch) {
      const begun = performance.now();
      await runner.query(statement, [`(${page},0)`, `(${page + pagesPerBatch},0)`]);
      if (page % (pagesPerBatch * 64) === 0) say(runner, `filling ${table}: page ${page} of ${pages}`);
      await sleep(performance.now() - begun);
    }
  }
}

async function isMissing(runner: QueryRunner, table: string, missing: string): Promise<boolean> {
  const [row] = (await runner.query(`SELECT EXISTS (SELECT FROM ${table} t WHERE ${missing}) AS any`)) as {
    any: boolean;
  }[];
  return row?.any === true;
}

async function pagesOf(runner: QueryRunner, table: string): Promise<number> {
  const [row] = (await runner.query(
    `SELECT (pg_relation_size($1::regclass) / current_setting('block_size')::int)::int AS pages`,
    [table],
  )) as { pages: number }[];
  return row?.pages ?? 0;
}
