import type { MigrationInterface, QueryRunner } from 'typeorm';
import { changeTables } from './support/table-locks.ts';

/**
 * The address that an account has asked for. It is not read from `mailed_link`: those links end with what happens to the address,
 * which tells whether somebody else has it.
 */
export class PendingEmail1766390000002 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: ['account'],
      statements: [
        `ALTER TABLE account ADD COLUMN IF NOT EXISTS pending_email text,
           ADD COLUMN IF NOT EXISTS pending_email_until timestamptz`,
      ],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE account DROP COLUMN pending_email, DROP COLUMN pending_email_until');
  }
}
