import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Files of pictures, from before they are written until after they are deleted. */
export class Pictures1766390000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE TABLE picture_file (
  name text CONSTRAINT picture_file_pk PRIMARY KEY,
  delete_at timestamptz
)`);
    await runner.query(
      'CREATE INDEX picture_file_delete_idx ON picture_file (delete_at) WHERE delete_at IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE picture_file');
  }
}
