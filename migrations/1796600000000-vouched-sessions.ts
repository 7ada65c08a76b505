import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex } from './support/indexes.ts';
import { changeTables } from './support/table-locks.ts';

const columns = {
  session: ['vouched_by', 'issuer', 'issuer_subject', 'issuer_session'],
  token: ['vouched_by'],
  passkey: ['vouched_by'],
  login: ['linked_by'],
  pending_login: ['issuer_session'],
};

const indexes = {
  session_issuer_subject_idx: 'ON session (issuer, issuer_subject) WHERE issuer IS NOT NULL',
  session_issuer_session_idx: 'ON session (issuer, issuer_session) WHERE issuer_session IS NOT NULL',
};

/**
 * The other site on whose word alone a session, a token or a passkey rests, who has linked a login, and the login that began a
 * session. Logins of before count as linked by their issuers; sessions, tokens and passkeys of before keep their rights.
 */
export class VouchedSessions1796600000000 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const [table, names] of Object.entries(columns)) {
      const statements = names.map((name) => `ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS ${name} text`);
      await changeTables(runner, { mode: 'ACCESS EXCLUSIVE', tables: [table], statements });
    }
    for (const [name, on] of Object.entries(indexes)) await buildIndex(runner, { name, unique: false, on });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of Object.keys(indexes)) await runner.query(`DROP INDEX ${name}`);
    for (const [table, names] of Object.entries(columns))
      for (const name of names) await runner.query(`ALTER TABLE ${table} DROP COLUMN ${name}`);
  }
}
