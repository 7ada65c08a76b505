import type { MigrationInterface, QueryRunner } from 'typeorm';
import { changeTables } from './support/table-locks.ts';

const statements = [
  'ALTER TABLE session ADD COLUMN IF NOT EXISTS second_factor boolean NOT NULL DEFAULT false',
  'ALTER TABLE token ADD COLUMN IF NOT EXISTS second_factor boolean NOT NULL DEFAULT false',
  `CREATE TABLE IF NOT EXISTS passkey (
  id uuid NOT NULL CONSTRAINT passkey_pk PRIMARY KEY,
  account_id bigint NOT NULL CONSTRAINT passkey_account_fk REFERENCES account (id),
  credential_id bytea NOT NULL CONSTRAINT passkey_credential_key UNIQUE
    CONSTRAINT passkey_credential_check CHECK (octet_length(credential_id) BETWEEN 1 AND 1023),
  public_key bytea NOT NULL CONSTRAINT passkey_public_key_check CHECK (octet_length(public_key) BETWEEN 1 AND 4096),
  counter bigint NOT NULL,
  transports text[] NOT NULL CONSTRAINT passkey_transports_check CHECK (cardinality(transports) <= 8),
  name text NOT NULL CONSTRAINT passkey_name_check CHECK (char_length(name) BETWEEN 1 AND 60),
  created_at timestamptz NOT NULL,
  used_at timestamptz
)`,
  'CREATE INDEX IF NOT EXISTS passkey_account_idx ON passkey (account_id)',
  `CREATE TABLE IF NOT EXISTS recovery_code (
  account_id bigint NOT NULL CONSTRAINT recovery_code_account_fk REFERENCES account (id),
  hash bytea NOT NULL CONSTRAINT recovery_code_hash_check CHECK (octet_length(hash) = 32),
  created_at timestamptz NOT NULL,
  CONSTRAINT recovery_code_pk PRIMARY KEY (account_id, hash)
)`,
  `CREATE TABLE IF NOT EXISTS met_challenge (
  nonce bytea NOT NULL CONSTRAINT met_challenge_pk PRIMARY KEY
    CONSTRAINT met_challenge_nonce_check CHECK (octet_length(nonce) = 16),
  expires_at timestamptz NOT NULL
)`,
  'CREATE INDEX IF NOT EXISTS met_challenge_expires_idx ON met_challenge (expires_at)',
];

/** Passkeys, recovery codes, and whether a session or a token has proven two factors. */
export class Passkeys1766370000000 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: ['account', 'session', 'token'],
      statements,
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE passkey, recovery_code, met_challenge');
    await runner.query('ALTER TABLE session DROP COLUMN second_factor');
    await runner.query('ALTER TABLE token DROP COLUMN second_factor');
  }
}
