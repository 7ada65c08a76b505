import type { MigrationInterface, QueryRunner } from 'typeorm';
import { changeTables } from './support/table-locks.ts';

const attempts = `
ALTER TABLE provider_event
  ADD COLUMN IF NOT EXISTS attempts integer NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS look_at timestamptz`;

/** A notice that can't be processed is tried again more and more rarely, and then no more. */
export class NoticeAttempts1766270000000 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: ['provider_event'],
      statements: [attempts],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE provider_event DROP COLUMN attempts, DROP COLUMN look_at');
  }
}
