import type { MigrationInterface, QueryRunner } from 'typeorm';
import { changeTables } from './support/table-locks.ts';

const table = String.raw`
CREATE TABLE IF NOT EXISTS mail (
  id uuid NOT NULL DEFAULT gen_random_uuid() CONSTRAINT mail_pk PRIMARY KEY,
  recipient text NOT NULL CONSTRAINT mail_recipient_check
    CHECK (recipient = lower(recipient) AND recipient ~ '^[^[:space:][:cntrl:]<>]{3,254}$'),
  account_id bigint CONSTRAINT mail_account_fk REFERENCES account (id),
  kind text NOT NULL CONSTRAINT mail_kind_check CHECK (kind ~ '^[A-Z_]{1,50}$'),
  dedupe_key text CONSTRAINT mail_dedupe_key UNIQUE CONSTRAINT mail_dedupe_check CHECK (char_length(dedupe_key) <= 200),
  secret boolean NOT NULL,
  subject text NOT NULL CONSTRAINT mail_subject_check
    CHECK (char_length(subject) <= 200 AND subject !~ '[[:cntrl:]]'),
  text text NOT NULL,
  html text NOT NULL,
  unsubscribe_url text CONSTRAINT mail_unsubscribe_check
    CHECK (unsubscribe_url ~ '^https?://[!-;=?-~]+$' AND char_length(unsubscribe_url) <= 900),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  look_at timestamptz DEFAULT clock_timestamp(),
  attempts integer NOT NULL DEFAULT 0,
  sent_at timestamptz,
  given_up_at timestamptz,
  last_error text CONSTRAINT mail_error_check CHECK (last_error ~ '^[A-Z0-9_ ]{1,60}$'),
  CONSTRAINT mail_length_check CHECK (char_length(text) <= 20000 AND char_length(html) <= 150000),
  CONSTRAINT mail_state_check CHECK (num_nonnulls(look_at, sent_at, given_up_at) = 1)
)`;

const indexes = [
  'CREATE INDEX IF NOT EXISTS mail_look_idx ON mail (look_at) WHERE look_at IS NOT NULL',
  'CREATE INDEX IF NOT EXISTS mail_recipient_idx ON mail (recipient, created_at)',
  'CREATE INDEX IF NOT EXISTS mail_account_idx ON mail (account_id, created_at)',
  'CREATE INDEX IF NOT EXISTS mail_created_idx ON mail (created_at)',
  `CREATE INDEX IF NOT EXISTS mail_content_idx ON mail (created_at) WHERE look_at IS NULL AND text <> ''`,
];

/** Mails that are to be sent. */
export class Mail1766300000000 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'SHARE ROW EXCLUSIVE',
      tables: ['account'],
      statements: [table, ...indexes],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE mail');
  }
}
