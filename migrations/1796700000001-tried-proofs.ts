import type { MigrationInterface, QueryRunner } from 'typeorm';
import { changeTables } from './support/table-locks.ts';

/** How many proofs a session has tried since the last right one. Nodes of the last version count none. */
export class TriedProofs1796700000001 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: ['session'],
      statements: ['ALTER TABLE session ADD COLUMN IF NOT EXISTS tried_proofs integer NOT NULL DEFAULT 0'],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE session DROP COLUMN tried_proofs');
  }
}
