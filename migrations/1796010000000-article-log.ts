import type { MigrationInterface, QueryRunner } from 'typeorm';
import { fillInBatches } from './support/batches.ts';
import { type Bridge, bridgeStatements } from './support/bridges.ts';
import { changeTables } from './support/table-locks.ts';

const columns = `
ALTER TABLE article_event
  ADD COLUMN IF NOT EXISTS subject_id bigint,
  ADD COLUMN IF NOT EXISTS detail jsonb`;

/** Nodes of the previous version write and read the old columns, and all others the new ones. */
const bridge: Bridge = {
  name: 'bridge_1796010000000_subject',
  table: 'article_event',
  event: 'BEFORE INSERT',
  when: 'coalesce(NEW.subject_id, NEW.comment_id, NEW.endorsement_id) IS NOT NULL',
  body: `
    IF NEW.subject_id IS NULL THEN
      NEW.subject_id := coalesce(NEW.comment_id, NEW.endorsement_id);
      NEW.detail := CASE WHEN NEW.vanished THEN '{"vanished": true}'::jsonb END;
    ELSIF NEW.kind LIKE 'COMMENT\\_%' THEN
      NEW.comment_id := NEW.subject_id;
      NEW.vanished := NEW.detail IS NOT NULL;
    ELSIF NEW.kind LIKE 'ENDORSEMENT\\_%' THEN
      NEW.endorsement_id := NEW.subject_id;
    END IF;
    RETURN NEW;`,
  columns: ['comment_id', 'vanished', 'endorsement_id'],
};

const down = [
  `DROP FUNCTION IF EXISTS ${bridge.name} CASCADE`,
  `ALTER TABLE article_event ADD COLUMN IF NOT EXISTS comment_id bigint,
     ADD COLUMN IF NOT EXISTS vanished boolean NOT NULL DEFAULT false, ADD COLUMN IF NOT EXISTS endorsement_id bigint`,
  `UPDATE article_event SET comment_id = subject_id, vanished = detail IS NOT NULL
   WHERE kind LIKE 'COMMENT\\_%' AND subject_id IS NOT NULL`,
  `UPDATE article_event SET endorsement_id = subject_id WHERE kind LIKE 'ENDORSEMENT\\_%'`,
  'ALTER TABLE article_event DROP COLUMN subject_id, DROP COLUMN detail',
];

/** An event names its subject in one column, whatever its kind, so that a feature adds kinds without a change of the log. */
export class ArticleLog1796010000000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: [bridge.table],
      statements: [columns, ...bridgeStatements(bridge)],
    });
    await fillInBatches(runner, {
      table: bridge.table,
      missing: `t.subject_id IS NULL AND coalesce(t.comment_id, t.endorsement_id) IS NOT NULL`,
      set: `subject_id = coalesce(t.comment_id, t.endorsement_id),
        detail = CASE WHEN t.vanished THEN '{"vanished": true}'::jsonb END`,
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of down) await runner.query(statement);
  }
}
