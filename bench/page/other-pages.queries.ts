import type { Client } from 'pg';
import {
  base64Digits,
  base64url,
  commentJoins,
  commentJson,
  liveCursor,
  orderedDigits,
  partial,
} from './page.queries.ts';

/** Hash of the conditions of a list of all published articles, which cursors contain. */
const publishedOnly = 'HfKxIsAGWfAQ9p9-';

const micros = '(extract(epoch FROM a.published_at) * 1000000)::bigint';

/** The value of one article `a` in a list, with its counters `n` and author `j`. */
const articleCard = `json_build_object(
  'id', ${base64url(`'Article:' || a.id`)}, 'slug', a.slug, 'title', a.title, 'standfirst', a.standfirst,
  'publishedAt', ${partial('a.published_at', 'a.published_precision')},
  'commentCount', n.comment_count, 'endorsementCount', n.endorsement_count,
  'author', json_build_object('id', ${base64url(`'Journalist:' || j.id`)}, 'slug', j.slug, 'name', j.name,
    'location', j.location),
  'tags', (SELECT coalesce(json_agg(json_build_object('id', ${base64url(`'Tag:' || tag.id`)}, 'name', tag.name)
    ORDER BY at.position), '[]') FROM article_tag at JOIN tag ON tag.id = at.tag_id WHERE at.article_id = a.id))`;

/**
 * A connection of articles.
 * @param found the articles, one more than the page holds
 * @param order of these articles
 * @param cursor SQL for the text of an article's cursor
 */
const articleList = (size: number, found: string, order: string, cursor: string): string => `(
  SELECT json_build_object(
    'edges', coalesce(json_agg(json_build_object('cursor', x.cursor, 'node', x.node) ORDER BY x.place)
      FILTER (WHERE x.place <= ${size}), '[]'),
    'pageInfo', json_build_object('hasNextPage', count(*) > ${size},
      'endCursor', (array_agg(x.cursor ORDER BY x.place DESC) FILTER (WHERE x.place <= ${size}))[1]))
  FROM (SELECT row_number() OVER (ORDER BY ${order}) AS place, ${base64url(cursor)} AS cursor, ${articleCard} AS node
    FROM (${found} ORDER BY ${order} LIMIT ${size + 1}) a
    JOIN article_counter n ON n.article_id = a.id JOIN journalist j ON j.id = a.journalist_id) x)`;

const newestFirst = 'a.published_at DESC, a.id DESC';

const newestCursor = (scope: string): string =>
  `'articles:' || ${scope} || ':NEWEST:${publishedOnly}|' || ${micros} || '|' || a.id || '.'`;

/** The front page: the newest articles and the most used tags. No parameters. */
export const frontPageStatement = `SELECT json_build_object('data', json_build_object(
  'articles', ${articleList(
    11,
    `SELECT * FROM article a WHERE a.status = 'PUBLISHED'`,
    newestFirst,
    newestCursor(`'everybody:'`),
  )},
  'tags', json_build_object('nodes', (SELECT coalesce(json_agg(json_build_object(
      'id', ${base64url(`'Tag:' || t.id`)}, 'name', t.name) ORDER BY t.usage DESC, t.name), '[]')
    FROM (SELECT tag.id, tag.name, u.usage FROM tag JOIN (SELECT at.tag_id, count(*) AS usage FROM article_tag at
      JOIN article a ON a.id = at.article_id WHERE a.status = 'PUBLISHED' GROUP BY at.tag_id) u ON u.tag_id = tag.id
      ORDER BY u.usage DESC, tag.name LIMIT 20) t))
))::text AS body`;

/** A journalist's page; `$1` is the slug. */
export const journalistPageStatement = `SELECT json_build_object('data', json_build_object(
  'journalist', json_build_object('id', ${base64url(`'Journalist:' || o.id`)}, 'name', o.name, 'location', o.location,
    'photoUrl', o.photo_url, 'bioHtml', o.bio_html,
    'articleCount', (SELECT count(*) FROM article WHERE status = 'PUBLISHED' AND journalist_id = o.id),
    'articles', ${articleList(
      20,
      `SELECT * FROM article a WHERE a.status = 'PUBLISHED' AND a.journalist_id = o.id`,
      newestFirst,
      newestCursor(`'journalist:' || o.id`),
    )})
))::text AS body FROM journalist o WHERE o.slug = $1`;

/**
 * A page of results; `$1` is the query, and `$2` its hash, which cursors contain. For queries of plain words that some
 * article has: no corrections, no operators.
 */
export const searchPageStatement = `WITH words AS (
  SELECT websearch_to_tsquery('standfirst', $1) AS every,
    replace(websearch_to_tsquery('standfirst', $1)::text, '&', '|')::tsquery AS any_word
) SELECT json_build_object('data', json_build_object('search', ${articleList(
  20,
  `SELECT a.*, (ts_rank('{0, 0, 0.4, 1}', s.head, w.any_word) * 1000000)::bigint AS score
      FROM words w JOIN article_search s ON s.document @@ w.every JOIN article a ON a.id = s.article_id
      WHERE a.status = 'PUBLISHED'`,
  'score DESC, a.published_at DESC, a.id DESC',
  `'search:' || $2::text || '|' || a.score || '|' || ${micros} || '|' || a.id || '.'`,
)}))::text AS body`;

/** The position of a comment `c` at any depth: each element of the path is encoded as on the article page. */
const threadPosition = `regexp_replace(translate(encode(decode(
    regexp_replace(encode(c.path, 'hex'), '(.{16})', '00\\1', 'g'), 'hex'), 'base64'),
  E'${base64Digits}\\n', '${orderedDigits}'), '.(.{11})', '\\1', 'g')`;

/** One side of the page around the comment `p`. */
const side = (condition: string, order: 'ASC' | 'DESC', place: string): string =>
  `(SELECT c.*, ${place} AS place FROM (SELECT * FROM comment c
        WHERE c.article_id = a.id AND c.listed AND c.path ${condition} p.path ORDER BY c.path ${order} LIMIT 26) c)`;

/**
 * Fifty comments in reading order around one; `$1` is the article's slug, `$2` the comment's key. For a comment with at
 * least 25 on either side.
 */
export const permalinkStatement = `SELECT json_build_object('data', json_build_object('article', json_build_object(
  'id', ${base64url(`'Article:' || a.id`)}, 'liveCursor', ${liveCursor}, 'allComments', (
  SELECT json_build_object(
    'edges', json_agg(json_build_object('cursor', x.cursor, 'node', x.node) ORDER BY x.place)
      FILTER (WHERE x.place BETWEEN -25 AND 24),
    'pageInfo', json_build_object('hasPreviousPage', bool_or(x.place < -25), 'hasNextPage', bool_or(x.place > 24),
      'startCursor', min(x.cursor) FILTER (WHERE x.place = -25),
      'endCursor', min(x.cursor) FILTER (WHERE x.place = 24)))
  FROM (SELECT c.place, ${base64url(`'comments:' || a.id || '::all:THREADED|' || c.id || '.'`)} AS cursor,
      ${commentJson(threadPosition, false, '')} AS node
    FROM (${side('<', 'DESC', '-row_number() OVER (ORDER BY c.path DESC)')}
      UNION ALL ${side('>=', 'ASC', 'row_number() OVER (ORDER BY c.path) - 1')}) c ${commentJoins(false)}) x)
)))::text AS body
FROM article a
JOIN article_counter n ON n.article_id = a.id
JOIN comment p ON p.article_id = a.id AND p.id = $2
CROSS JOIN event_log l
WHERE a.slug = $1 AND a.status = 'PUBLISHED'`;

export async function selectJournalistSlugs(client: Client, limit: number): Promise<string[]> {
  const { rows } = await client.query<{ slug: string }>('SELECT slug FROM journalist ORDER BY id LIMIT $1', [
    limit,
  ]);
  return rows.map(({ slug }) => slug);
}

/** Queries of three words that several articles have: one of every title, and both names of a journalist. */
export async function selectQueries(client: Client, limit: number): Promise<string[]> {
  const { rows } = await client.query<{ query: string }>(
    `SELECT DISTINCT 'ferry ' || split_part(j.name, ' ', 1) || ' ' || split_part(j.name, ' ', 2) AS query
     FROM journalist j WHERE EXISTS (SELECT FROM article a WHERE a.journalist_id = j.id) ORDER BY query LIMIT $1`,
    [limit],
  );
  return rows.map(({ query }) => query);
}

/**
 * Comments from all over a thread, each with at least 26 others on either side.
 * @param articleId absent: of the longest thread
 */
export async function selectPermalinks(
  client: Client,
  limit: number,
  articleId?: string,
): Promise<{ slug: string; articleId: string; commentId: string }[]> {
  const { rows } = await client.query<{ slug: string; articleId: string; commentId: string }>(
    `SELECT a.slug, a.id::text AS "articleId", c.id::text AS "commentId"
     FROM (SELECT article_id FROM article_counter WHERE article_id = coalesce($2, article_id)
       ORDER BY comment_count DESC, article_id LIMIT 1) longest
     JOIN article a ON a.id = longest.article_id
     JOIN (SELECT article_id, id, row_number() OVER w AS place, count(*) OVER (PARTITION BY article_id) AS length
       FROM comment WHERE listed WINDOW w AS (PARTITION BY article_id ORDER BY path)) c ON c.article_id = a.id
     WHERE c.place > 26 AND c.place < c.length - 26
       AND (c.place - 27) % greatest(1, ceil((c.length - 53) / $1::float)::int) = 0 ORDER BY c.place`,
    [limit, articleId ?? null],
  );
  return rows;
}
