import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addCheck } from './support/constraints.ts';
import { buildIndex } from './support/indexes.ts';
import { changeTables, runUnhurried } from './support/table-locks.ts';

const authors = `
CREATE TABLE IF NOT EXISTS imported_author (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT imported_author_pk PRIMARY KEY,
  key text NOT NULL CONSTRAINT imported_author_key_key UNIQUE,
  name text,
  named_at timestamptz NOT NULL,
  email_digest bytea,
  account_id bigint CONSTRAINT imported_author_account_fk REFERENCES account (id),
  is_moving boolean NOT NULL DEFAULT false,
  forgotten_at timestamptz,
  CONSTRAINT imported_author_forgotten_check
    CHECK (forgotten_at IS NULL OR (email_digest IS NULL AND name IS NULL)),
  CONSTRAINT imported_author_moving_check CHECK (NOT is_moving OR account_id IS NOT NULL)
)`;

// The key of the digests: two databases have different digests of one address, and no table made in advance helps.
const secret = `
CREATE TABLE IF NOT EXISTS imported_author_secret (
  id boolean NOT NULL DEFAULT true CONSTRAINT imported_author_secret_pk PRIMARY KEY,
  secret bytea NOT NULL,
  CONSTRAINT imported_author_secret_single CHECK (id)
)`;

const indexes = [
  `CREATE INDEX IF NOT EXISTS imported_author_digest_idx ON imported_author (email_digest)
     WHERE email_digest IS NOT NULL`,
  `CREATE INDEX IF NOT EXISTS imported_author_account_idx ON imported_author (account_id)
     WHERE account_id IS NOT NULL`,
  'CREATE INDEX IF NOT EXISTS imported_author_moving_idx ON imported_author (id) WHERE is_moving',
];

/** Beside every comment of the author, the name changes without an event. */
const shown = [
  'DROP TRIGGER IF EXISTS imported_author_shown ON imported_author',
  `CREATE CONSTRAINT TRIGGER imported_author_shown AFTER UPDATE OF name ON imported_author
   DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name)
   EXECUTE FUNCTION raise_site_revision()`,
];

/** Authors of imported comments, whom verified addresses can claim, and likes that were imported with the comments. */
export class ImportedAuthors1796080000000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'SHARE ROW EXCLUSIVE',
      tables: ['account'],
      statements: [
        authors,
        secret,
        `INSERT INTO imported_author_secret (secret)
           VALUES (decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'))
           ON CONFLICT DO NOTHING`,
        ...indexes,
        ...shown,
      ],
    });
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: ['comment', 'comment_counter'],
      statements: [
        'ALTER TABLE comment ADD COLUMN IF NOT EXISTS imported_author_id bigint',
        'ALTER TABLE comment DROP CONSTRAINT IF EXISTS comment_imported_author_fk',
        `ALTER TABLE comment ADD CONSTRAINT comment_imported_author_fk
           FOREIGN KEY (imported_author_id) REFERENCES imported_author (id) NOT VALID`,
        'ALTER TABLE comment_counter ADD COLUMN IF NOT EXISTS imported_like_count integer NOT NULL DEFAULT 0',
      ],
    });
    await runUnhurried(runner, 'ALTER TABLE comment VALIDATE CONSTRAINT comment_imported_author_fk');
    await addCheck(runner, {
      table: 'comment',
      name: 'comment_imported_author_check',
      expression: 'imported_author_id IS NULL OR author_name IS NULL',
    });
    await buildIndex(runner, {
      name: 'comment_imported_author_idx',
      on: 'ON comment (imported_author_id, article_id, id) WHERE imported_author_id IS NOT NULL',
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    // The previous version knows the name beside the comment, and counts likes by their rows.
    await runner.query(`
ALTER TABLE comment DROP CONSTRAINT comment_imported_author_check;
UPDATE comment c SET author_name = a.name FROM imported_author a
  WHERE a.id = c.imported_author_id AND c.account_id IS NULL;
UPDATE comment_counter k SET like_count = k.like_count - k.imported_like_count, score = k.score - k.imported_like_count
  FROM comment c WHERE c.article_id = k.article_id AND c.id = k.comment_id AND c.status <> 'REMOVED'
    AND k.imported_like_count > 0;
ALTER TABLE comment_counter DROP COLUMN imported_like_count;
ALTER TABLE comment DROP COLUMN imported_author_id;
DROP TABLE imported_author, imported_author_secret;
`);
  }
}
