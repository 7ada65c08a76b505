import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex } from './support/indexes.ts';
import { changeTables } from './support/table-locks.ts';

/** The machine token that has made an endpoint, which ends with it. Endpoints of before are kept as those of persons. */
export class WebhookTokens1796300000000 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: ['token', 'webhook'],
      statements: [
        `ALTER TABLE webhook ADD COLUMN IF NOT EXISTS token_id bigint
           CONSTRAINT webhook_token_fk REFERENCES token (id) ON DELETE CASCADE`,
      ],
    });
    await buildIndex(runner, {
      name: 'webhook_token_idx',
      unique: false,
      on: 'ON webhook (token_id) WHERE token_id IS NOT NULL',
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE webhook DROP COLUMN token_id');
  }
}
