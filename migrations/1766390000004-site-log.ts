import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The log of the whole site. It begins where the logs of articles end now. */
export class SiteLog1766390000004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE TABLE site_log (
  id boolean CONSTRAINT site_log_pk PRIMARY KEY DEFAULT true CONSTRAINT site_log_single CHECK (id),
  sequence bigint NOT NULL DEFAULT '0'::bigint,
  pruned_sequence bigint NOT NULL DEFAULT '0'::bigint
)`);
    await runner.query('INSERT INTO site_log DEFAULT VALUES');
    await runner.query(`
CREATE TABLE site_event (
  sequence bigint CONSTRAINT site_event_pk PRIMARY KEY,
  article_id bigint NOT NULL,
  article_sequence integer NOT NULL,
  publishes boolean NOT NULL DEFAULT false,
  kind text NOT NULL,
  comment_id bigint,
  vanished boolean NOT NULL DEFAULT false,
  endorsement_id bigint,
  pledge_id bigint,
  milestone smallint,
  idempotency_key uuid,
  occurred_at timestamptz NOT NULL,
  added_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT site_event_article_key UNIQUE (article_id, article_sequence)
)`);
    await runner.query(`
CREATE TABLE site_position (
  article_id bigint CONSTRAINT site_position_pk PRIMARY KEY,
  sequence integer NOT NULL DEFAULT 0,
  is_public boolean NOT NULL DEFAULT false
)`);
    // The planner expects thousands of rows of a table that was never analysed.
    await runner.query('ANALYZE site_log');
    // Events that come meanwhile are behind the positions, and are carried into the log.
    await runner.query(`
INSERT INTO site_position (article_id, sequence, is_public)
SELECT c.article_id, c.sequence, a.status = 'PUBLISHED' FROM article_counter c JOIN article a ON a.id = c.article_id`);
  }

  async down(runner: QueryRunner): Promise<void> {
    // If the log is made again, its numbers are others: no cursor of this one may be taken for one of those.
    await runner.query('UPDATE event_log SET epoch = gen_random_uuid()');
    for (const table of ['site_position', 'site_event', 'site_log'])
      await runner.query(`DROP TABLE ${table}`);
  }
}
