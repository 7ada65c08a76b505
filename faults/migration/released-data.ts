import type { Client } from 'pg';

/*
 * What 0.2.0 adds to the data of the first migration. The rows are made of the comments' ids, so that two databases have
 * the same ones.
 */

const reactions = `
WITH added AS (
  INSERT INTO comment_reaction (article_id, comment_id, account_id, kind)
  SELECT c.article_id, c.id, a.id, CASE (c.id + a.id) % 3 WHEN 0 THEN 'LIKE' WHEN 1 THEN 'INSIGHTFUL' ELSE 'DISAGREE' END
  FROM comment c JOIN account a ON a.id BETWEEN c.id % 900 + 1 AND c.id % 900 + 4
  WHERE c.status = 'PUBLISHED' AND c.id % 5 = 0 AND a.id <> c.account_id
  RETURNING article_id, comment_id, kind
), counted AS (
  SELECT article_id, comment_id, count(*) FILTER (WHERE kind = 'LIKE') AS likes,
    count(*) FILTER (WHERE kind = 'INSIGHTFUL') AS insightful, count(*) FILTER (WHERE kind = 'DISAGREE') AS disagree
  FROM added GROUP BY 1, 2
)
UPDATE comment_counter k SET like_count = r.likes, insightful_count = r.insightful, disagree_count = r.disagree,
  score = r.likes + r.insightful - r.disagree
FROM counted r WHERE k.article_id = r.article_id AND k.comment_id = r.comment_id`;

// The author of every twentieth comment has changed it, and a moderator has not decided on that yet.
const heldEdits = `
INSERT INTO held_edit (article_id, comment_id, revision, status, ordinal, body_markdown, body_html, body_text)
SELECT article_id, id, revision + 1, 'PENDING', ordinal, 'Better', '<p>Better</p>', 'Better'
FROM comment WHERE status = 'PUBLISHED' AND id % 20 = 1`;

const endorsements = `
WITH added AS (
  INSERT INTO endorsement (article_id, id, ordinal, account_id, identity, display_name, statement, listed, created_at,
    created_precision)
  SELECT a.id, nextval('endorsement_id_seq'), ((extract(epoch FROM now()) * 1000000)::bigint << 8) | u.id, u.id,
    'account:' || u.id, u.name, 'I keep the ferry.', true, now(), 'INSTANT'
  FROM article a JOIN account u ON u.id BETWEEN 1 AND 3
  RETURNING article_id, id, ordinal
), counted AS (
  UPDATE article_counter k SET sequence = sequence + 3, endorsement_count = 3, last_event_at = now()
  WHERE EXISTS (SELECT FROM added WHERE added.article_id = k.article_id)
)
INSERT INTO article_event (article_id, sequence, kind, endorsement_id, occurred_at)
SELECT article_id, row_number() OVER (PARTITION BY article_id ORDER BY ordinal), 'ENDORSEMENT_ADDED', id, now() FROM added`;

/** Fills a database of 0.2.0 that was filled at its first migration: reactions, held edits, endorsements and their events. */
export async function fillReleased(client: Client): Promise<void> {
  await client.query('SET synchronous_commit = off');
  await client.query(reactions);
  await client.query(heldEdits);
  await client.query(endorsements);
  await client.query(`UPDATE account SET roles = '{READER,MODERATOR}' WHERE id = 1`);
  await client.query('ANALYZE');
}
