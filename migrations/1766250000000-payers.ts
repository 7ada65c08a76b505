import type { MigrationInterface, QueryRunner } from 'typeorm';

const up = `
CREATE TABLE payer (
  article_id bigint NOT NULL,
  pledge_id bigint NOT NULL,
  name text NOT NULL,
  email text NOT NULL,
  retain_until timestamptz NOT NULL,
  CONSTRAINT payer_pk PRIMARY KEY (article_id, pledge_id),
  CONSTRAINT payer_pledge_fk FOREIGN KEY (article_id, pledge_id) REFERENCES pledge (article_id, id)
);
CREATE INDEX payer_retain_idx ON payer (retain_until);
`;

/** Who made payments whose account was erased, for as long as accounting demands it. */
export class Payers1766250000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE payer');
  }
}
