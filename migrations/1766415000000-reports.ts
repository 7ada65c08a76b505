import type { MigrationInterface, QueryRunner } from 'typeorm';
import { changeTables } from './support/table-locks.ts';

// Whose comment a report is about follows the comment: it may be given to an account that claims it, and loses an erased one.
const followSubject = [
  `CREATE OR REPLACE FUNCTION follow_report_subject() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE comment_report SET subject_id = NEW.account_id WHERE article_id = NEW.article_id AND comment_id = NEW.id;
  RETURN NULL;
END
$$`,
  'DROP TRIGGER IF EXISTS comment_report_subject ON comment',
  `CREATE TRIGGER comment_report_subject AFTER UPDATE OF account_id ON comment
   FOR EACH ROW WHEN (NEW.account_id IS DISTINCT FROM OLD.account_id) EXECUTE FUNCTION follow_report_subject()`,
];

/** Whose comments are reported, and the indexes of the lists of reports. No version before this one writes any. */
export class Reports1766415000000 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: ['comment_report'],
      statements: [
        'ALTER TABLE comment_report ADD COLUMN IF NOT EXISTS subject_id bigint',
        `CREATE INDEX IF NOT EXISTS comment_report_comment_idx ON comment_report (article_id, comment_id, id)`,
        `CREATE INDEX IF NOT EXISTS comment_report_subject_idx ON comment_report (subject_id, state)
           WHERE subject_id IS NOT NULL`,
        `CREATE INDEX IF NOT EXISTS comment_report_decided_idx ON comment_report (account_id, id)
           WHERE account_id IS NOT NULL AND state IN ('UPHELD', 'DISMISSED', 'BAD_FAITH')`,
        `CREATE INDEX IF NOT EXISTS comment_report_decision_idx ON comment_report (decision_id)
           WHERE decision_id IS NOT NULL`,
      ],
    });
    await changeTables(runner, {
      mode: 'SHARE ROW EXCLUSIVE',
      tables: ['comment'],
      statements: followSubject,
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER comment_report_subject ON comment');
    await runner.query('DROP FUNCTION follow_report_subject()');
    for (const name of ['comment', 'decided', 'decision'])
      await runner.query(`DROP INDEX comment_report_${name}_idx`);
    await runner.query('ALTER TABLE comment_report DROP COLUMN subject_id');
  }
}
