import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex } from './support/indexes.ts';
import { changeTables } from './support/table-locks.ts';

const columns = [
  'ALTER TABLE account ADD COLUMN IF NOT EXISTS email_verified_at timestamptz',
  'ALTER TABLE account ADD COLUMN IF NOT EXISTS erase_at timestamptz',
  'ALTER TABLE session ADD COLUMN IF NOT EXISTS user_agent text',
];

const table = `
CREATE TABLE IF NOT EXISTS mailed_link (
  hash bytea NOT NULL CONSTRAINT mailed_link_pk PRIMARY KEY,
  kind text NOT NULL CONSTRAINT mailed_link_kind_check CHECK (kind IN ('SIGN_UP', 'PASSWORD', 'EMAIL')),
  account_id bigint CONSTRAINT mailed_link_account_fk REFERENCES account (id),
  email text NOT NULL,
  name text,
  password_hash text,
  secret_hash bytea,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL,
  CONSTRAINT mailed_link_sign_up_check CHECK (
    (kind = 'SIGN_UP') = (num_nonnulls(name, password_hash, secret_hash) = 3)
    AND (kind = 'SIGN_UP' OR num_nonnulls(name, password_hash, secret_hash) = 0)
  )
)`;

const indexes = [
  'CREATE INDEX IF NOT EXISTS mailed_link_account_idx ON mailed_link (account_id)',
  'CREATE INDEX IF NOT EXISTS mailed_link_email_idx ON mailed_link (email)',
  'CREATE INDEX IF NOT EXISTS mailed_link_expires_idx ON mailed_link (expires_at)',
];

/** Links of mails that prove whose an address is, the day on which an account is erased, and the programs of sessions. */
export class MailedLinks1766330000000 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: ['account', 'session'],
      statements: [...columns, table, ...indexes],
    });
    await buildIndex(runner, {
      name: 'account_erase_idx',
      on: 'ON account (erase_at) WHERE erase_at IS NOT NULL',
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: ['account', 'session'],
      statements: [
        'DROP TABLE mailed_link',
        'ALTER TABLE account DROP COLUMN email_verified_at, DROP COLUMN erase_at',
        'ALTER TABLE session DROP COLUMN user_agent',
      ],
    });
  }
}
