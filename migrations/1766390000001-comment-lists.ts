import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex } from './support/indexes.ts';
import { changeTables } from './support/table-locks.ts';

/** Whether an account's page lists its comments, and the index of that list. */
export class CommentLists1766390000001 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: ['account'],
      statements: [
        // Accounts of before were never told of such a list: theirs begin when they say so.
        'ALTER TABLE account ADD COLUMN IF NOT EXISTS lists_comments boolean NOT NULL DEFAULT false',
        'ALTER TABLE account ALTER lists_comments SET DEFAULT true',
      ],
    });
    await buildIndex(runner, {
      name: 'comment_author_idx',
      on: `ON comment (account_id, ordinal, id) INCLUDE (article_id)
        WHERE status = 'PUBLISHED' AND account_id IS NOT NULL`,
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX comment_author_idx');
    await runner.query('ALTER TABLE account DROP COLUMN lists_comments');
  }
}
