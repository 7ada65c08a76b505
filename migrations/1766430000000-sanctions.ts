import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex } from './support/indexes.ts';
import { changeTables } from './support/table-locks.ts';

const tables = [
  `CREATE TABLE IF NOT EXISTS comment_removal (
    decision_id bigint CONSTRAINT comment_removal_pk PRIMARY KEY,
    account_id bigint NOT NULL,
    since timestamptz NOT NULL,
    up_to timestamptz NOT NULL,
    from_ordinal bigint NOT NULL,
    restores boolean NOT NULL DEFAULT false,
    restored_article_id bigint NOT NULL DEFAULT '0'::bigint,
    restored_comment_id bigint NOT NULL DEFAULT '0'::bigint,
    look_at timestamptz DEFAULT clock_timestamp()
  )`,
  `CREATE INDEX IF NOT EXISTS comment_removal_due_idx ON comment_removal (look_at) WHERE look_at IS NOT NULL`,
  `CREATE INDEX IF NOT EXISTS comment_removal_account_idx ON comment_removal (account_id)`,
  `CREATE TABLE IF NOT EXISTS moderation_decision_comment (
    decision_id bigint NOT NULL,
    article_id bigint NOT NULL,
    comment_id bigint NOT NULL,
    CONSTRAINT moderation_decision_comment_pk PRIMARY KEY (decision_id, article_id, comment_id)
  )`,
  `CREATE TABLE IF NOT EXISTS person_note (
    id bigserial CONSTRAINT person_note_pk PRIMARY KEY,
    person_id bigint NOT NULL CONSTRAINT person_note_person_fk REFERENCES account (id),
    author_id bigint CONSTRAINT person_note_author_fk REFERENCES account (id),
    text text NOT NULL CONSTRAINT person_note_text_check CHECK (char_length(text) BETWEEN 1 AND 2000),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
  )`,
  'CREATE INDEX IF NOT EXISTS person_note_person_idx ON person_note (person_id, id)',
  `CREATE INDEX IF NOT EXISTS person_note_author_idx ON person_note (author_id) WHERE author_id IS NOT NULL`,
];

/** Accounts by their names, as administrators find them: all, those with a role beyond READER, and those with a sanction. */
const nameOrder = `(lower(name) COLLATE "C"), id`;
const indexes = [
  { name: 'account_name_idx', on: `ON account (${nameOrder})` },
  {
    name: 'account_role_idx',
    on: `ON account (${nameOrder}) WHERE roles && '{JOURNALIST,MODERATOR,EDITOR,ADMINISTRATOR}'::text[]`,
  },
  {
    name: 'account_sanction_idx',
    on: `ON account (${nameOrder}) WHERE suspended_at IS NOT NULL OR premoderated_at IS NOT NULL`,
  },
];

/** Sanctions with an end, a reason and a decision; notes of a person; and the removal of everything that somebody has written. */
export class Sanctions1766430000000 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: ['account'],
      statements: [
        `ALTER TABLE account ADD COLUMN IF NOT EXISTS suspended_until timestamptz,
           ADD COLUMN IF NOT EXISTS suspension_decision_id bigint,
           ADD COLUMN IF NOT EXISTS premoderated_at timestamptz,
           ADD COLUMN IF NOT EXISTS premoderated_until timestamptz,
           ADD COLUMN IF NOT EXISTS premoderation_decision_id bigint`,
        ...tables,
      ],
    });
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: ['notification'],
      statements: [
        // A node of the last version finds no article, and lists nothing.
        'ALTER TABLE notification ALTER COLUMN article_id DROP NOT NULL',
        'ALTER TABLE notification ADD COLUMN IF NOT EXISTS decision_id bigint',
      ],
    });
    for (const index of indexes) await buildIndex(runner, index);
  }

  async down(runner: QueryRunner): Promise<void> {
    // The last version knows no end of a suspension: one that is over must not begin again.
    await runner.query('UPDATE account SET suspended_at = NULL WHERE suspended_until <= clock_timestamp()');
    for (const { name } of indexes) await runner.query(`DROP INDEX ${name}`);
    await runner.query(`ALTER TABLE account DROP COLUMN suspended_until, DROP COLUMN suspension_decision_id,
      DROP COLUMN premoderated_at, DROP COLUMN premoderated_until, DROP COLUMN premoderation_decision_id`);
    await runner.query('DELETE FROM notification WHERE article_id IS NULL');
    await runner.query('ALTER TABLE notification DROP COLUMN decision_id');
    await runner.query('ALTER TABLE notification ALTER COLUMN article_id SET NOT NULL');
    for (const table of ['comment_removal', 'moderation_decision_comment', 'person_note'])
      await runner.query(`DROP TABLE ${table}`);
  }
}
