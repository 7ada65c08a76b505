import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addCheck } from './support/constraints.ts';
import { buildIndex, dropIndex } from './support/indexes.ts';

const indexes = [
  { name: 'moderation_event_kind_idx', on: 'ON moderation_event (kind, sequence)' },
  {
    name: 'moderation_event_actor_kind_idx',
    on: 'ON moderation_event (actor_id, kind, sequence) WHERE actor_id IS NOT NULL',
  },
  {
    name: 'moderation_event_subject_kind_idx',
    on: 'ON moderation_event (subject_id, kind, sequence) WHERE subject_id IS NOT NULL',
  },
] as const;

/** Lists of one account are read by kinds, all of them if need be: two ways to read them would make a plan choose by statistics. */
const replaced = ['actor', 'subject'] as const;

/** Lists of the log by kinds, each read from the range of an index; and no action on a comment that names none. */
export class ModerationHistory1766425000000 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const index of indexes) await buildIndex(runner, index);
    for (const name of replaced) await dropIndex(runner, `moderation_event_${name}_idx`);
    await addCheck(runner, {
      table: 'moderation_event',
      name: 'moderation_event_comment_check',
      expression: `CASE WHEN comment_id IS NULL
        THEN kind NOT IN ('HELD', 'REPORTED', 'CLAIMED', 'RELEASED', 'WITHDRAWN') ELSE article_id IS NOT NULL END`,
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE moderation_event DROP CONSTRAINT moderation_event_comment_check');
    for (const name of replaced)
      await runner.query(`CREATE INDEX moderation_event_${name}_idx ON moderation_event (${name}_id, sequence)
        WHERE ${name}_id IS NOT NULL`);
    for (const { name } of indexes) await runner.query(`DROP INDEX ${name}`);
  }
}
