import {
  type Found,
  type KeysetList,
  type KeysetRow,
  selectKeysetPage,
} from '../../../platform/db/keyset.ts';
import type { Queryable, Tx } from '../../../platform/db/database.ts';
import { addressMask, maskAddresses } from '../../../platform/text/addresses.ts';
import {
  type ArticleExtent,
  articleJoins,
  type ArticleRow,
  listedColumns,
  type ShortArticleRow,
} from '../article/article.queries.ts';

/** A search result with its sort keys. */
export type FoundArticleRow = (ShortArticleRow | ArticleRow) &
  KeysetRow & {
    readonly id: string;
    readonly score: string;
    /** Microseconds since 1970. */
    readonly published: string;
  };

/**
 * Text search configuration: English stemming, accents ignored. Words of other languages match only in the form in
 * which they were written.
 */
const configuration = `'standfirst'`;

/**
 * Selects corrections for the words of a query that no published article has: the word of a tag or of a journalist's
 * name that is nearest to the given one, at most one letter off, or two for words of six letters or more. Other words
 * have no row.
 * @param words words in lower case, each of at most 60 characters
 */
export function selectCorrections(
  db: Queryable,
  words: readonly string[],
): Promise<{ word: string; correction: string }[]> {
  return db.query(
    `SELECT g.word, near.word AS correction
FROM (SELECT w.word, unaccent(w.word) AS plain FROM unnest((SELECT $1::text[])) AS w(word)) g
CROSS JOIN LATERAL (
  SELECT v.word FROM search_word v
  WHERE v.word % g.plain AND levenshtein(v.word, g.plain) <= CASE WHEN length(g.plain) < 6 THEN 1 ELSE 2 END
  ORDER BY levenshtein(v.word, g.plain), similarity(v.word, g.plain) DESC, v.word LIMIT 1
) near
WHERE numnode(plainto_tsquery(${configuration}, g.word)) > 0
  AND NOT EXISTS (SELECT FROM article_search s JOIN article a ON a.id = s.article_id
    WHERE s.document @@ plainto_tsquery(${configuration}, g.word) AND a.status = 'PUBLISHED')`,
    [words],
  );
}

/**
 * Prepares a text for `websearch_to_tsquery`. PostgreSQL ignores the replaced characters, but counts each minus before
 * them as a nesting level and fails at 32.
 */
const webSearchOf = (text: string): string =>
  text.replace(/[!&|()]/g, ' ').replace(/-[\s-]*/g, (minuses) => (minuses.endsWith('-') ? '-' : ' '));

const list: KeysetList = {
  table: 'found',
  scope: { nobody: 'bigint' },
  where: 'true',
  keys: ['score', 'published', 'id'],
  descending: true,
  pageColumns: ['id', 'score', 'published'],
  isSorted: true,
};

/** Condition for the articles that match a query, of `article_search s JOIN article a`. */
const matches = (query: string): string =>
  `s.document @@ ${query} AND a.status = 'PUBLISHED' AND querytree(${query}) NOT IN ('', 'T')`;

const webSearchQuery = (given: string): string => `websearch_to_tsquery(${configuration}, ${given}::text)`;

/** Counts the published articles that match a text in PostgreSQL's web search syntax. */
export async function countFoundArticles(db: Queryable, text: string): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM article_search s JOIN article a ON a.id = s.article_id
WHERE ${matches(webSearchQuery('$1'))}`,
    [webSearchOf(text)],
  );
  return row?.count ?? 0;
}

/**
 * Selects a page of the published articles that match a text in PostgreSQL's web search syntax.
 *
 * Articles are ranked by the words in their title, then in standfirst, tags and author. Articles with the words only in
 * the text come last, and equal ranks are sorted newest first. Ranking reads only the short `head`, so that a word that
 * occurs in every article costs little. A query that consists only of exclusions finds nothing.
 */
export function selectFoundArticles(
  db: Queryable,
  text: string,
  extent: ArticleExtent,
  range: { limit: number; backward: boolean; cursor: readonly string[] | undefined },
): Promise<Found<FoundArticleRow>> {
  return selectKeysetPage<FoundArticleRow>(db, { scopes: [[null]], ...range }, (parameters) => {
    const given = parameters.add(webSearchOf(text));
    return {
      list,
      with: `WITH words AS MATERIALIZED (
  SELECT string_agg('''' || replace(replace(l.lexeme, '\\', '\\\\'), '''', '''''') || '''', ' | ')::tsquery AS any_word
  FROM unnest(to_tsvector(${configuration}, ${given}::text)) AS l
), found AS MATERIALIZED (
  SELECT s.article_id AS id, (ts_rank('{0, 0, 0.4, 1}', s.head, words.any_word) * 1000000)::bigint AS score,
    (extract(epoch FROM a.published_at) * 1000000)::bigint AS published
  FROM article_search s JOIN article a ON a.id = s.article_id CROSS JOIN words
  WHERE ${matches(webSearchQuery(given))}
)
`,
      columns: `${listedColumns(extent)},
  page.score::text AS score, page.published::text AS published`,
      join: `LEFT JOIN (article a ${articleJoins.trim()}) ON a.id = page.id`,
    };
  });
}

/** The searchable part of an article's texts: public text without e-mail addresses and without their masks. */
const findable = (...texts: readonly (string | null)[]): string =>
  texts
    .map((text) => maskAddresses(text ?? '').replaceAll(addressMask, ' '))
    .join('\n')
    // PostgreSQL accepts at most one megabyte of distinct words; no text of this length has more.
    .slice(0, 100_000)
    .replace(/\p{Cs}$/u, '');

interface SourceRow {
  readonly id: string;
  readonly title: string;
  readonly standfirst: string | null;
  readonly author: string;
  readonly tags: readonly string[];
  readonly bodyText: string;
  readonly signatures: readonly string[];
}

function selectSources(tx: Tx, articleIds: readonly string[]): Promise<SourceRow[]> {
  return tx.query<SourceRow>(
    `SELECT a.id::text AS id, a.title, a.standfirst, j.name AS author, t.body_text AS "bodyText",
  ARRAY(SELECT n.name FROM article_tag u JOIN tag n ON n.id = u.tag_id WHERE u.article_id = a.id ORDER BY u.position)
    AS tags,
  ARRAY(SELECT concat_ws(' ', s.name, s.role, s.organisation) FROM signature s WHERE s.article_id = a.id
    ORDER BY s.position) AS signatures
FROM article a JOIN article_text t ON t.article_id = a.id JOIN journalist j ON j.id = a.journalist_id
WHERE a.id = ANY($1::bigint[]) AND a.status = 'PUBLISHED'`,
    [articleIds],
  );
}

/** The number of articles whose texts are held in memory at once. */
const chunkSize = 50;

/**
 * Updates the search rows of articles to their current texts, and deletes those of articles that are not published.
 * Every writer must call this in the same transaction after a change of title, standfirst, text, signatures, tags or
 * status.
 */
export async function refreshArticleSearch(tx: Tx, articleIds: readonly string[]): Promise<void> {
  for (let start = 0; start < articleIds.length; start += chunkSize)
    await refreshChunk(tx, articleIds.slice(start, start + chunkSize));
}

async function refreshChunk(tx: Tx, articleIds: readonly string[]): Promise<void> {
  const sources = await selectSources(tx, articleIds);
  await tx.query(
    `DELETE FROM article_search WHERE article_id = ANY($1::bigint[]) AND article_id <> ALL($2::bigint[])`,
    [articleIds, sources.map((source) => source.id)],
  );
  if (sources.length === 0) return;
  await tx.query(
    `INSERT INTO article_search (article_id, head, document)
SELECT r.id, h.head, h.head || setweight(to_tsvector(${configuration}, r.body), 'D')
FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) AS r(id, title, about, body)
CROSS JOIN LATERAL (SELECT setweight(to_tsvector(${configuration}, r.title), 'A')
  || setweight(to_tsvector(${configuration}, r.about), 'B') AS head) h
ON CONFLICT (article_id) DO UPDATE SET head = excluded.head, document = excluded.document`,
    [
      sources.map((source) => source.id),
      sources.map((source) => findable(source.title)),
      sources.map(({ standfirst, tags, author }) => findable(standfirst, ...tags, author)),
      sources.map(({ bodyText, signatures }) => findable(bodyText, ...signatures)),
    ],
  );
  const names = sources.map(({ tags, author }) => findable(...tags, author));
  // Sorted, so that two writers of the same words cannot deadlock.
  await tx.query(
    `INSERT INTO search_word (word)
SELECT DISTINCT w.word FROM regexp_split_to_table(unaccent(lower($1::text)), '[^[:alnum:]]+') AS w(word)
WHERE length(w.word) BETWEEN 3 AND 60 AND NOT EXISTS (SELECT FROM search_word k WHERE k.word = w.word)
ORDER BY w.word
ON CONFLICT DO NOTHING`,
    [names.join('\n')],
  );
}

/**
 * Like `refreshArticleSearch`, for all published articles of a journalist; required after a change of the journalist's
 * name.
 */
export async function refreshSearchOfJournalist(tx: Tx, journalistId: string): Promise<void> {
  const rows = await tx.query<{ id: string }>(
    `SELECT id::text AS id FROM article WHERE journalist_id = $1 AND status = 'PUBLISHED'`,
    [journalistId],
  );
  await refreshArticleSearch(
    tx,
    rows.map((row) => row.id),
  );
}
