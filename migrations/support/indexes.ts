import type { QueryRunner } from 'typeorm';
import { say } from './progress.ts';
import { runUnhurried } from './table-locks.ts';

export interface IndexDefinition {
  readonly name: string;
  readonly unique?: boolean;
  /** The part after the name: `ON comment (article_id, ordinal) INCLUDE (id) WHERE listed`. */
  readonly on: string;
}

/** Builds an index while rows are written. An invalid index, left by a failed attempt, is rebuilt. */
export async function buildIndex(runner: QueryRunner, { name, unique, on }: IndexDefinition): Promise<void> {
  const state = await stateOf(runner, name);
  if (state === 'valid') return;
  if (state === 'invalid') await dropIndex(runner, name);
  say(runner, `building ${name}`);
  await runUnhurried(runner, `CREATE ${unique ? 'UNIQUE ' : ''}INDEX CONCURRENTLY ${name} ${on}`);
}

export async function dropIndex(runner: QueryRunner, name: string): Promise<void> {
  await runUnhurried(runner, `DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
}

/** Replaces an index under the same name; at any time statements can use one of the two. */
export async function replaceIndex(runner: QueryRunner, index: IndexDefinition): Promise<void> {
  const { name } = index;
  const [next, last] = [`${name}_next`, `${name}_last`];
  if ((await stateOf(runner, last)) === 'missing') {
    await buildIndex(runner, { ...index, name: next });
    await runner.startTransaction();
    try {
      // Renaming an index neither waits for readers and writers nor blocks them.
      await runner.query(`ALTER INDEX ${name} RENAME TO ${last}`);
      await runner.query(`ALTER INDEX ${next} RENAME TO ${name}`);
      await runner.commitTransaction();
    } catch (error) {
      await runner.rollbackTransaction();
      throw error;
    }
  }
  await dropIndex(runner, last);
}

async function stateOf(runner: QueryRunner, name: string): Promise<'missing' | 'invalid' | 'valid'> {
  const [row] = (await runner.query(
    'SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass($1)',
    [name],
  )) as { valid: boolean }[];
  if (!row) return 'missing';
  return row.valid ? 'valid' : 'invalid';
}
