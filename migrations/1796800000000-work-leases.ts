import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Work that has no row of its own to be taken by, such as the erasure of an account. */
export class WorkLeases1796800000000 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE IF NOT EXISTS work_lease (
         kind text NOT NULL CONSTRAINT work_lease_kind_check CHECK (kind IN ('ERASURE')),
         subject_id bigint NOT NULL,
         process_id uuid NOT NULL,
         attempts integer NOT NULL DEFAULT 1,
         look_at timestamptz NOT NULL DEFAULT clock_timestamp(),
         CONSTRAINT work_lease_pk PRIMARY KEY (kind, subject_id)
       )`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE work_lease');
  }
}
