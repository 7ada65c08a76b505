import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex, type IndexDefinition } from './support/indexes.ts';
import { changeTables } from './support/table-locks.ts';

/*
 * All three extensions are trusted and come with PostgreSQL, so the owner of the database may create them. They stay
 * when the migration is reverted, because other objects may use them by then.
 */
const extensions = ['unaccent', 'pg_trgm', 'fuzzystrmatch'];

const tables = `
CREATE TEXT SEARCH CONFIGURATION standfirst (COPY = english);
ALTER TEXT SEARCH CONFIGURATION standfirst
  ALTER MAPPING FOR hword, hword_part, word WITH unaccent, english_stem;

CREATE TABLE article_search (
  article_id bigint CONSTRAINT article_search_pk PRIMARY KEY
    CONSTRAINT article_search_article_fk REFERENCES article (id),
  head tsvector NOT NULL,
  document tsvector NOT NULL
);
CREATE INDEX article_search_document_idx ON article_search USING gin (document);

CREATE TABLE search_word (
  word text CONSTRAINT search_word_pk PRIMARY KEY
);
CREATE INDEX search_word_similar_idx ON search_word USING gin (word gin_trgm_ops);
`;

const indexes: readonly IndexDefinition[] = [
  { name: 'article_updated_idx', on: `ON article (updated_at, id) WHERE status = 'PUBLISHED'` },
  { name: 'article_byline_idx', on: `ON article (journalist_id, id) WHERE status <> 'PUBLISHED'` },
  { name: 'comment_own_idx', on: 'ON comment (account_id, ordinal, id) WHERE account_id IS NOT NULL' },
  { name: 'endorsement_own_idx', on: 'ON endorsement (account_id, ordinal, id) WHERE withdrawn_at IS NULL' },
];

/** Articles per statement. */
const articlesPerBatch = 100;

/**
 * Removes all words that contain the sign of an e-mail address. Coarser than the service's mask, so that no address
 * remains.
 */
const masked = (text: string): string =>
  String.raw`regexp_replace(${text}, '[^\s]*(@|%40)[^\s]*|\[address hidden\]', ' ', 'g')`;

/** Makes existing articles searchable. The service's next refresh of an article replaces the result by a better one. */
const fill = `
WITH part AS (
  SELECT a.id, ${masked('a.title')} AS title, ${masked('j.name')} AS author,
    ${masked(`coalesce(a.standfirst, '')`)} AS standfirst, ${masked('t.body_text')} AS body,
    ${masked(`coalesce((SELECT string_agg(n.name, ' ') FROM article_tag u JOIN tag n ON n.id = u.tag_id
      WHERE u.article_id = a.id), '')`)} AS tags,
    ${masked(`coalesce((SELECT string_agg(concat_ws(' ', s.name, s.role, s.organisation), ' ') FROM signature s
      WHERE s.article_id = a.id), '')`)} AS signatures
  FROM article a JOIN article_text t ON t.article_id = a.id JOIN journalist j ON j.id = a.journalist_id
  WHERE a.status = 'PUBLISHED' AND a.id > $1
  ORDER BY a.id LIMIT $2
), vectors AS (
  SELECT id, setweight(to_tsvector('standfirst', title), 'A')
    || setweight(to_tsvector('standfirst', concat_ws(' ', standfirst, tags, author)), 'B') AS head,
    to_tsvector('standfirst', left(concat_ws(' ', body, signatures), 100000)) AS body
  FROM part
), added AS (
  INSERT INTO article_search (article_id, head, document)
  SELECT id, head, head || setweight(body, 'D') FROM vectors
  ON CONFLICT DO NOTHING
), words AS (
  INSERT INTO search_word (word)
  SELECT DISTINCT w.word
  FROM part, regexp_split_to_table(unaccent(lower(concat_ws(' ', tags, author))), '[^[:alnum:]]+') AS w(word)
  WHERE length(w.word) BETWEEN 3 AND 60
  ON CONFLICT DO NOTHING
)
SELECT max(id)::text AS last FROM part
`;

const down = `
DROP INDEX endorsement_own_idx, comment_own_idx, article_byline_idx, article_updated_idx;
DROP TABLE search_word, article_search;
DROP TEXT SEARCH CONFIGURATION standfirst;
`;

/**
 * Full-text search of articles, the words against which typing errors are corrected, and indexes for lists of a user's
 * own objects.
 */
export class Search1764600000000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const name of extensions) await runner.query(`CREATE EXTENSION IF NOT EXISTS ${name}`);
    const [found] = (await runner.query(`SELECT to_regclass('article_search') AS "table"`)) as {
      table: string | null;
    }[];
    if (found?.table == null)
      await changeTables(runner, { mode: 'SHARE ROW EXCLUSIVE', tables: ['article'], statements: [tables] });
    for (const index of indexes) await buildIndex(runner, index);
    for (let after: string | null = '0'; after !== null;) {
      const rows = (await runner.query(fill, [after, articlesPerBatch])) as { last: string | null }[];
      after = rows[0]?.last ?? null;
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
