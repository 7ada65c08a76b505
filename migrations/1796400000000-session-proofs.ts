import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex } from './support/indexes.ts';
import { changeTables } from './support/table-locks.ts';

const columns = {
  session: { proven_at: 'timestamptz', proven_issuer: 'text', proven_issuer_session: 'text' },
  pending_login: { authenticated_at: 'timestamptz' },
};

const index = 'session_proven_issuer_idx';

/**
 * When the holder of a session has proven who they are, and the other site at which they did. Sessions of before have proven nothing.
 */
export class SessionProofs1796400000000 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const [table, types] of Object.entries(columns)) {
      const statements = Object.entries(types).map(
        ([name, type]) => `ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS ${name} ${type}`,
      );
      await changeTables(runner, { mode: 'ACCESS EXCLUSIVE', tables: [table], statements });
    }
    const on = 'ON session (proven_issuer, proven_issuer_session) WHERE proven_issuer IS NOT NULL';
    await buildIndex(runner, { name: index, unique: false, on });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX ${index}`);
    for (const [table, types] of Object.entries(columns))
      for (const name of Object.keys(types)) await runner.query(`ALTER TABLE ${table} DROP COLUMN ${name}`);
  }
}
