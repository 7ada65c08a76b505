import type { MigrationInterface, QueryRunner } from 'typeorm';
import { replaceIndex } from './support/indexes.ts';

/** Newest and oldest first, limited to a depth: the depth is read from the index instead of the table. */
export class ShallowLists1764700000000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await replaceIndex(runner, {
      name: 'comment_listed_idx',
      unique: true,
      on: 'ON comment (article_id, ordinal) INCLUDE (id, depth) WHERE listed',
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX comment_listed_idx');
    await runner.query(
      'CREATE UNIQUE INDEX comment_listed_idx ON comment (article_id, ordinal) INCLUDE (id) WHERE listed',
    );
  }
}
