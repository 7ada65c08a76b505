import type { MigrationInterface, QueryRunner } from 'typeorm';
import { changeTables } from './support/table-locks.ts';

const tables = [
  `CREATE TABLE IF NOT EXISTS service_account (
  account_id bigint CONSTRAINT service_account_pk PRIMARY KEY CONSTRAINT service_account_account_fk REFERENCES account (id)
)`,
  `CREATE TABLE IF NOT EXISTS token (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT token_pk PRIMARY KEY,
  account_id bigint NOT NULL CONSTRAINT token_account_fk REFERENCES account (id),
  hash bytea NOT NULL CONSTRAINT token_hash_key UNIQUE CONSTRAINT token_hash_check CHECK (octet_length(hash) = 32),
  name text NOT NULL,
  scopes text[] NOT NULL,
  documents text[],
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  last_used_at timestamptz,
  revoked_at timestamptz,
  CONSTRAINT token_grant_check CHECK ((documents IS NULL) = (cardinality(scopes) > 0)),
  CONSTRAINT token_documents_check CHECK (cardinality(documents) BETWEEN 1 AND 50),
  CONSTRAINT token_expiry_check CHECK (expires_at > created_at AND expires_at - created_at <= interval '366 days')
)`,
];

const indexes = [
  'CREATE INDEX IF NOT EXISTS token_account_idx ON token (account_id)',
  'CREATE INDEX IF NOT EXISTS token_expires_idx ON token (expires_at)',
  'CREATE INDEX IF NOT EXISTS token_revoked_idx ON token (revoked_at) WHERE revoked_at IS NOT NULL',
];

/** Machine tokens, and the accounts that no person signs in to. */
export class Tokens1766320000000 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'SHARE ROW EXCLUSIVE',
      tables: ['account'],
      statements: [...tables, ...indexes],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE token, service_account');
  }
}
