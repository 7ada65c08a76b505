import type { MigrationInterface, QueryRunner } from 'typeorm';
import { changeTables } from './support/table-locks.ts';

const tokens = [
  `CREATE TABLE IF NOT EXISTS service_account (
    account_id bigint CONSTRAINT service_account_pk PRIMARY KEY
      CONSTRAINT service_account_account_fk REFERENCES account (id)
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
    second_factor boolean NOT NULL DEFAULT false,
    vouched_by text,
    CONSTRAINT token_grant_check CHECK ((documents IS NULL) = (cardinality(scopes) > 0)),
    CONSTRAINT token_documents_check CHECK (cardinality(documents) BETWEEN 1 AND 50),
    CONSTRAINT token_expiry_check CHECK (expires_at > created_at AND expires_at - created_at <= interval '366 days')
  )`,
  'CREATE INDEX IF NOT EXISTS token_account_idx ON token (account_id)',
  'CREATE INDEX IF NOT EXISTS token_expires_idx ON token (expires_at)',
  'CREATE INDEX IF NOT EXISTS token_revoked_idx ON token (revoked_at) WHERE revoked_at IS NOT NULL',
];

const passkeys = [
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
    used_at timestamptz,
    vouched_by text
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

const logins = [
  `CREATE TABLE IF NOT EXISTS login (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT login_pk PRIMARY KEY,
    account_id bigint NOT NULL CONSTRAINT login_account_fk REFERENCES account (id),
    issuer text NOT NULL,
    subject text NOT NULL,
    roles text[] NOT NULL,
    created_at timestamptz NOT NULL,
    used_at timestamptz NOT NULL,
    linked_by text,
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
    authenticated_at timestamptz,
    issuer_session text,
    asked_at timestamptz,
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

const down = `
DROP TABLE spent_host_token, pending_login, login, met_challenge, recovery_code, passkey, token, service_account;
`;

/**
 * Ways to sign in beside a password: machine tokens, passkeys with recovery codes, and logins of other sites. Going back,
 * an account that has no other way keeps its row.
 */
export class SignIn1796035000000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'SHARE ROW EXCLUSIVE',
      tables: ['account'],
      statements: [...tokens, ...passkeys, ...logins],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
