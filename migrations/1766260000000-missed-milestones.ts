import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The draft of a milestone that was missed may be unlocked by another campaign. */
export class MissedMilestones1766260000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE milestone DROP CONSTRAINT milestone_unlocked_article_key');
    await runner.query(
      `CREATE UNIQUE INDEX milestone_unlocked_article_key ON milestone (unlocked_article_id) WHERE status <> 'MISSED'`,
    );
  }

  /** A draft that was missed once and is unlocked by another milestone stays with the latter. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX milestone_unlocked_article_key');
    await runner.query(
      `UPDATE milestone m SET unlocked_article_id = NULL WHERE m.status = 'MISSED' AND EXISTS (SELECT FROM milestone o
         WHERE o.unlocked_article_id = m.unlocked_article_id
           AND (o.status <> 'MISSED' OR o.article_id > m.article_id))`,
    );
    await runner.query(
      'ALTER TABLE milestone ADD CONSTRAINT milestone_unlocked_article_key UNIQUE (unlocked_article_id)',
    );
  }
}
