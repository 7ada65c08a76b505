import type { Client } from 'pg';

/** Amount of data before the migrations. */
export interface InitialSize {
  readonly articles: number;
  readonly comments: number;
}

export const accountCount = 1000;
const rowsAtOnce = 50_000;

/**
 * Comment `id` stands under article `(id - 1) % articles + 1`; three consecutive ones form a thread, with two replies
 * to the first.
 */
const comments = `
WITH numbered AS (
  SELECT id, (id - 1) % $3 + 1 AS article_id, (id - 1) / $3 AS k FROM generate_series($1::bigint, $2::bigint) AS id
), placed AS (
  SELECT *, CASE WHEN k % 3 = 0 THEN NULL ELSE id - (k % 3) * $3 END AS parent_id,
    timestamptz '2020-01-01' + id * interval '1 minute' AS at
  FROM numbered
), ordered AS (
  SELECT *, coalesce(parent_id, id) AS root_id, ((extract(epoch FROM at) * 1000000)::bigint << 8) | (id & 255) AS ordinal,
    ((extract(epoch FROM at - (k % 3) * $3 * interval '1 minute') * 1000000)::bigint << 8) | ((id - (k % 3) * $3) & 255)
      AS root_ordinal,
    -- The root of every twentieth thread was removed, some last replies too; some replies are pending.
    CASE WHEN k % 60 = 0 OR k % 60 = 32 THEN 'REMOVED' WHEN k % 60 = 41 THEN 'PENDING' ELSE 'PUBLISHED' END AS status
  FROM placed
)
INSERT INTO comment (article_id, id, parent_id, root_id, depth, ordinal, path, account_id, status, listed, body_markdown,
  body_html, body_text, created_at, created_precision, removed_at, import_key)
SELECT article_id, id, parent_id, root_id, CASE WHEN parent_id IS NULL THEN 0 ELSE 1 END, ordinal,
  int8send((~root_ordinal) # (-9223372036854775808)::bigint)
    || CASE WHEN parent_id IS NULL THEN ''::bytea ELSE int8send(ordinal # (-9223372036854775808)::bigint) END,
  id % $4 + 1, status, CASE status WHEN 'PUBLISHED' THEN true WHEN 'REMOVED' THEN k % 60 = 0 ELSE false END,
  CASE WHEN status = 'REMOVED' THEN '' ELSE t.text END, '<p>' || t.text || '</p>', t.text, at, 'INSTANT',
  CASE WHEN status = 'REMOVED' THEN at END, 'c' || id
FROM ordered, LATERAL (SELECT repeat('Comment ' || id || ' on the harbour. ', 10) AS text) t`;

const counters = `
INSERT INTO comment_counter (article_id, comment_id, reply_count, listed_reply_count, descendant_count, ever_replied)
SELECT c.article_id, c.id, coalesce(r.published, 0), coalesce(r.listed, 0), coalesce(r.published, 0),
  coalesce(r.listed, 0) > 0 OR (c.status = 'REMOVED' AND c.listed)
FROM comment c LEFT JOIN (SELECT article_id, parent_id, count(*) FILTER (WHERE status = 'PUBLISHED') AS published,
    count(*) FILTER (WHERE listed) AS listed FROM comment WHERE parent_id IS NOT NULL GROUP BY 1, 2) r
  ON r.article_id = c.article_id AND r.parent_id = c.id
ORDER BY c.id`;

/** Fills a database at the first migration with data as after years of use. */
export async function fillInitial(client: Client, { articles, comments: count }: InitialSize): Promise<void> {
  await client.query('SET synchronous_commit = off');
  await client.query(
    `INSERT INTO account (email, name, password_hash)
     SELECT 'reader-' || n || '@example.org', 'Reader ' || n, '-' FROM generate_series(1, $1::int) AS n`,
    [accountCount],
  );
  await client.query(`INSERT INTO journalist (slug, name) VALUES ('ada-example', 'Ada Example')`);
  await client.query(
    `INSERT INTO article (journalist_id, slug, title, status, published_at, published_precision)
     SELECT 1, 'article-' || n, 'Who keeps the ferry? Part ' || n, 'PUBLISHED', '2020-01-01', 'INSTANT'
     FROM generate_series(1, $1::int) AS n`,
    [articles],
  );
  await client.query(
    `INSERT INTO article_text (article_id, body_markdown, body_html, body_text)
     SELECT id, t.text, '<p>' || t.text || '</p>', t.text
     FROM article, LATERAL (SELECT repeat('The boat of article ' || id || ' is late. ', 100) AS text) t`,
  );
  for (let first = 1; first <= count; first += rowsAtOnce) {
    await client.query(comments, [first, Math.min(first + rowsAtOnce - 1, count), articles, accountCount]);
  }
  await client.query(counters);
  await client.query(
    `INSERT INTO article_counter (article_id, comment_count, listed_count, listed_root_count)
     SELECT a.id, count(c.id) FILTER (WHERE c.status = 'PUBLISHED'), count(c.id) FILTER (WHERE c.listed),
       count(c.id) FILTER (WHERE c.listed AND c.depth = 0)
     FROM article a LEFT JOIN comment c ON c.article_id = a.id GROUP BY a.id`,
  );
  await client.query(`SELECT setval('comment_id_seq', $1)`, [count]);
  await client.query('ANALYZE');
}
