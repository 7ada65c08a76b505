import type { MigrationInterface, QueryRunner } from 'typeorm';
import { changeTables } from './support/table-locks.ts';

/** The networks of sessions, and the devices by which an account's next sign-in is recognised. */
export class SessionDevices1796500000000 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: ['session', 'token_family'],
      statements: [
        'ALTER TABLE session ADD COLUMN IF NOT EXISTS network text',
        'ALTER TABLE token_family ADD COLUMN IF NOT EXISTS network text',
      ],
    });
    await changeTables(runner, {
      mode: 'SHARE ROW EXCLUSIVE',
      tables: ['account'],
      statements: [
        `CREATE TABLE IF NOT EXISTS account_device (
           account_id bigint NOT NULL CONSTRAINT account_device_account_fk REFERENCES account (id),
           hash bytea NOT NULL,
           seen_at timestamptz NOT NULL,
           CONSTRAINT account_device_pk PRIMARY KEY (account_id, hash)
         )`,
        'CREATE INDEX IF NOT EXISTS account_device_seen_idx ON account_device (seen_at)',
      ],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE account_device');
    await runner.query('ALTER TABLE token_family DROP COLUMN network');
    await runner.query('ALTER TABLE session DROP COLUMN network');
  }
}
