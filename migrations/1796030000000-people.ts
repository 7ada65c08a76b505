import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex, type IndexDefinition } from './support/indexes.ts';
import { changeTables } from './support/table-locks.ts';

const account = [
  // Accounts of the previous version have never been told of a public list of their comments: theirs are listed only
  // once they ask for it.
  `ALTER TABLE account ADD COLUMN IF NOT EXISTS email_verified_at timestamptz,
    ADD COLUMN IF NOT EXISTS erase_at timestamptz,
    ADD COLUMN IF NOT EXISTS lists_comments boolean NOT NULL DEFAULT false,
    -- Not read from mailed_link: those links end with what happens to the address, which tells whether somebody else has it.
    ADD COLUMN IF NOT EXISTS pending_email text,
    ADD COLUMN IF NOT EXISTS pending_email_until timestamptz`,
  'ALTER TABLE account ALTER lists_comments SET DEFAULT true',
];

// Sessions of the previous version have proven nothing, and rest on no other site.
const session = `
ALTER TABLE session ADD COLUMN IF NOT EXISTS user_agent text,
  ADD COLUMN IF NOT EXISTS second_factor boolean NOT NULL DEFAULT false,
  ADD COLUMN IF NOT EXISTS proven_at timestamptz,
  ADD COLUMN IF NOT EXISTS proven_issuer text,
  ADD COLUMN IF NOT EXISTS proven_issuer_session text,
  ADD COLUMN IF NOT EXISTS network text,
  ADD COLUMN IF NOT EXISTS vouched_by text,
  ADD COLUMN IF NOT EXISTS issuer text,
  ADD COLUMN IF NOT EXISTS issuer_subject text,
  ADD COLUMN IF NOT EXISTS issuer_session text,
  ADD COLUMN IF NOT EXISTS tried_proofs integer NOT NULL DEFAULT 0`;

const tables = [
  `CREATE TABLE IF NOT EXISTS mailed_link (
    hash bytea NOT NULL CONSTRAINT mailed_link_pk PRIMARY KEY,
    kind text NOT NULL CONSTRAINT mailed_link_kind_check CHECK (kind IN ('SIGN_UP', 'PASSWORD', 'EMAIL', 'SIGN_IN')),
    account_id bigint CONSTRAINT mailed_link_account_fk REFERENCES account (id),
    email text NOT NULL,
    name text,
    password_hash text,
    secret_hash bytea,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    CONSTRAINT mailed_link_sign_up_check CHECK (
      (kind = 'SIGN_UP') = (num_nonnulls(name, password_hash, secret_hash) = 3)
      AND (kind = 'SIGN_UP' OR num_nonnulls(name, password_hash, secret_hash) = 0)
    )
  )`,
  'CREATE INDEX IF NOT EXISTS mailed_link_account_idx ON mailed_link (account_id)',
  'CREATE INDEX IF NOT EXISTS mailed_link_email_idx ON mailed_link (email)',
  'CREATE INDEX IF NOT EXISTS mailed_link_expires_idx ON mailed_link (expires_at)',
  // The devices by which an account's next sign-in is recognised.
  `CREATE TABLE IF NOT EXISTS account_device (
    account_id bigint NOT NULL CONSTRAINT account_device_account_fk REFERENCES account (id),
    hash bytea NOT NULL,
    seen_at timestamptz NOT NULL,
    CONSTRAINT account_device_pk PRIMARY KEY (account_id, hash)
  )`,
  'CREATE INDEX IF NOT EXISTS account_device_seen_idx ON account_device (seen_at)',
  // Files of pictures, from before they are written until after they are deleted.
  `CREATE TABLE IF NOT EXISTS picture_file (
    name text CONSTRAINT picture_file_pk PRIMARY KEY,
    delete_at timestamptz
  )`,
  'CREATE INDEX IF NOT EXISTS picture_file_delete_idx ON picture_file (delete_at) WHERE delete_at IS NOT NULL',
];

const indexes: readonly IndexDefinition[] = [
  { name: 'account_erase_idx', on: 'ON account (erase_at) WHERE erase_at IS NOT NULL' },
  {
    name: 'session_proven_issuer_idx',
    on: 'ON session (proven_issuer, proven_issuer_session) WHERE proven_issuer IS NOT NULL',
  },
  { name: 'session_issuer_subject_idx', on: 'ON session (issuer, issuer_subject) WHERE issuer IS NOT NULL' },
  {
    name: 'session_issuer_session_idx',
    on: 'ON session (issuer, issuer_session) WHERE issuer_session IS NOT NULL',
  },
  {
    name: 'comment_author_idx',
    on: `ON comment (account_id, ordinal, id) INCLUDE (article_id)
      WHERE status = 'PUBLISHED' AND account_id IS NOT NULL`,
  },
];

// A node stores the keys of a new name, and computes them each time until then. So no writer can forget them: neither a
// node of the previous version nor a command.
const nameKeys = [
  'ALTER TABLE journalist ADD COLUMN IF NOT EXISTS name_keys text[]',
  `CREATE OR REPLACE FUNCTION forget_name_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.name_keys := NULL;
  RETURN NEW;
END
$$`,
  `CREATE OR REPLACE TRIGGER journalist_renamed BEFORE UPDATE OF name ON journalist
   FOR EACH ROW WHEN (NEW.name IS DISTINCT FROM OLD.name) EXECUTE FUNCTION forget_name_keys()`,
];

const down = `
DROP TRIGGER journalist_renamed ON journalist;
DROP FUNCTION forget_name_keys;
ALTER TABLE journalist DROP COLUMN name_keys;
DROP INDEX comment_author_idx;
DROP TABLE picture_file, account_device, mailed_link;
ALTER TABLE token_family DROP COLUMN network;
ALTER TABLE session DROP COLUMN user_agent, DROP COLUMN second_factor, DROP COLUMN proven_at, DROP COLUMN proven_issuer,
  DROP COLUMN proven_issuer_session, DROP COLUMN network, DROP COLUMN vouched_by, DROP COLUMN issuer,
  DROP COLUMN issuer_subject, DROP COLUMN issuer_session, DROP COLUMN tried_proofs;
ALTER TABLE account DROP COLUMN email_verified_at, DROP COLUMN erase_at, DROP COLUMN lists_comments,
  DROP COLUMN pending_email, DROP COLUMN pending_email_until;
`;

/**
 * What an account has beside its address and its password: proven addresses and mailed links, the day of its erasure, its
 * devices and pictures, and whether its page lists its comments; how each session began and what it has proven; and keys
 * of bylines, which names that look the same share.
 */
export class People1796030000000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: ['account', 'session', 'token_family', 'refresh_token'],
      statements: [
        ...account,
        session,
        'ALTER TABLE token_family ADD COLUMN IF NOT EXISTS network text',
        // Tokens from before 0.2.0 alone, which nothing accepts any more.
        'DELETE FROM refresh_token',
        ...tables,
      ],
    });
    await changeTables(runner, { mode: 'ACCESS EXCLUSIVE', tables: ['journalist'], statements: nameKeys });
    for (const index of indexes) await buildIndex(runner, index);
    await buildIndex(runner, {
      name: 'journalist_without_keys_idx',
      on: 'ON journalist (id) WHERE name_keys IS NULL',
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
