import type { MigrationInterface, QueryRunner } from 'typeorm';
import { changeTables } from './support/table-locks.ts';

const tables = [
  // Everything public of an article that its own log does not tell of: names, pictures and roles of accounts, bylines,
  // names of tags. One number for all of them, because they rarely change.
  `CREATE TABLE IF NOT EXISTS site_revision (
    id boolean NOT NULL DEFAULT true CONSTRAINT site_revision_pk PRIMARY KEY,
    revision integer NOT NULL DEFAULT 0,
    CONSTRAINT site_revision_single CHECK (id)
  )`,
  'INSERT INTO site_revision DEFAULT VALUES ON CONFLICT DO NOTHING',
  'CREATE TABLE IF NOT EXISTS process (id uuid CONSTRAINT process_pk PRIMARY KEY, alive_until timestamptz NOT NULL)',
  `CREATE TABLE IF NOT EXISTS work_lease (
    kind text NOT NULL CONSTRAINT work_lease_kind_check CHECK (kind IN ('ERASURE')),
    subject_id bigint NOT NULL,
    process_id uuid NOT NULL,
    attempts integer NOT NULL DEFAULT 1,
    look_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT work_lease_pk PRIMARY KEY (kind, subject_id)
  )`,
];

// Raises the number once in each transaction: the transaction that wrote the row last is compared.
const raise = `
CREATE OR REPLACE FUNCTION raise_site_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE site_revision SET revision = revision + 1 WHERE xmin <> pg_current_xact_id()::xid;
  RETURN NULL;
END
$$`;

/**
 * Triggers instead of statements of the service, so that no writer can forget them: neither a node of the previous version
 * nor a command. Deferred to the commit, so that the row is locked last and only for a moment.
 */
const trigger = (name: string, tableName: string, events: string): readonly string[] => [
  `DROP TRIGGER IF EXISTS ${name} ON ${tableName}`,
  `CREATE CONSTRAINT TRIGGER ${name} AFTER ${events} ON ${tableName}
   DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION raise_site_revision()`,
];

/** The columns of a byline that are shown. Others, such as the keys of its name, change nothing that is shown. */
const bylineColumns = 'account_id, slug, name, location, photo_url, bio_markdown, bio_html, bio_text';

const triggers = [
  // A new account or tag is not shown before an article's event shows it.
  ...trigger('account_shown', 'account', 'UPDATE OF name, avatar_url, roles OR DELETE'),
  ...trigger('journalist_shown', 'journalist', `INSERT OR UPDATE OF ${bylineColumns} OR DELETE`),
  ...trigger('tag_shown', 'tag', 'UPDATE OR DELETE'),
];

const down = `
DROP TABLE work_lease, process;
DROP TRIGGER tag_shown ON tag;
DROP TRIGGER journalist_shown ON journalist;
DROP TRIGGER account_shown ON account;
DROP FUNCTION raise_site_revision;
DROP TABLE site_revision;
`;

/**
 * The site revision, a number that changes with everything public that no article's log tells of; the processes that are
 * alive; and leases of work that has no row of its own, such as the erasure of an account.
 */
export class Platform1796020000000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'SHARE ROW EXCLUSIVE',
      tables: ['account', 'journalist', 'tag'],
      statements: [...tables, raise, ...triggers],
    });
    // Tells the planner that these tables have one row each. Until a table is analysed, the planner expects thousands of
    // rows; joins with both tables then look so expensive that PostgreSQL compiles their plans, which takes 25 ms for
    // each execution. Autovacuum analyses a table only after 50 changes.
    await runner.query('ANALYZE event_log, site_revision');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
