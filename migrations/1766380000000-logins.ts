import type { MigrationInterface, QueryRunner } from 'typeorm';
import { changeTables } from './support/table-locks.ts';

const tables = [
  `CREATE TABLE IF NOT EXISTS login (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT login_pk PRIMARY KEY,
    account_id bigint NOT NULL CONSTRAINT login_account_fk REFERENCES account (id),
    issuer text NOT NULL,
    subject text NOT NULL,
    roles text[] NOT NULL,
    created_at timestamptz NOT NULL,
    used_at timestamptz NOT NULL,
    CONSTRAINT login_issuer_subject_key UNIQUE (issuer, subject)
  )`,
  'CREATE INDEX IF NOT EXISTS login_account_idx ON login (account_id)',
  `CREATE TABLE IF NOT EXISTS pending_login (
    hash bytea NOT NULL CONSTRAINT pending_login_pk PRIMARY KEY,
    secret_hash bytea NOT NULL,
    issuer text NOT NULL,
    subject text NOT NULL,
    name text NOT NULL,
    email text,
    roles text[] NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT pending_login_hash_check CHECK (octet_length(hash) = 32 AND octet_length(secret_hash) = 32)
  )`,
  'CREATE INDEX IF NOT EXISTS pending_login_expires_idx ON pending_login (expires_at)',
  `CREATE TABLE IF NOT EXISTS spent_host_token (
    hash bytea NOT NULL CONSTRAINT spent_host_token_pk PRIMARY KEY,
    expires_at timestamptz NOT NULL,
    CONSTRAINT spent_host_token_hash_check CHECK (octet_length(hash) = 32)
  )`,
  'CREATE INDEX IF NOT EXISTS spent_host_token_expires_idx ON spent_host_token (expires_at)',
];

/**
 * Logins of other sites. Going back, an account that has no other way to sign in keeps its row; its holder gets a
 * password by mail.
 */
export class Logins1766380000000 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, { mode: 'SHARE ROW EXCLUSIVE', tables: ['account'], statements: tables });
  }

  async down(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: ['account'],
      statements: ['DROP TABLE spent_host_token', 'DROP TABLE pending_login', 'DROP TABLE login'],
    });
  }
}
