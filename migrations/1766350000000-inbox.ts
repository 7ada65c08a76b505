import type { MigrationInterface, QueryRunner } from 'typeorm';
import { changeTables } from './support/table-locks.ts';

const tables = [
  `CREATE TABLE IF NOT EXISTS inbox (
  account_id bigint CONSTRAINT inbox_pk PRIMARY KEY CONSTRAINT inbox_account_fk REFERENCES account (id),
  sequence integer NOT NULL DEFAULT 0,
  read_sequence integer NOT NULL DEFAULT 0,
  CONSTRAINT inbox_read_check CHECK (read_sequence BETWEEN 0 AND sequence)
) WITH (fillfactor = 50)`,
  `CREATE TABLE IF NOT EXISTS notification (
  account_id bigint CONSTRAINT notification_inbox_fk REFERENCES inbox (account_id),
  sequence integer,
  kind text NOT NULL,
  article_id bigint NOT NULL,
  comment_id bigint,
  endorsement_id bigint,
  pledge_id bigint,
  milestone smallint,
  occurred_at timestamptz NOT NULL,
  CONSTRAINT notification_pk PRIMARY KEY (account_id, sequence),
  CONSTRAINT notification_kind_check CHECK (kind ~ '^[A-Z_]{1,40}$')
)`,
  `CREATE TABLE IF NOT EXISTS mute (
  account_id bigint CONSTRAINT mute_account_fk REFERENCES account (id),
  muted_account_id bigint CONSTRAINT mute_muted_account_fk REFERENCES account (id),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT mute_pk PRIMARY KEY (account_id, muted_account_id)
)`,
  'CREATE INDEX IF NOT EXISTS mute_muted_idx ON mute (muted_account_id)',
  `CREATE TABLE IF NOT EXISTS notification_position (
  article_id bigint CONSTRAINT notification_position_pk PRIMARY KEY,
  sequence integer NOT NULL DEFAULT 0,
  told_account_id bigint
) WITH (fillfactor = 50)`,
  `CREATE TABLE IF NOT EXISTS comment_decision (
  article_id bigint,
  comment_id bigint,
  kind text NOT NULL CONSTRAINT comment_decision_kind_check CHECK (kind IN ('REJECTED', 'REMOVED', 'EDIT_REJECTED')),
  reason text CONSTRAINT comment_decision_reason_check CHECK (char_length(reason) BETWEEN 1 AND 500),
  decided_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT comment_decision_pk PRIMARY KEY (article_id, comment_id),
  CONSTRAINT comment_decision_comment_fk FOREIGN KEY (article_id, comment_id) REFERENCES comment (article_id, id)
)`,
];

/** What accounts are told, how far each article's log was read for it, and moderators' decisions with their reasons. */
export class Inbox1766350000000 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'SHARE ROW EXCLUSIVE',
      tables: ['account', 'comment'],
      statements: tables,
    });
    // From here on: nobody is told of what happened before. An article that is added meanwhile has all of its log ahead.
    await runner.query(
      `INSERT INTO notification_position (article_id, sequence) SELECT article_id, sequence FROM article_counter
       ON CONFLICT (article_id) DO NOTHING`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE comment_decision, notification_position, mute, notification, inbox');
  }
}
