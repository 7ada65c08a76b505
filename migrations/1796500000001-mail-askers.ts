import type { MigrationInterface, QueryRunner } from 'typeorm';
import { changeTables } from './support/table-locks.ts';

/** Who has asked for a mail, and for what: the bounds count both. */
export class MailAskers1796500000001 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: ['mail'],
      statements: [
        `ALTER TABLE mail ADD COLUMN IF NOT EXISTS purpose text, ADD COLUMN IF NOT EXISTS asker bytea,
           ADD COLUMN IF NOT EXISTS asker_network bytea, ADD COLUMN IF NOT EXISTS asker_known boolean`,
      ],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE mail DROP COLUMN purpose, DROP COLUMN asker, DROP COLUMN asker_network, DROP COLUMN asker_known',
    );
  }
}
