import type { MigrationInterface, QueryRunner } from 'typeorm';
import { replaceIndex } from './support/indexes.ts';

const indexes = [
  ['kind', 'kind', ''],
  ['actor_kind', 'actor_id, kind', 'actor_id'],
  ['subject_kind', 'subject_id, kind', 'subject_id'],
  ['comment', 'article_id, comment_id', 'comment_id'],
] as const;

/** @param order of the last column, within which an index lists the log */
const definitions = (order: string) =>
  indexes.map(([name, columns, present]) => ({
    name: `moderation_event_${name}_idx`,
    on: `ON moderation_event (${columns}, sequence${order})${present && ` WHERE ${present} IS NOT NULL`}`,
  }));

/** Lists of the log of moderation have an order of their own, which the primary key does not have. */
export class HistoryOrder1766445000000 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const index of definitions(' NULLS FIRST')) await replaceIndex(runner, index);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { name, on } of definitions('')) {
      await runner.query(`DROP INDEX ${name}`);
      await runner.query(`CREATE INDEX ${name} ${on}`);
    }
  }
}
