import type { MigrationInterface, QueryRunner } from 'typeorm';

const up = `
CREATE TABLE test_provider_object (
  ordinal bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT test_provider_object_pk PRIMARY KEY,
  id text NOT NULL CONSTRAINT test_provider_object_id_key UNIQUE,
  type text NOT NULL,
  parent text,
  created_at timestamptz NOT NULL,
  data jsonb NOT NULL
);
CREATE INDEX test_provider_object_list_idx ON test_provider_object (type, ordinal);
CREATE INDEX test_provider_object_parent_idx ON test_provider_object (parent, type, ordinal) WHERE parent IS NOT NULL;
CREATE TABLE test_provider_request (
  key text CONSTRAINT test_provider_request_pk PRIMARY KEY,
  hash bytea NOT NULL,
  status integer NOT NULL,
  body text NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX test_provider_request_created_idx ON test_provider_request (created_at);
`;

const down = `
DROP TABLE test_provider_request;
DROP TABLE test_provider_object;
`;

/** The state of the test provider, which moves no money. The tables refer to no others, and no others to them. */
export class TestProvider1766200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
