import type { Client } from 'pg';
import type { Rendered } from '../../src/platform/text/markdown.ts';

/** The first article gets the text, the others a short one. */
export async function insertAttackedArticles(
  client: Client,
  ids: readonly number[],
  { markdown, html, text }: Pick<Rendered, 'html' | 'text'> & { readonly markdown: string },
): Promise<void> {
  await client.query(
    `INSERT INTO article (id, journalist_id, slug, title, status, published_at, published_precision)
       OVERRIDING SYSTEM VALUE
     SELECT id, 1, 'attacked-' || id, 'Attacked ' || id, 'PUBLISHED', '2024-06-01T00:00:00Z', 'INSTANT'
     FROM unnest($1::bigint[]) AS id`,
    [ids],
  );
  await client.query(
    `INSERT INTO article_text (article_id, body_markdown, body_html, body_text, contact_addresses)
     SELECT id, $2, CASE WHEN id = $5 THEN $3 ELSE '<p>Short.</p>' END, CASE WHEN id = $5 THEN $4 ELSE 'Short.' END, '{}'
     FROM unnest($1::bigint[]) AS id`,
    [ids, markdown, html, text, ids[0]],
  );
}

export async function nextCommentIds(client: Client, count: number): Promise<number[]> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT nextval('comment_id_seq') AS id FROM generate_series(1, $1)`,
    [count],
  );
  return rows.map(({ id }) => Number(id));
}

export async function insertSignatures(client: Client, articleId: number, count: number): Promise<void> {
  await client.query(
    `INSERT INTO signature (article_id, position, name, role, organisation)
     SELECT $1, n, 'Guest ' || n, 'Skipper', 'The Ferry' FROM generate_series(0, $2::int - 1) AS n`,
    [articleId, count],
  );
}

export async function updateRoles(
  client: Client,
  accountId: string,
  roles: readonly string[],
): Promise<void> {
  await client.query('UPDATE account SET roles = $2::text[] WHERE id = $1', [accountId, roles]);
}

/** Fills the log of an article as if each of its comments had just been added. */
export async function insertAdditions(client: Client, articleId: number): Promise<void> {
  await client.query(
    `INSERT INTO article_event (article_id, sequence, kind, subject_id)
     SELECT article_id, row_number() OVER (ORDER BY ordinal), 'COMMENT_ADDED', id FROM comment WHERE article_id = $1`,
    [articleId],
  );
  await client.query(
    `UPDATE article_counter SET sequence = (SELECT max(sequence) FROM article_event WHERE article_id = $1)
     WHERE article_id = $1`,
    [articleId],
  );
}
