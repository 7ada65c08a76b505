import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Appeals against decisions of moderators. */
export class ModerationAppeals1766440000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE TABLE moderation_appeal (
  decision_id bigint CONSTRAINT moderation_appeal_pk PRIMARY KEY
    CONSTRAINT moderation_appeal_decision_fk REFERENCES moderation_decision (id),
  account_id bigint NOT NULL,
  text text NOT NULL CONSTRAINT moderation_appeal_text_check CHECK (char_length(text) BETWEEN 1 AND 2000),
  appealed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  outcome text CONSTRAINT moderation_appeal_outcome_check CHECK (outcome IN ('UPHELD', 'OVERTURNED')),
  answer text CONSTRAINT moderation_appeal_answer_check CHECK (char_length(answer) BETWEEN 1 AND 500),
  answered_by bigint,
  answered_at timestamptz,
  CONSTRAINT moderation_appeal_answered_check CHECK ((outcome IS NULL) = (answered_at IS NULL))
)`);
    await runner.query(
      'CREATE INDEX moderation_appeal_open_idx ON moderation_appeal (decision_id) WHERE outcome IS NULL',
    );
    await runner.query(
      'CREATE INDEX moderation_appeal_account_idx ON moderation_appeal (account_id, decision_id)',
    );
    await runner.query(
      'CREATE INDEX moderation_appeal_answered_idx ON moderation_appeal (answered_by) WHERE answered_by IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE moderation_appeal');
  }
}
