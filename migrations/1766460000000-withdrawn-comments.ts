import type { MigrationInterface, QueryRunner } from 'typeorm';
import { changeTables } from './support/table-locks.ts';

const changes = {
  comment: 'ALTER TABLE comment ADD COLUMN IF NOT EXISTS withdrawn_at timestamptz',
  moderation_decision_comment: 'ALTER TABLE moderation_decision_comment ADD COLUMN IF NOT EXISTS held text',
  comment_hold: 'ALTER TABLE comment_hold ADD COLUMN IF NOT EXISTS suspicion text',
};

/** What an author has removed, what held the comments of a removal before, and what the hook suspects of a text. */
export class WithdrawnComments1766460000000 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const [table, statement] of Object.entries(changes))
      await changeTables(runner, { mode: 'ACCESS EXCLUSIVE', tables: [table], statements: [statement] });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE comment_hold DROP COLUMN suspicion');
    await runner.query('ALTER TABLE moderation_decision_comment DROP COLUMN held');
    await runner.query('ALTER TABLE comment DROP COLUMN withdrawn_at');
  }
}
