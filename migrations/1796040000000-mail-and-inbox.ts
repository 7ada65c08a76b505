import type { MigrationInterface, QueryRunner } from 'typeorm';
import { changeTables } from './support/table-locks.ts';

const mail = [
  String.raw`
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
  process_id uuid,
  -- Who has asked for the mail, and for what: the bounds count both.
  purpose text,
  asker bytea,
  asker_network bytea,
  asker_known boolean,
  CONSTRAINT mail_length_check CHECK (char_length(text) <= 20000 AND char_length(html) <= 150000),
  CONSTRAINT mail_state_check CHECK (num_nonnulls(look_at, sent_at, given_up_at) = 1)
)`,
  'CREATE INDEX IF NOT EXISTS mail_look_idx ON mail (look_at) WHERE look_at IS NOT NULL',
  'CREATE INDEX IF NOT EXISTS mail_recipient_idx ON mail (recipient, created_at)',
  'CREATE INDEX IF NOT EXISTS mail_account_idx ON mail (account_id, created_at)',
  'CREATE INDEX IF NOT EXISTS mail_created_idx ON mail (created_at)',
  `CREATE INDEX IF NOT EXISTS mail_content_idx ON mail (created_at) WHERE look_at IS NULL AND text <> ''`,
  'CREATE INDEX IF NOT EXISTS mail_process_idx ON mail (process_id) WHERE process_id IS NOT NULL',
];

const inbox = [
  `CREATE TABLE IF NOT EXISTS inbox (
    account_id bigint CONSTRAINT inbox_pk PRIMARY KEY CONSTRAINT inbox_account_fk REFERENCES account (id),
    sequence integer NOT NULL DEFAULT 0,
    read_sequence integer NOT NULL DEFAULT 0,
    mail_at timestamptz,
    digest_at timestamptz,
    digested_at timestamptz,
    unsubscribe_key bytea CONSTRAINT inbox_unsubscribe_check CHECK (octet_length(unsubscribe_key) = 32),
    CONSTRAINT inbox_read_check CHECK (read_sequence BETWEEN 0 AND sequence)
  ) WITH (fillfactor = 50)`,
  'CREATE INDEX IF NOT EXISTS inbox_mail_idx ON inbox (mail_at) WHERE mail_at IS NOT NULL',
  `CREATE TABLE IF NOT EXISTS notification (
    account_id bigint CONSTRAINT notification_inbox_fk REFERENCES inbox (account_id),
    sequence integer,
    kind text NOT NULL,
    article_id bigint,
    subject_id bigint,
    occurred_at timestamptz NOT NULL,
    mailed boolean NOT NULL DEFAULT false,
    CONSTRAINT notification_pk PRIMARY KEY (account_id, sequence),
    CONSTRAINT notification_kind_check CHECK (kind ~ '^[A-Z_]{1,40}$')
  )`,
  `CREATE TABLE IF NOT EXISTS notification_position (
    article_id bigint CONSTRAINT notification_position_pk PRIMARY KEY,
    sequence integer NOT NULL DEFAULT 0,
    told_account_id bigint
  ) WITH (fillfactor = 50)`,
  `CREATE TABLE IF NOT EXISTS mail_preference (
    account_id bigint CONSTRAINT mail_preference_account_fk REFERENCES account (id),
    kind text CONSTRAINT mail_preference_kind_check CHECK (kind ~ '^[A-Z_]{1,40}$'),
    frequency text NOT NULL
      CONSTRAINT mail_preference_frequency_check CHECK (frequency IN ('AT_ONCE', 'DAILY', 'NEVER')),
    CONSTRAINT mail_preference_pk PRIMARY KEY (account_id, kind)
  )`,
];

const mutes = [
  `CREATE TABLE IF NOT EXISTS mute (
    account_id bigint CONSTRAINT mute_account_fk REFERENCES account (id),
    muted_account_id bigint CONSTRAINT mute_muted_account_fk REFERENCES account (id),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT mute_pk PRIMARY KEY (account_id, muted_account_id)
  )`,
  'CREATE INDEX IF NOT EXISTS mute_muted_idx ON mute (muted_account_id)',
  `CREATE TABLE IF NOT EXISTS discussion_mute (
    account_id bigint CONSTRAINT discussion_mute_account_fk REFERENCES account (id),
    article_id bigint,
    comment_id bigint,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT discussion_mute_pk PRIMARY KEY (account_id, article_id, comment_id)
  )`,
];

const down = `
DROP TABLE discussion_mute, mute, mail_preference, notification_position, notification, inbox, mail;
`;

/** Mails to be sent; what accounts are told, how far each article's log was read for it, and what is muted. */
export class MailAndInbox1796040000000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'SHARE ROW EXCLUSIVE',
      tables: ['account'],
      statements: [...mail, ...inbox, ...mutes],
    });
    // Nobody is told of what has happened until now. An article that is added meanwhile has all of its log ahead.
    await runner.query(
      `INSERT INTO notification_position (article_id, sequence) SELECT article_id, sequence FROM article_counter
       ON CONFLICT (article_id) DO NOTHING`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
