CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS fuzzystrmatch;

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

CREATE INDEX article_updated_idx ON article (updated_at, id) WHERE status = 'PUBLISHED';
CREATE INDEX article_byline_idx ON article (journalist_id, id) WHERE status <> 'PUBLISHED';
CREATE INDEX comment_own_idx ON comment (account_id, ordinal, id) WHERE account_id IS NOT NULL;
CREATE INDEX endorsement_own_idx ON endorsement (account_id, ordinal, id) WHERE withdrawn_at IS NULL;

WITH part AS (
  SELECT a.id, regexp_replace(a.title, '[^\s]*(@|%40)[^\s]*|\[address hidden\]', ' ', 'g') AS title, regexp_replace(j.name, '[^\s]*(@|%40)[^\s]*|\[address hidden\]', ' ', 'g') AS author,
    regexp_replace(coalesce(a.standfirst, ''), '[^\s]*(@|%40)[^\s]*|\[address hidden\]', ' ', 'g') AS standfirst, regexp_replace(t.body_text, '[^\s]*(@|%40)[^\s]*|\[address hidden\]', ' ', 'g') AS body,
    regexp_replace(coalesce((SELECT string_agg(n.name, ' ') FROM article_tag u JOIN tag n ON n.id = u.tag_id
      WHERE u.article_id = a.id), ''), '[^\s]*(@|%40)[^\s]*|\[address hidden\]', ' ', 'g') AS tags,
    regexp_replace(coalesce((SELECT string_agg(concat_ws(' ', s.name, s.role, s.organisation), ' ') FROM signature s
      WHERE s.article_id = a.id), ''), '[^\s]*(@|%40)[^\s]*|\[address hidden\]', ' ', 'g') AS signatures
  FROM article a JOIN article_text t ON t.article_id = a.id JOIN journalist j ON j.id = a.journalist_id
  WHERE a.status = 'PUBLISHED'
), vectors AS (
  SELECT id, setweight(to_tsvector('standfirst', title), 'A')
    || setweight(to_tsvector('standfirst', concat_ws(' ', standfirst, tags, author)), 'B') AS head,
    to_tsvector('standfirst', left(concat_ws(' ', body, signatures), 100000)) AS body
  FROM part
), added AS (
  INSERT INTO article_search (article_id, head, document)
  SELECT id, head, head || setweight(body, 'D') FROM vectors
)
INSERT INTO search_word (word)
SELECT DISTINCT w.word FROM part, regexp_split_to_table(unaccent(lower(concat_ws(' ', tags, author))), '[^[:alnum:]]+') AS w(word)
WHERE length(w.word) BETWEEN 3 AND 60;
