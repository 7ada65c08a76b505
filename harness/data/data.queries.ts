import type { Client } from 'pg';
import type { Rendered } from '../../src/platform/text/markdown.ts';
import type { MadeComment } from './thread.ts';

/** Rows per statement: enough to be fast, few enough for a message of some megabytes. */
export const chunkSize = 10_000;

const column = <Row, Value>(rows: readonly Row[], value: (row: Row) => Value): Value[] => rows.map(value);

/** Sends texts that many rows share once, into a temporary table of this connection. */
export async function insertSharedTexts(
  client: Client,
  texts: readonly (Rendered & { markdown: string })[],
): Promise<void> {
  await client.query(
    'CREATE TEMP TABLE shared_text (n int PRIMARY KEY, markdown text, html text, body text)',
  );
  await client.query(
    `INSERT INTO shared_text SELECT r.n - 1, r.markdown, r.html, r.body
     FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS r(markdown, html, body, n)`,
    [column(texts, (t) => t.markdown), column(texts, (t) => t.html), column(texts, (t) => t.text)],
  );
}

/**
 * Inserts an account for each name, with ids from 1. They have no usable password: the benches create their sessions.
 */
export async function insertAccounts(client: Client, names: readonly string[]): Promise<void> {
  await client.query(
    `INSERT INTO account (id, email, name, avatar_url, password_hash) OVERRIDING SYSTEM VALUE
     SELECT n, 'reader-' || n || '@example.org', name,
       CASE WHEN n % 3 = 0 THEN 'https://example.org/faces/' || n || '.png' END, '-'
     FROM unnest($1::text[]) WITH ORDINALITY AS r(name, n)`,
    [names],
  );
}

export async function insertJournalists(client: Client, names: readonly string[]): Promise<void> {
  await client.query(
    `INSERT INTO journalist (id, slug, name, location, photo_url, bio_markdown, bio_html, bio_text)
       OVERRIDING SYSTEM VALUE
     SELECT n, 'journalist-' || n, name, 'LONDON, UK', 'https://example.org/portraits/' || n || '.jpg',
       'Writes about ships.', '<p>Writes about ships.</p>', 'Writes about ships.'
     FROM unnest($1::text[]) WITH ORDINALITY AS r(name, n)`,
    [names],
  );
}

/** One article, before its counts. */
export interface MadeArticle {
  readonly id: number;
  readonly journalistId: number;
  readonly publishedAt: Date;
  readonly title: string;
  readonly body: Rendered & { readonly markdown: string };
}

/** Articles with text, three tags of twenty, and two signatures each. */
export async function insertArticles(client: Client, articles: readonly MadeArticle[]): Promise<void> {
  const ids = column(articles, (article) => article.id);
  await client.query(
    `INSERT INTO article (id, journalist_id, slug, title, standfirst, status, published_at, published_precision)
       OVERRIDING SYSTEM VALUE
     SELECT r.id, r.journalist_id, 'article-' || r.id, r.title, 'What the harbour board does not minute.', 'PUBLISHED',
       r.published_at, 'INSTANT'
     FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::timestamptz[]) AS r(id, journalist_id, title, published_at)`,
    [
      ids,
      column(articles, (article) => article.journalistId),
      column(articles, (article) => article.title),
      column(articles, (article) => article.publishedAt),
    ],
  );
  await client.query(
    `INSERT INTO article_text (article_id, body_markdown, body_html, body_text, contact_addresses)
     SELECT r.id, r.markdown, r.html, r.body, '{harbour@example.org}'
     FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) AS r(id, markdown, html, body)`,
    [
      ids,
      column(articles, ({ body }) => body.markdown),
      column(articles, ({ body }) => body.html),
      column(articles, ({ body }) => body.text),
    ],
  );
  await client.query(`INSERT INTO tag (name) SELECT 'subject ' || n FROM generate_series(1, 20) AS n`);
  await client.query(
    `INSERT INTO article_tag (article_id, position, tag_id)
     SELECT a.id, p, t.id FROM unnest($1::bigint[]) AS a(id), generate_series(0, 2) AS p
     JOIN LATERAL (SELECT id FROM tag WHERE name = 'subject ' || (1 + (a.id * 7 + p * 5) % 20)) t ON true`,
    [ids],
  );
  await client.query(
    `INSERT INTO signature (article_id, position, name, role, organisation)
     SELECT id, p, 'Guest ' || p, 'Skipper', CASE p WHEN 0 THEN 'The Ferry' END
     FROM unnest($1::bigint[]) AS a(id), generate_series(0, 1) AS p`,
    [ids],
  );
}

export interface MadeEndorsement {
  readonly articleId: number;
  readonly ordinal: bigint;
  readonly at: Date;
  readonly name: string;
  readonly key: string;
}

export async function insertEndorsements(client: Client, rows: readonly MadeEndorsement[]): Promise<void> {
  await client.query(
    `INSERT INTO endorsement (article_id, ordinal, display_name, affiliation, statement, listed, created_at,
       created_precision, import_key)
     SELECT r.article_id, r.ordinal, r.name, 'Islander', 'I need it to get to work.', true, r.at, 'INSTANT', r.key
     FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::timestamptz[], $5::text[])
       AS r(article_id, ordinal, name, at, key)`,
    [
      column(rows, (row) => row.articleId),
      column(rows, (row) => String(row.ordinal)),
      column(rows, (row) => row.name),
      column(rows, (row) => row.at),
      column(rows, (row) => row.key),
    ],
  );
}

/**
 * Comments with their counters; the only function that depends on how both are stored. Parents come before their
 * replies.
 */
export async function insertComments(client: Client, rows: readonly MadeComment[]): Promise<void> {
  await client.query(
    `WITH added AS (
  INSERT INTO comment (article_id, id, parent_id, root_id, depth, ordinal, path, account_id, status, listed,
    body_markdown, body_html, body_text, created_at, created_precision, import_key)
  SELECT r.article_id, r.id, r.parent_id, r.root_id, r.depth, r.ordinal, r.path, r.account_id, 'PUBLISHED', true,
    t.markdown, t.html, t.body, r.at, 'INSTANT', 'c' || r.id
  FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::smallint[], $6::bigint[], $7::bytea[],
    $8::bigint[], $9::int[], $10::timestamptz[])
    AS r(article_id, id, parent_id, root_id, depth, ordinal, path, account_id, text, at)
  JOIN shared_text t ON t.n = r.text
)
INSERT INTO comment_counter (article_id, comment_id, parent_id, ordinal, listed, reply_count, listed_reply_count,
  descendant_count, ever_replied)
SELECT k.article_id, k.id, coalesce(k.parent_id, 0), k.ordinal, true, k.replies, k.replies, k.descendants,
  k.replies > 0
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $6::bigint[], $11::int[], $12::int[])
  AS k(article_id, id, parent_id, ordinal, replies, descendants)`,
    [
      column(rows, (row) => row.articleId),
      column(rows, (row) => row.id),
      column(rows, (row) => row.parent?.id ?? null),
      column(rows, (row) => row.root?.id ?? row.id),
      column(rows, (row) => row.depth),
      column(rows, (row) => String(row.ordinal)),
      column(rows, (row) => row.path),
      column(rows, (row) => row.accountId),
      column(rows, (row) => row.text),
      column(rows, (row) => row.at),
      column(rows, (row) => row.replies),
      column(rows, (row) => row.descendants),
    ],
  );
}

/** Completes the data: counts of articles, and next values of sequences. The event log is empty, as after an import. */
export async function finish(client: Client): Promise<void> {
  await client.query(
    `INSERT INTO article_counter (article_id, comment_count, listed_count, listed_root_count, endorsement_count)
     SELECT a.id, c.n, c.n, c.roots, e.n FROM article a
     CROSS JOIN LATERAL (SELECT count(*) AS n, count(*) FILTER (WHERE depth = 0) AS roots FROM comment
       WHERE article_id = a.id) c
     CROSS JOIN LATERAL (SELECT count(*) AS n FROM endorsement WHERE article_id = a.id) e`,
  );
  await client.query(
    `SELECT setval('comment_id_seq', (SELECT max(id) FROM comment)),
       setval(pg_get_serial_sequence('account', 'id'), (SELECT max(id) FROM account)),
       setval(pg_get_serial_sequence('journalist', 'id'), (SELECT max(id) FROM journalist)),
       setval(pg_get_serial_sequence('article', 'id'), (SELECT max(id) FROM article))`,
  );
  await client.query('DROP TABLE shared_text');
}
