import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex, type IndexDefinition } from './support/indexes.ts';
import { changeTables } from './support/table-locks.ts';

// Lower bound of the times of an article's events in the log. The constant default avoids a rewrite of the table;
// pruning replaces it by the actual time.
const column = [
  `ALTER TABLE article_counter ADD COLUMN IF NOT EXISTS events_since timestamptz NOT NULL DEFAULT '-infinity'`,
  'ALTER TABLE article_counter ALTER COLUMN events_since SET DEFAULT clock_timestamp()',
];

const indexes: readonly IndexDefinition[] = [
  // Appending an event does not change the column, so updates of the hot row stay within its page.
  { name: 'article_counter_since_idx', on: 'ON article_counter (events_since)' },
  { name: 'idempotency_key_created_idx', on: 'ON idempotency_key (created_at)' },
  { name: 'refresh_token_expires_idx', on: 'ON refresh_token (expires_at)' },
  { name: 'session_revoked_idx', on: 'ON session (revoked_at) WHERE revoked_at IS NOT NULL' },
];

const down = `
DROP INDEX session_revoked_idx, refresh_token_expires_idx, idempotency_key_created_idx;
ALTER TABLE article_counter DROP COLUMN events_since;
`;

/** Indexes with which pruning finds expired rows without reading the others. */
export class Retention1764800000000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: ['article_counter'],
      statements: column,
    });
    for (const index of indexes) await buildIndex(runner, index);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
