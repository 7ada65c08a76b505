import type { MigrationInterface, QueryRunner } from 'typeorm';
import { fillInBatches } from './support/batches.ts';
import { type Bridge, bridgeStatements } from './support/bridges.ts';
import { addCheck, replaceCheck, setNotNull } from './support/constraints.ts';
import { buildIndex } from './support/indexes.ts';
import { changeTables } from './support/table-locks.ts';

const reactionTable = `
CREATE TABLE IF NOT EXISTS comment_reaction (
  article_id bigint NOT NULL,
  comment_id bigint NOT NULL,
  account_id bigint NOT NULL CONSTRAINT comment_reaction_account_fk REFERENCES account (id),
  kind text NOT NULL CONSTRAINT comment_reaction_kind_check CHECK (kind IN ('LIKE', 'INSIGHTFUL', 'DISAGREE')),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT comment_reaction_pk PRIMARY KEY (article_id, comment_id, account_id, kind),
  CONSTRAINT comment_reaction_comment_fk FOREIGN KEY (article_id, comment_id) REFERENCES comment (article_id, id)
)`;

// Parent, ordinal and `listed` are copied to the row of the score: the order TOP needs them in one index, and a score
// in the comment's own row would rewrite its text with every reaction. The parent of a thread's root comment is 0.
const counterColumns = `
ALTER TABLE comment_counter
  ADD IF NOT EXISTS like_count integer NOT NULL DEFAULT 0,
  ADD IF NOT EXISTS insightful_count integer NOT NULL DEFAULT 0,
  ADD IF NOT EXISTS disagree_count integer NOT NULL DEFAULT 0,
  ADD IF NOT EXISTS score integer NOT NULL DEFAULT 0,
  ADD IF NOT EXISTS parent_id bigint,
  ADD IF NOT EXISTS ordinal bigint,
  ADD IF NOT EXISTS listed boolean`;

// removed_status: status before the removal, so that restoring a pending comment does not publish it. held_key:
// idempotency key of a pending comment, for the event that publishes it.
const commentColumns = `
ALTER TABLE comment ADD IF NOT EXISTS removed_status text, ADD IF NOT EXISTS held_key uuid`;

/** Let nodes of the previous version, which do not know the columns, post and remove comments. */
const bridges: readonly Bridge[] = [
  {
    name: 'bridge_1764500000000_counter',
    table: 'comment_counter',
    event: 'BEFORE INSERT',
    when: 'NEW.parent_id IS NULL OR NEW.ordinal IS NULL OR NEW.listed IS NULL',
    body: `
      SELECT coalesce(c.parent_id, 0), c.ordinal, c.listed INTO NEW.parent_id, NEW.ordinal, NEW.listed
      FROM comment c WHERE c.article_id = NEW.article_id AND c.id = NEW.comment_id;
      RETURN NEW;`,
  },
  {
    name: 'bridge_1764500000000_removed_status',
    table: 'comment',
    event: 'BEFORE UPDATE OF status',
    when: `NEW.status = 'REMOVED' AND NEW.removed_status IS NULL`,
    body: `
      NEW.removed_status := OLD.status;
      RETURN NEW;`,
  },
  {
    name: 'bridge_1764500000000_removed',
    table: 'comment',
    event: 'AFTER UPDATE OF status',
    when: `NEW.status = 'REMOVED' AND OLD.status <> 'REMOVED'`,
    body: `
      UPDATE comment_counter k SET listed = NEW.listed, like_count = 0, insightful_count = 0, disagree_count = 0, score = 0
      WHERE k.article_id = NEW.article_id AND k.comment_id = NEW.id
        AND (k.listed IS DISTINCT FROM NEW.listed OR k.like_count + k.insightful_count + k.disagree_count > 0);
      RETURN NULL;`,
  },
];

const down = `
DROP FUNCTION IF EXISTS bridge_1764500000000_counter, bridge_1764500000000_removed_status, bridge_1764500000000_removed CASCADE;
ALTER TABLE comment DROP CONSTRAINT comment_removed_check;
DROP INDEX comment_held_idx;
ALTER TABLE comment DROP removed_status, DROP held_key;
ALTER TABLE comment ADD CONSTRAINT comment_removed_check CHECK ((status = 'REMOVED') = (removed_at IS NOT NULL));
DROP INDEX comment_top_idx;
ALTER TABLE comment_counter DROP score, DROP like_count, DROP insightful_count, DROP disagree_count, DROP parent_id,
  DROP ordinal, DROP listed;
DROP TABLE comment_reaction;
`;

/** Reactions and the order by score; the moderators' queue, and the status of a comment before its removal. */
export class Reactions1764500000000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'SHARE ROW EXCLUSIVE',
      tables: ['account', 'comment'],
      statements: [
        reactionTable,
        `CREATE INDEX IF NOT EXISTS comment_reaction_account_idx
         ON comment_reaction (account_id, article_id, comment_id)`,
      ],
    });
    // Both tables in one transaction: a comment that is removed in between would stay listed in its counter.
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: ['comment', 'comment_counter'],
      statements: [counterColumns, commentColumns, ...bridges.flatMap(bridgeStatements)],
    });
    await fillInBatches(runner, {
      table: 'comment_counter',
      missing: '(t.parent_id IS NULL OR t.ordinal IS NULL OR t.listed IS NULL)',
      set: 'parent_id = coalesce(c.parent_id, 0), ordinal = c.ordinal, listed = coalesce(t.listed, c.listed)',
      from: { tables: 'comment c', where: 'c.article_id = t.article_id AND c.id = t.comment_id' },
    });
    await fillInBatches(runner, {
      table: 'comment',
      missing: `(t.status = 'REMOVED' AND t.removed_status IS NULL)`,
      set: `removed_status = CASE WHEN t.import_key IS NOT NULL OR EXISTS (SELECT FROM article_event e
        WHERE e.article_id = t.article_id AND e.comment_id = t.id) THEN 'PUBLISHED' ELSE 'PENDING' END`,
    });
    await setNotNull(runner, 'comment_counter', ['parent_id', 'ordinal', 'listed']);
    await addCheck(runner, {
      table: 'comment_counter',
      name: 'comment_score_check',
      expression: 'score = like_count + insightful_count - disagree_count',
    });
    await addCheck(runner, {
      table: 'comment',
      name: 'comment_removed_status_check',
      expression: `removed_status IN ('PUBLISHED', 'PENDING', 'REJECTED')`,
    });
    await replaceCheck(runner, {
      table: 'comment',
      name: 'comment_removed_check',
      expression: `(status = 'REMOVED') = (removed_at IS NOT NULL) AND (status = 'REMOVED') = (removed_status IS NOT NULL)`,
    });
    await buildIndex(runner, {
      name: 'comment_top_idx',
      on: 'ON comment_counter (article_id, parent_id, score, ordinal) INCLUDE (comment_id) WHERE listed',
    });
    await buildIndex(runner, {
      name: 'comment_held_idx',
      on: `ON comment (status, ordinal, id) INCLUDE (article_id) WHERE status IN ('PENDING', 'REJECTED')`,
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
