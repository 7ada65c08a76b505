import type { MigrationInterface, QueryRunner } from 'typeorm';
import { changeTables } from './support/table-locks.ts';

const subjects = `
ALTER TABLE article_event
  ADD COLUMN IF NOT EXISTS pledge_id bigint,
  ADD COLUMN IF NOT EXISTS milestone smallint`;

const down = `
ALTER TABLE article_event DROP COLUMN pledge_id, DROP COLUMN milestone;
`;

/** The subjects that events of an article's log have beside comments and endorsements. */
export class ArticleLog1796010000000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: ['article_event'],
      statements: [subjects],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
