import type { MigrationInterface, QueryRunner } from 'typeorm';
import { changeTables } from './support/table-locks.ts';

/** How far administrators were told of what the log of moderation says. What is there already is told nobody. */
export class AdministratorsTold1796400000001 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: ['moderation_log'],
      statements: [
        `ALTER TABLE moderation_log ADD COLUMN IF NOT EXISTS administrators_told bigint NOT NULL DEFAULT '0'::bigint`,
        'UPDATE moderation_log SET administrators_told = sequence WHERE administrators_told = 0',
      ],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE moderation_log DROP COLUMN administrators_told');
  }
}
