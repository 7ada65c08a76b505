import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex } from './support/indexes.ts';

const name = 'pledge_released_idx';

/** Pledges that never counted are removed after a while. */
export class ReleasedPledges1766280000000 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    const on = `ON pledge (created_at) WHERE status = 'RELEASED' AND activated_at IS NULL`;
    await buildIndex(runner, { name, on });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX ${name}`);
  }
}
