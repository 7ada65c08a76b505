import type { MigrationInterface, QueryRunner } from 'typeorm';
import { changeTables } from './support/table-locks.ts';

// A table of its own: creating it and its indexes locks sessions no longer than it takes to create them empty.
// Refreshing updates a row in place, so each page keeps room for new versions of some rows.
const table = `
CREATE TABLE IF NOT EXISTS token_family (
  family_hash bytea CONSTRAINT token_family_pk PRIMARY KEY,
  session_id uuid NOT NULL CONSTRAINT token_family_session_fk REFERENCES session (id),
  hash bytea NOT NULL,
  previous_hash bytea,
  successor_salt bytea,
  issued_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  expires_on date NOT NULL
) WITH (fillfactor = 70)`;

const indexes = [
  'CREATE INDEX IF NOT EXISTS token_family_session_idx ON token_family (session_id)',
  // The day alone: an index on expires_at would get an entry with every refresh.
  'CREATE INDEX IF NOT EXISTS token_family_expires_idx ON token_family (expires_on)',
];

const down = `
-- The previous version looks a token up by the hash of the whole token, whatever its form, so sessions continue there.
INSERT INTO refresh_token (hash, session_id, issued_at, expires_at)
  SELECT hash, session_id, issued_at, expires_at FROM token_family
  ON CONFLICT DO NOTHING;
INSERT INTO refresh_token (hash, session_id, issued_at, expires_at, used_at)
  SELECT previous_hash, session_id, issued_at, expires_at, issued_at FROM token_family WHERE previous_hash IS NOT NULL
  ON CONFLICT DO NOTHING;
DROP TABLE token_family;
`;

/**
 * One row for the refresh tokens of a session, however often it is refreshed. Tokens of the previous version stay in
 * refresh_token until they are exchanged or expire.
 */
export class TokenFamilies1765100000000 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'SHARE ROW EXCLUSIVE',
      tables: ['session'],
      statements: [table, ...indexes],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
