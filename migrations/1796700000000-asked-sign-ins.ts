import type { MigrationInterface, QueryRunner } from 'typeorm';
import { changeTables } from './support/table-locks.ts';

/** When a sign-in that waits was told to ask its person anew. One of before proves nothing: it was told in no way that counts. */
export class AskedSignIns1796700000000 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: ['pending_login'],
      statements: ['ALTER TABLE pending_login ADD COLUMN IF NOT EXISTS asked_at timestamptz'],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE pending_login DROP COLUMN asked_at');
  }
}
