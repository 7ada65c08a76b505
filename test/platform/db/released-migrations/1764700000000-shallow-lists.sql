DROP INDEX comment_listed_idx;

CREATE UNIQUE INDEX comment_listed_idx ON comment (article_id, ordinal) INCLUDE (id, depth) WHERE listed;
