import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex } from './support/indexes.ts';
import { changeTables } from './support/table-locks.ts';

const leasedTables = ['funding_lease', 'mail', 'webhook_delivery'];

/**
 * Processes that live, and whose each lease is. A lease without a process is one of the last version's: it ends by its time
 * alone.
 */
export class Processes1796100000000 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE TABLE IF NOT EXISTS process (id uuid CONSTRAINT process_pk PRIMARY KEY, alive_until timestamptz NOT NULL)',
    );
    for (const table of leasedTables)
      await changeTables(runner, {
        mode: 'ACCESS EXCLUSIVE',
        tables: [table],
        statements: [`ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS process_id uuid`],
      });
    await buildIndex(runner, {
      name: 'mail_process_idx',
      unique: false,
      on: 'ON mail (process_id) WHERE process_id IS NOT NULL',
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX mail_process_idx');
    for (const table of leasedTables) await runner.query(`ALTER TABLE ${table} DROP COLUMN process_id`);
    await runner.query('DROP TABLE process');
  }
}
