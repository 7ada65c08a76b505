import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addCheck, replaceCheck } from './support/constraints.ts';
import { buildIndex } from './support/indexes.ts';
import { changeTables } from './support/table-locks.ts';

const changes = {
  screening_settings: `ALTER TABLE screening_settings ADD COLUMN IF NOT EXISTS asks_hook boolean NOT NULL DEFAULT false,
    ADD COLUMN IF NOT EXISTS hook_deadline_seconds integer NOT NULL DEFAULT 300,
    ADD COLUMN IF NOT EXISTS hook_deadline_action text NOT NULL DEFAULT 'HOLD'`,
  comment_hold: `ALTER TABLE comment_hold ADD COLUMN IF NOT EXISTS due_at timestamptz,
    ADD COLUMN IF NOT EXISTS hook_outcome text`,
  webhook: `ALTER TABLE webhook ADD COLUMN IF NOT EXISTS log text NOT NULL DEFAULT 'SITE'`,
};

const settingsBounds = `first_comments BETWEEN 0 AND 100 AND max_links BETWEEN 0 AND 100
    AND slow_mode_seconds BETWEEN 0 AND 86400 AND reports_to_hold BETWEEN 0 AND 100 AND claim_seconds BETWEEN 30 AND 3600`;

const ofComments = `'HELD', 'REPORTED', 'CLAIMED', 'RELEASED', 'WITHDRAWN'`;
const namesComment = (kinds: string): string =>
  `CASE WHEN comment_id IS NULL THEN kind NOT IN (${kinds}) ELSE article_id IS NOT NULL END`;

/** The hook: its settings, the deadlines of texts that it is asked about, and endpoints that are sent the log of moderation. */
export class ModerationHook1766450000000 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const [table, statement] of Object.entries(changes))
      await changeTables(runner, { mode: 'ACCESS EXCLUSIVE', tables: [table], statements: [statement] });
    await replaceCheck(runner, {
      table: 'screening_settings',
      name: 'screening_settings_check',
      expression: `${settingsBounds} AND hook_deadline_seconds BETWEEN 10 AND 86400
    AND hook_deadline_action IN ('PUBLISH', 'HOLD')`,
    });
    await addCheck(runner, {
      table: 'comment_hold',
      name: 'comment_hold_hook_check',
      expression: `(due_at IS NULL AND hook_outcome IS NULL)
    OR (phase = 'HOOK' AND (hook_outcome IS NULL OR (due_at IS NULL AND hook_outcome IN ('UNANSWERED', 'ESCALATED'))))`,
    });
    await buildIndex(runner, {
      name: 'comment_hold_due_idx',
      on: 'ON comment_hold (due_at) WHERE due_at IS NOT NULL',
    });
    await replaceCheck(runner, {
      table: 'moderation_event',
      name: 'moderation_event_comment_check',
      expression: namesComment(`${ofComments}, 'HOOK_UNANSWERED', 'ESCALATED'`),
    });
    await addCheck(runner, {
      table: 'webhook',
      name: 'webhook_log_check',
      expression: `log IN ('SITE', 'MODERATION')`,
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    // The last version would send these endpoints the events of the site.
    await runner.query(`DELETE FROM webhook WHERE log = 'MODERATION'`);
    await runner.query('ALTER TABLE webhook DROP COLUMN log');
    // It can show no other kinds, and the log has no gaps: the text goes on waiting.
    await runner.query(`UPDATE moderation_event SET kind = 'HELD', detail = '{"phase": "HOOK"}'
      WHERE kind IN ('HOOK_UNANSWERED', 'ESCALATED')`);
    await runner.query('ALTER TABLE moderation_event DROP CONSTRAINT moderation_event_comment_check');
    await runner.query(
      `ALTER TABLE moderation_event ADD CONSTRAINT moderation_event_comment_check CHECK (${namesComment(ofComments)})`,
    );
    await runner.query('ALTER TABLE comment_hold DROP CONSTRAINT comment_hold_hook_check');
    await runner.query('ALTER TABLE comment_hold DROP COLUMN due_at, DROP COLUMN hook_outcome');
    await runner.query('ALTER TABLE screening_settings DROP CONSTRAINT screening_settings_check');
    await runner.query(`ALTER TABLE screening_settings DROP COLUMN asks_hook, DROP COLUMN hook_deadline_seconds,
      DROP COLUMN hook_deadline_action`);
    await runner.query(
      `ALTER TABLE screening_settings ADD CONSTRAINT screening_settings_check CHECK (${settingsBounds})`,
    );
  }
}
