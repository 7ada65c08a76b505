import type { MigrationInterface, QueryRunner } from 'typeorm';
import { changeTables } from './support/table-locks.ts';

// What is shown of an article besides its own log: names, pictures and roles of accounts, bylines, names of tags. One
// number for all of them, because they rarely change.
const table = `
CREATE TABLE IF NOT EXISTS site_revision (
  id boolean NOT NULL DEFAULT true CONSTRAINT site_revision_pk PRIMARY KEY,
  revision integer NOT NULL DEFAULT 0,
  CONSTRAINT site_revision_single CHECK (id)
)`;

const row = `INSERT INTO site_revision DEFAULT VALUES ON CONFLICT DO NOTHING`;

// Once for each transaction: the row's own transaction is compared.
const raise = `
CREATE OR REPLACE FUNCTION raise_site_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE site_revision SET revision = revision + 1 WHERE xmin <> pg_current_xact_id()::xid;
  RETURN NULL;
END
$$`;

/**
 * Triggers, and not statements of the service, so that no writer can forget them: neither a node of the last version
 * nor a command. Deferred to the commit, so that the row is locked last and for a moment only.
 */
const trigger = (name: string, tableName: string, events: string): readonly string[] => [
  `DROP TRIGGER IF EXISTS ${name} ON ${tableName}`,
  `CREATE CONSTRAINT TRIGGER ${name} AFTER ${events} ON ${tableName}
   DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION raise_site_revision()`,
];

const down = `
DROP TRIGGER tag_shown ON tag;
DROP TRIGGER journalist_shown ON journalist;
DROP TRIGGER account_shown ON account;
DROP FUNCTION raise_site_revision;
DROP TABLE site_revision;
`;

/** A number that changes with everything public that no article's log tells of. */
export class SiteRevision1766000000000 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'SHARE ROW EXCLUSIVE',
      tables: ['account', 'journalist', 'tag'],
      statements: [
        table,
        row,
        raise,
        // A new account or tag is shown nowhere before an article's event shows it.
        ...trigger('account_shown', 'account', 'UPDATE OF name, avatar_url, roles OR DELETE'),
        ...trigger('journalist_shown', 'journalist', 'INSERT OR UPDATE OR DELETE'),
        ...trigger('tag_shown', 'tag', 'UPDATE OR DELETE'),
      ],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
