import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex } from './support/indexes.ts';
import { changeTables } from './support/table-locks.ts';

const logTables = [
  `CREATE TABLE IF NOT EXISTS moderation_log (
    id boolean CONSTRAINT moderation_log_pk PRIMARY KEY DEFAULT true CONSTRAINT moderation_log_single CHECK (id),
    sequence bigint NOT NULL DEFAULT '0'::bigint,
    pruned_sequence bigint NOT NULL DEFAULT '0'::bigint,
    last_event_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    events_since timestamptz NOT NULL DEFAULT clock_timestamp(),
    administrators_told bigint NOT NULL DEFAULT '0'::bigint
  )`,
  'INSERT INTO moderation_log DEFAULT VALUES ON CONFLICT DO NOTHING',
  `CREATE TABLE IF NOT EXISTS moderation_event (
    sequence bigint CONSTRAINT moderation_event_pk PRIMARY KEY,
    kind text NOT NULL,
    actor_kind text NOT NULL
      CONSTRAINT moderation_event_actor_check CHECK (actor_kind IN ('PERSON', 'SERVICE_ACCOUNT', 'SYSTEM')),
    actor_id bigint,
    article_id bigint,
    comment_id bigint,
    revision integer,
    subject_id bigint,
    decision_id bigint,
    reason text,
    detail jsonb,
    occurred_at timestamptz NOT NULL,
    CONSTRAINT moderation_event_comment_check CHECK (CASE WHEN comment_id IS NULL
      THEN kind NOT IN ('HELD', 'REPORTED', 'CLAIMED', 'RELEASED', 'WITHDRAWN', 'HOOK_UNANSWERED', 'ESCALATED')
      ELSE article_id IS NOT NULL END)
  )`,
  // Lists of the log have an order of their own, which the primary key does not have. Lists of one account are read by
  // kinds, all of them if need be: with two ways to read them, statistics would choose the plan.
  ...[
    ['kind', 'kind', ''],
    ['actor_kind', 'actor_id, kind', 'WHERE actor_id IS NOT NULL'],
    ['subject_kind', 'subject_id, kind', 'WHERE subject_id IS NOT NULL'],
    ['comment', 'article_id, comment_id', 'WHERE comment_id IS NOT NULL'],
  ].map(
    ([name, columns, present]) =>
      `CREATE INDEX IF NOT EXISTS moderation_event_${name}_idx
       ON moderation_event (${columns}, sequence NULLS FIRST) ${present}`,
  ),
];

const queueTables = [
  `CREATE TABLE IF NOT EXISTS moderation_item (
    article_id bigint NOT NULL,
    comment_id bigint NOT NULL,
    ordinal bigserial NOT NULL,
    account_id bigint,
    held text CONSTRAINT moderation_item_held_check CHECK (held IN ('COMMENT', 'EDIT', 'REPORTS')),
    reports integer NOT NULL DEFAULT 0,
    phase text,
    since timestamptz NOT NULL DEFAULT clock_timestamp(),
    claimed_by bigint,
    claimed_until timestamptz,
    CONSTRAINT moderation_item_pk PRIMARY KEY (article_id, comment_id),
    CONSTRAINT moderation_item_waits_check CHECK (held IS NOT NULL OR reports > 0),
    CONSTRAINT moderation_item_claim_check CHECK ((claimed_by IS NULL) = (claimed_until IS NULL))
  )`,
  'CREATE INDEX IF NOT EXISTS moderation_item_order_idx ON moderation_item (ordinal, comment_id)',
  `CREATE INDEX IF NOT EXISTS moderation_item_author_idx ON moderation_item (account_id, ordinal)
    WHERE account_id IS NOT NULL`,
  `CREATE INDEX IF NOT EXISTS moderation_item_claim_idx ON moderation_item (claimed_by) WHERE claimed_by IS NOT NULL`,
  `CREATE TABLE IF NOT EXISTS comment_report (
    id bigserial CONSTRAINT comment_report_pk PRIMARY KEY,
    article_id bigint NOT NULL,
    comment_id bigint NOT NULL,
    account_id bigint CONSTRAINT comment_report_account_fk REFERENCES account (id),
    reason text NOT NULL,
    note text CONSTRAINT comment_report_note_check CHECK (char_length(note) BETWEEN 1 AND 500),
    revision integer NOT NULL,
    state text NOT NULL DEFAULT 'OPEN'
      CONSTRAINT comment_report_state_check CHECK (state IN ('OPEN', 'UPHELD', 'DISMISSED', 'BAD_FAITH', 'OBSOLETE')),
    decision_id bigint,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    subject_id bigint
  )`,
  `CREATE UNIQUE INDEX IF NOT EXISTS comment_report_once_key ON comment_report (article_id, comment_id, account_id)`,
  `CREATE INDEX IF NOT EXISTS comment_report_account_idx ON comment_report (account_id, id)
    WHERE account_id IS NOT NULL`,
  `CREATE INDEX IF NOT EXISTS comment_report_comment_idx ON comment_report (article_id, comment_id, id)`,
  `CREATE INDEX IF NOT EXISTS comment_report_subject_idx ON comment_report (subject_id, state)
    WHERE subject_id IS NOT NULL`,
  `CREATE INDEX IF NOT EXISTS comment_report_decided_idx ON comment_report (account_id, id)
    WHERE account_id IS NOT NULL AND state IN ('UPHELD', 'DISMISSED', 'BAD_FAITH')`,
  `CREATE INDEX IF NOT EXISTS comment_report_decision_idx ON comment_report (decision_id)
    WHERE decision_id IS NOT NULL`,
];

const decisionTables = [
  `CREATE TABLE IF NOT EXISTS moderation_decision (
    id bigserial CONSTRAINT moderation_decision_pk PRIMARY KEY,
    kind text NOT NULL,
    actor_kind text NOT NULL,
    actor_id bigint,
    article_id bigint,
    comment_id bigint,
    revision integer,
    subject_id bigint,
    reason text,
    note text CONSTRAINT moderation_decision_note_check CHECK (char_length(note) BETWEEN 1 AND 500),
    until timestamptz,
    since timestamptz,
    before jsonb,
    decided_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    undone_at timestamptz,
    undone_by bigint,
    CONSTRAINT moderation_decision_undone_check CHECK (undone_at IS NOT NULL OR undone_by IS NULL)
  )`,
  `CREATE INDEX IF NOT EXISTS moderation_decision_comment_idx ON moderation_decision (article_id, comment_id, id)
    WHERE comment_id IS NOT NULL`,
  `CREATE INDEX IF NOT EXISTS moderation_decision_subject_idx ON moderation_decision (subject_id, id)
    WHERE subject_id IS NOT NULL`,
  `CREATE INDEX IF NOT EXISTS moderation_decision_actor_idx ON moderation_decision (actor_id, id)
    WHERE actor_id IS NOT NULL`,
  `CREATE TABLE IF NOT EXISTS moderation_decision_comment (
    decision_id bigint NOT NULL,
    article_id bigint NOT NULL,
    comment_id bigint NOT NULL,
    held text,
    CONSTRAINT moderation_decision_comment_pk PRIMARY KEY (decision_id, article_id, comment_id)
  )`,
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
  `CREATE TABLE IF NOT EXISTS moderation_appeal (
    decision_id bigint CONSTRAINT moderation_appeal_pk PRIMARY KEY
      CONSTRAINT moderation_appeal_decision_fk REFERENCES moderation_decision (id),
    account_id bigint NOT NULL,
    text text NOT NULL CONSTRAINT moderation_appeal_text_check CHECK (char_length(text) BETWEEN 1 AND 2000),
    appealed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    outcome text CONSTRAINT moderation_appeal_outcome_check CHECK (outcome IN ('UPHELD', 'OVERTURNED')),
    answer text CONSTRAINT moderation_appeal_answer_check CHECK (char_length(answer) BETWEEN 1 AND 500),
    answered_by bigint,
    answered_at timestamptz,
    CONSTRAINT moderation_appeal_answered_check CHECK ((outcome IS NULL) = (answered_at IS NULL))
  )`,
  'CREATE INDEX IF NOT EXISTS moderation_appeal_open_idx ON moderation_appeal (decision_id) WHERE outcome IS NULL',
  'CREATE INDEX IF NOT EXISTS moderation_appeal_account_idx ON moderation_appeal (account_id, decision_id)',
  `CREATE INDEX IF NOT EXISTS moderation_appeal_answered_idx ON moderation_appeal (answered_by)
    WHERE answered_by IS NOT NULL`,
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

const sanctions = `
ALTER TABLE account ADD COLUMN IF NOT EXISTS suspended_until timestamptz,
  ADD COLUMN IF NOT EXISTS suspension_decision_id bigint,
  ADD COLUMN IF NOT EXISTS premoderated_at timestamptz,
  ADD COLUMN IF NOT EXISTS premoderated_until timestamptz,
  ADD COLUMN IF NOT EXISTS premoderation_decision_id bigint`;

/** Accounts by their names, as administrators find them: all, those with a role beyond READER, and those with a sanction. */
const nameOrder = `(lower(name) COLLATE "C"), id`;
const accountIndexes = [
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

// The queue has a row while a text waits or a report is open. These functions keep it, whoever writes: a node of the
// previous version, an import and an erasure too. What waits is read from the rows themselves, so that the order of
// changes is of no importance.
const functions = [
  `CREATE OR REPLACE FUNCTION set_moderation_held(article bigint, comment bigint, author bigint, waits text) RETURNS void
   LANGUAGE plpgsql AS $$
BEGIN
  IF waits IS NOT NULL THEN
    INSERT INTO moderation_item AS i (article_id, comment_id, account_id, held) VALUES (article, comment, author, waits)
    ON CONFLICT (article_id, comment_id) DO UPDATE SET held = excluded.held, phase = NULL;
  ELSE
    DELETE FROM moderation_item WHERE article_id = article AND comment_id = comment AND reports = 0;
    UPDATE moderation_item SET held = NULL, phase = NULL
    WHERE article_id = article AND comment_id = comment AND held IS NOT NULL;
  END IF;
END
$$`,
  `CREATE OR REPLACE FUNCTION queue_comment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  -- Reports take a comment back, and wait: their row says so before the comment is removed. Without its text nothing waits.
  is_taken_back boolean := NEW.status = 'REMOVED' AND NEW.body_markdown <> '' AND EXISTS (SELECT FROM moderation_item i
    WHERE i.article_id = NEW.article_id AND i.comment_id = NEW.id AND i.held = 'REPORTS');
BEGIN
  IF NOT is_taken_back THEN
    PERFORM set_moderation_held(NEW.article_id, NEW.id, NEW.account_id, CASE
      WHEN NEW.status = 'PENDING' THEN 'COMMENT'
      WHEN NEW.status = 'PUBLISHED' AND EXISTS (SELECT FROM held_edit e
        WHERE e.article_id = NEW.article_id AND e.comment_id = NEW.id AND e.status = 'PENDING') THEN 'EDIT'
    END);
    IF NEW.status IN ('REMOVED', 'REJECTED') THEN
      UPDATE comment_report SET state = 'OBSOLETE'
      WHERE article_id = NEW.article_id AND comment_id = NEW.id AND state = 'OPEN';
    END IF;
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.account_id IS DISTINCT FROM OLD.account_id THEN
    UPDATE moderation_item SET account_id = NEW.account_id
    WHERE article_id = NEW.article_id AND comment_id = NEW.id;
  END IF;
  RETURN NULL;
END
$$`,
  `CREATE OR REPLACE FUNCTION queue_held_edit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  edit held_edit := coalesce(NEW, OLD);
  author bigint;
BEGIN
  SELECT account_id INTO author FROM comment
  WHERE article_id = edit.article_id AND id = edit.comment_id AND status = 'PUBLISHED';
  -- While the comment is not public, what waits is the comment, or nothing.
  IF FOUND THEN
    PERFORM set_moderation_held(edit.article_id, edit.comment_id, author,
      CASE WHEN TG_OP <> 'DELETE' AND edit.status = 'PENDING' THEN 'EDIT' END);
  END IF;
  RETURN NULL;
END
$$`,
  `CREATE OR REPLACE FUNCTION queue_report() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  report comment_report := coalesce(NEW, OLD);
  change integer := CASE WHEN TG_OP <> 'DELETE' AND NEW.state = 'OPEN' THEN 1 ELSE 0 END
    - CASE WHEN TG_OP <> 'INSERT' AND OLD.state = 'OPEN' THEN 1 ELSE 0 END;
BEGIN
  IF change > 0 THEN
    INSERT INTO moderation_item AS i (article_id, comment_id, account_id, reports)
    SELECT c.article_id, c.id, c.account_id, 1 FROM comment c
    WHERE c.article_id = report.article_id AND c.id = report.comment_id
    ON CONFLICT (article_id, comment_id) DO UPDATE SET reports = i.reports + 1;
  ELSIF change < 0 THEN
    DELETE FROM moderation_item
    WHERE article_id = report.article_id AND comment_id = report.comment_id AND held IS NULL AND reports = 1;
    UPDATE moderation_item SET reports = reports - 1
    WHERE article_id = report.article_id AND comment_id = report.comment_id AND reports > 0;
  END IF;
  RETURN NULL;
END
$$`,
  // The subject of a report follows the comment, which may be given to an account that claims it, and loses an erased one.
  `CREATE OR REPLACE FUNCTION follow_report_subject() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE comment_report SET subject_id = NEW.account_id WHERE article_id = NEW.article_id AND comment_id = NEW.id;
  RETURN NULL;
END
$$`,
];

const triggers = [
  `CREATE OR REPLACE TRIGGER comment_queued AFTER INSERT ON comment
   FOR EACH ROW WHEN (NEW.status = 'PENDING') EXECUTE FUNCTION queue_comment()`,
  `CREATE OR REPLACE TRIGGER comment_requeued AFTER UPDATE OF status, account_id ON comment FOR EACH ROW
   WHEN (NEW.status <> OLD.status OR NEW.account_id IS DISTINCT FROM OLD.account_id) EXECUTE FUNCTION queue_comment()`,
  `CREATE OR REPLACE TRIGGER held_edit_queued AFTER INSERT OR UPDATE OF status OR DELETE ON held_edit
   FOR EACH ROW EXECUTE FUNCTION queue_held_edit()`,
  `CREATE OR REPLACE TRIGGER comment_report_queued AFTER INSERT OR UPDATE OF state OR DELETE ON comment_report
   FOR EACH ROW EXECUTE FUNCTION queue_report()`,
  `CREATE OR REPLACE TRIGGER comment_report_subject AFTER UPDATE OF account_id ON comment
   FOR EACH ROW WHEN (NEW.account_id IS DISTINCT FROM OLD.account_id) EXECUTE FUNCTION follow_report_subject()`,
];

const batchSize = 500;

/** What waits already; the rows are locked, so that nobody decides on one before it is in the queue. */
const queueWaiting = `
WITH waiting AS (
  SELECT c.article_id, c.id, c.account_id, c.ordinal, 'COMMENT' AS held FROM comment c
  WHERE c.status = 'PENDING' AND NOT EXISTS (
    SELECT FROM moderation_item i WHERE i.article_id = c.article_id AND i.comment_id = c.id)
  ORDER BY c.ordinal, c.id LIMIT ${batchSize} FOR UPDATE
), edited AS (
  SELECT c.article_id, c.id, c.account_id, c.ordinal, 'EDIT' AS held FROM held_edit e
  JOIN comment c ON c.article_id = e.article_id AND c.id = e.comment_id
  WHERE e.status = 'PENDING' AND c.status = 'PUBLISHED' AND NOT EXISTS (
    SELECT FROM moderation_item i WHERE i.article_id = c.article_id AND i.comment_id = c.id)
  ORDER BY c.ordinal, c.id LIMIT ${batchSize} FOR UPDATE OF c
), added AS (
  INSERT INTO moderation_item (article_id, comment_id, account_id, held)
  SELECT article_id, id, account_id, held FROM (SELECT * FROM waiting UNION ALL SELECT * FROM edited) w
  ORDER BY ordinal, id
  ON CONFLICT DO NOTHING RETURNING 1
)
SELECT count(*)::int AS added FROM added`;

const down = `
-- If the log is made again, it has other numbers: no cursor of this one may be taken for one of those.
UPDATE event_log SET epoch = gen_random_uuid();
-- The previous version knows no end of a suspension: one that is over must not begin again.
UPDATE account SET suspended_at = NULL WHERE suspended_until <= clock_timestamp();
DROP INDEX account_sanction_idx, account_role_idx, account_name_idx;
ALTER TABLE account DROP COLUMN suspended_until, DROP COLUMN suspension_decision_id, DROP COLUMN premoderated_at,
  DROP COLUMN premoderated_until, DROP COLUMN premoderation_decision_id;
DROP TRIGGER comment_queued ON comment;
DROP TRIGGER comment_requeued ON comment;
DROP TRIGGER comment_report_subject ON comment;
DROP TRIGGER held_edit_queued ON held_edit;
ALTER TABLE comment DROP COLUMN withdrawn_at;
DROP TABLE person_note, moderation_appeal, comment_removal, moderation_decision_comment, moderation_decision,
  comment_report, moderation_item, moderation_event, moderation_log;
DROP FUNCTION queue_comment, queue_held_edit, queue_report, follow_report_subject, set_moderation_held;
`;

/** The log of moderation, the moderators' queue and reports; decisions with appeals, sanctions, and notes of persons. */
export class Moderation1796100000000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, { mode: 'ACCESS EXCLUSIVE', tables: ['account'], statements: [sanctions] });
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: ['comment'],
      statements: ['ALTER TABLE comment ADD COLUMN IF NOT EXISTS withdrawn_at timestamptz'],
    });
    await changeTables(runner, {
      mode: 'SHARE ROW EXCLUSIVE',
      tables: ['account', 'comment', 'held_edit'],
      statements: [...logTables, ...queueTables, ...decisionTables, ...functions, ...triggers],
    });
    for (;;) {
      const [row] = (await runner.query(queueWaiting)) as { added: number }[];
      if (!row?.added) break;
    }
    for (const index of accountIndexes) await buildIndex(runner, index);
    // The planner expects thousands of rows of a table that was never analysed.
    await runner.query('ANALYZE moderation_log');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
