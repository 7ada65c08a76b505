import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex } from './support/indexes.ts';
import { changeTables } from './support/table-locks.ts';

// A node stores the keys of a new name; until then it computes them each time. So no writer can forget them: neither a node of the
// last version nor a command.
const forget = `
CREATE OR REPLACE FUNCTION forget_name_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.name_keys := NULL;
  RETURN NEW;
END
$$`;

// The keys are what the name says: storing them changes nothing that is shown.
const shownColumns = 'account_id, slug, name, location, photo_url, bio_markdown, bio_html, bio_text';

const shown = (events: string): readonly string[] => [
  'DROP TRIGGER IF EXISTS journalist_shown ON journalist',
  `CREATE CONSTRAINT TRIGGER journalist_shown AFTER ${events} ON journalist
   DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION raise_site_revision()`,
];

const down = [
  ...shown('INSERT OR UPDATE OR DELETE'),
  'DROP TRIGGER journalist_renamed ON journalist',
  'DROP FUNCTION forget_name_keys',
  // Its index goes with it.
  'ALTER TABLE journalist DROP COLUMN name_keys',
];

/** Keys of a byline's name, which names that look the same share. Nodes fill the column. */
export class Names1766390000000 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: ['journalist'],
      statements: [
        'ALTER TABLE journalist ADD COLUMN IF NOT EXISTS name_keys text[]',
        forget,
        'DROP TRIGGER IF EXISTS journalist_renamed ON journalist',
        `CREATE TRIGGER journalist_renamed BEFORE UPDATE OF name ON journalist
         FOR EACH ROW WHEN (NEW.name IS DISTINCT FROM OLD.name) EXECUTE FUNCTION forget_name_keys()`,
        ...shown(`INSERT OR UPDATE OF ${shownColumns} OR DELETE`),
      ],
    });
    await buildIndex(runner, {
      name: 'journalist_without_keys_idx',
      on: 'ON journalist (id) WHERE name_keys IS NULL',
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of down) await runner.query(statement);
  }
}
