import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex } from './support/indexes.ts';
import { changeTables } from './support/table-locks.ts';

const statements = [
  'ALTER TABLE inbox ADD COLUMN IF NOT EXISTS mail_at timestamptz',
  'ALTER TABLE inbox ADD COLUMN IF NOT EXISTS digest_at timestamptz',
  'ALTER TABLE inbox ADD COLUMN IF NOT EXISTS digested_at timestamptz',
  `ALTER TABLE inbox ADD COLUMN IF NOT EXISTS unsubscribe_key bytea
  CONSTRAINT inbox_unsubscribe_check CHECK (octet_length(unsubscribe_key) = 32)`,
  // Notifications of before count as mailed; none of those that follow does.
  'ALTER TABLE notification ADD COLUMN IF NOT EXISTS mailed boolean NOT NULL DEFAULT true',
  'ALTER TABLE notification ALTER COLUMN mailed SET DEFAULT false',
  `CREATE TABLE IF NOT EXISTS mail_preference (
  account_id bigint CONSTRAINT mail_preference_account_fk REFERENCES account (id),
  kind text CONSTRAINT mail_preference_kind_check CHECK (kind ~ '^[A-Z_]{1,40}$'),
  frequency text NOT NULL
    CONSTRAINT mail_preference_frequency_check CHECK (frequency IN ('AT_ONCE', 'DAILY', 'NEVER')),
  CONSTRAINT mail_preference_pk PRIMARY KEY (account_id, kind)
)`,
  `CREATE TABLE IF NOT EXISTS discussion_mute (
  account_id bigint CONSTRAINT discussion_mute_account_fk REFERENCES account (id),
  article_id bigint,
  comment_id bigint,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT discussion_mute_pk PRIMARY KEY (account_id, article_id, comment_id)
)`,
];

/** Mails about notifications: when, of which kinds and how to end them; and mutes of articles and threads. */
export class NotificationMails1766360000000 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: ['account', 'inbox', 'notification'],
      statements,
    });
    await buildIndex(runner, {
      name: 'inbox_mail_idx',
      on: 'ON inbox (mail_at) WHERE mail_at IS NOT NULL',
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: ['inbox', 'notification'],
      statements: [
        'DROP TABLE discussion_mute, mail_preference',
        'ALTER TABLE notification DROP COLUMN mailed',
        `ALTER TABLE inbox DROP COLUMN mail_at, DROP COLUMN digest_at, DROP COLUMN digested_at,
         DROP COLUMN unsubscribe_key`,
      ],
    });
  }
}
