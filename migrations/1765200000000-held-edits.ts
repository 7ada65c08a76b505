import type { MigrationInterface, QueryRunner } from 'typeorm';
import { changeTables } from './support/table-locks.ts';

// A table of its own, so that a pending text does not rewrite the comment's row, and no reader's statement can show it.
const table = `
CREATE TABLE IF NOT EXISTS held_edit (
  article_id bigint NOT NULL,
  comment_id bigint NOT NULL,
  revision integer NOT NULL,
  status text NOT NULL CONSTRAINT held_edit_status_check CHECK (status IN ('PENDING', 'REJECTED', 'SETTLED')),
  ordinal bigint NOT NULL,
  body_markdown text NOT NULL,
  body_html text NOT NULL,
  body_text text NOT NULL,
  edited_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT held_edit_pk PRIMARY KEY (article_id, comment_id),
  CONSTRAINT held_edit_text_check CHECK ((status = 'SETTLED') = (body_markdown = '')),
  CONSTRAINT held_edit_comment_fk FOREIGN KEY (article_id, comment_id) REFERENCES comment (article_id, id)
)`;

// The moderators' queue, as comment_held_idx.
const queue = `
CREATE INDEX IF NOT EXISTS held_edit_queue_idx ON held_edit (status, ordinal, comment_id)
WHERE status IN ('PENDING', 'REJECTED')`;

const down = `
DROP TABLE held_edit;
`;

/** New texts of public comments that wait for a moderator. */
export class HeldEdits1765200000000 implements MigrationInterface {
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'SHARE ROW EXCLUSIVE',
      tables: ['comment'],
      statements: [table, queue],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
