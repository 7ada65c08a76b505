import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addCheck } from './support/constraints.ts';
import { changeTables } from './support/table-locks.ts';

const tables = [
  `CREATE TABLE IF NOT EXISTS screening_settings (
    id boolean CONSTRAINT screening_settings_pk PRIMARY KEY DEFAULT true CONSTRAINT screening_settings_single CHECK (id),
    revision integer NOT NULL DEFAULT 0,
    is_premoderated boolean NOT NULL DEFAULT false,
    first_comments integer NOT NULL DEFAULT 0,
    max_links integer,
    held_hosts text[] NOT NULL DEFAULT '{}',
    allowed_hosts text[] NOT NULL DEFAULT '{}',
    holds_repeated_text boolean NOT NULL DEFAULT false,
    slow_mode_seconds integer NOT NULL DEFAULT 0,
    reports_to_hold integer NOT NULL DEFAULT 3,
    claim_seconds integer NOT NULL DEFAULT 300,
    asks_hook boolean NOT NULL DEFAULT false,
    hook_deadline_seconds integer NOT NULL DEFAULT 300,
    hook_deadline_action text NOT NULL DEFAULT 'HOLD',
    CONSTRAINT screening_settings_check CHECK (first_comments BETWEEN 0 AND 100 AND max_links BETWEEN 0 AND 100
      AND slow_mode_seconds BETWEEN 0 AND 86400 AND reports_to_hold BETWEEN 0 AND 100 AND claim_seconds BETWEEN 30 AND 3600
      AND hook_deadline_seconds BETWEEN 10 AND 86400 AND hook_deadline_action IN ('PUBLISH', 'HOLD'))
  )`,
  'INSERT INTO screening_settings DEFAULT VALUES ON CONFLICT DO NOTHING',
  `CREATE TABLE IF NOT EXISTS screened_word (
    id bigserial CONSTRAINT screened_word_pk PRIMARY KEY,
    text text NOT NULL,
    folded text NOT NULL,
    mode text NOT NULL CONSTRAINT screened_word_mode_check CHECK (mode IN ('EXACT', 'PREFIX', 'PATTERN')),
    action text NOT NULL CONSTRAINT screened_word_action_check CHECK (action IN ('HOLD', 'REFUSE')),
    language text NOT NULL DEFAULT '',
    added_by bigint CONSTRAINT screened_word_account_fk REFERENCES account (id),
    added_at timestamptz NOT NULL DEFAULT clock_timestamp()
  )`,
  'CREATE UNIQUE INDEX IF NOT EXISTS screened_word_key ON screened_word (folded, mode, language)',
  `CREATE INDEX IF NOT EXISTS screened_word_account_idx ON screened_word (added_by, id) WHERE added_by IS NOT NULL`,
  `CREATE TABLE IF NOT EXISTS slow_mode_turn (
    article_id bigint NOT NULL CONSTRAINT slow_mode_turn_article_fk REFERENCES article (id),
    account_id bigint NOT NULL CONSTRAINT slow_mode_turn_account_fk REFERENCES account (id),
    taken_at timestamptz NOT NULL,
    CONSTRAINT slow_mode_turn_pk PRIMARY KEY (article_id, account_id)
  )`,
  'CREATE INDEX IF NOT EXISTS slow_mode_turn_account_idx ON slow_mode_turn (account_id, article_id)',
  'CREATE INDEX IF NOT EXISTS slow_mode_turn_taken_idx ON slow_mode_turn (taken_at)',
  // due_at, hook_outcome: until when a program of the publisher is waited for, and how it ended otherwise.
  `CREATE TABLE IF NOT EXISTS comment_hold (
    article_id bigint NOT NULL,
    comment_id bigint NOT NULL,
    revision integer NOT NULL,
    phase text NOT NULL,
    match text,
    rule text,
    held_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    due_at timestamptz,
    hook_outcome text,
    suspicion text,
    CONSTRAINT comment_hold_pk PRIMARY KEY (article_id, comment_id, revision),
    CONSTRAINT comment_hold_hook_check CHECK ((due_at IS NULL AND hook_outcome IS NULL)
      OR (phase = 'HOOK' AND (hook_outcome IS NULL OR (due_at IS NULL AND hook_outcome IN ('UNANSWERED', 'ESCALATED')))))
  )`,
  'CREATE INDEX IF NOT EXISTS comment_hold_due_idx ON comment_hold (due_at) WHERE due_at IS NOT NULL',
];

const triggers = [
  'DROP TRIGGER IF EXISTS screening_settings_shown ON screening_settings',
  // The site's slow mode is shown with every article.
  `CREATE CONSTRAINT TRIGGER screening_settings_shown AFTER UPDATE ON screening_settings
   DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.slow_mode_seconds <> OLD.slow_mode_seconds)
   EXECUTE FUNCTION raise_site_revision()`,
];

const down = `
ALTER TABLE article DROP COLUMN slow_mode_seconds, DROP COLUMN max_links, DROP COLUMN first_comments;
DROP TABLE comment_hold, slow_mode_turn, screened_word, screening_settings;
`;

/**
 * The rules that a comment passes before it is public: the settings of the site and of articles, the words, and the turns
 * of slow mode; and the reasons for which comments are held.
 */
export class Screening1796090000000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'SHARE ROW EXCLUSIVE',
      tables: ['account', 'article'],
      statements: [...tables, ...triggers],
    });
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: ['article'],
      statements: [
        `ALTER TABLE article ADD COLUMN IF NOT EXISTS slow_mode_seconds integer,
         ADD COLUMN IF NOT EXISTS max_links integer, ADD COLUMN IF NOT EXISTS first_comments integer`,
      ],
    });
    await addCheck(runner, {
      table: 'article',
      name: 'article_screening_check',
      expression: `slow_mode_seconds BETWEEN 0 AND 86400 AND max_links BETWEEN 0 AND 100
        AND first_comments BETWEEN 0 AND 100`,
    });
    // The planner expects thousands of rows of a table that was never analysed.
    await runner.query('ANALYZE screening_settings');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
