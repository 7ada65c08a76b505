import { type Found, type KeysetList, type KeysetRow, selectKeysetPage } from '../db/keyset.ts';
import type { Queryable, Tx } from '../db/database.ts';
import { addressMask, maskAddresses } from '../text/addresses.ts';

/** An article that was found, with the sort keys of its place. */
export interface FoundArticleRow extends KeysetRow {
  readonly id: string;
  readonly score: string;
  /** Microseconds since 1970. */
  readonly published: string;
}

/** English stems, accents aside. Words of other languages are found in the form in which they were written. */
const configuration = `'standfirst'`;

/**
 * A query that is right already, or for each word that no published article has: the word of a tag or of a journalist's
 * name that it may have been meant for, at most one letter off, or two in a longer word.
 * @param words in small letters, each of at most 60 characters
 */
export function selectCorrections(
  db: Queryable,
  words: readonly string[],
): Promise<{ word: string; correction: string }[]> {
  return db.query(
    `SELECT g.word, near.word AS correction
FROM (SELECT w.word, unaccent(w.word) AS plain FROM unnest($1::text[]) AS w(word)) g
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
 * A text in the syntax for web searches. PostgreSQL passes over these characters, but counts each minus before them as a
 * level of nesting and gives up at 32.
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

/**
 * A page of the published articles that a text finds, in PostgreSQL's syntax for web searches.
 *
 * They are ranked by the words in their title, then in standfirst, tags and author; those with the words in the text
 * alone come last, and among equals the newest first. Ranking reads only the short `head`, so that a word that every
 * article has costs little. A query that only excludes finds nothing.
 */
export function selectFoundArticles(
  db: Queryable,
  text: string,
  range: { limit: number; backward: boolean; cursor: readonly string[] | undefined },
): Promise<Found<FoundArticleRow>> {
  return selectKeysetPage<FoundArticleRow>(db, { scopes: [[null]], ...range }, (parameters) => {
    const given = parameters.add(webSearchOf(text));
    const query = `websearch_to_tsquery(${configuration}, ${given}::text)`;
    return {
      list,
      with: `WITH words AS MATERIALIZED (
  SELECT string_agg('''' || replace(replace(l.lexeme, '\\', '\\\\'), '''', '''''') || '''', ' | ')::tsquery AS any_word
  FROM unnest(to_tsvector(${configuration}, ${given}::text)) AS l
), found AS MATERIALIZED (
  SELECT s.article_id AS id, (ts_rank('{0, 0, 0.4, 1}', s.head, words.any_word) * 1000000)::bigint AS score,
    (extract(epoch FROM a.published_at) * 1000000)::bigint AS published
  FROM article_search s JOIN article a ON a.id = s.article_id CROSS JOIN words
  WHERE s.document @@ ${query} AND a.status = 'PUBLISHED' AND querytree(${query}) NOT IN ('', 'T')
)
`,
      columns: `page.id::text AS id, page.score::text AS score,
  page.published::text AS published`,
    };
  });
}

/** What may be found of an article: public text, without the addresses in it and without what stands in their place. */
const findable = (...texts: readonly (string | null)[]): string =>
  texts
    .map((text) => maskAddresses(text ?? '').replaceAll(addressMask, ' '))
    .join('\n')
    // PostgreSQL takes a megabyte of different words at most; no text of this length has more.
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

/** Articles whose texts are held at once. */
const chunkSize = 50;

/**
 * Makes articles found by what they say now, and those that are not published by nothing. Whoever writes calls it in the
 * same transaction after any change of title, standfirst, text, signatures, tags or status.
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
  // Sorted, so that no two writers wait for each other's words.
  await tx.query(
    `INSERT INTO search_word (word)
SELECT DISTINCT w.word FROM regexp_split_to_table(unaccent(lower($1::text)), '[^[:alnum:]]+') AS w(word)
WHERE length(w.word) BETWEEN 3 AND 60 AND NOT EXISTS (SELECT FROM search_word k WHERE k.word = w.word)
ORDER BY w.word
ON CONFLICT DO NOTHING`,
    [names.join('\n')],
  );
}

/** As `refreshArticleSearch`, for all articles of a journalist: after a change of their name. */
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
