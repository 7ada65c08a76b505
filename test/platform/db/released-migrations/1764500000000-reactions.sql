CREATE TABLE comment_reaction (
  article_id bigint NOT NULL,
  comment_id bigint NOT NULL,
  account_id bigint NOT NULL CONSTRAINT comment_reaction_account_fk REFERENCES account (id),
  kind text NOT NULL CONSTRAINT comment_reaction_kind_check CHECK (kind IN ('LIKE', 'INSIGHTFUL', 'DISAGREE')),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT comment_reaction_pk PRIMARY KEY (article_id, comment_id, account_id, kind),
  CONSTRAINT comment_reaction_comment_fk FOREIGN KEY (article_id, comment_id) REFERENCES comment (article_id, id)
);
CREATE INDEX comment_reaction_account_idx ON comment_reaction (account_id, article_id, comment_id);

-- Where a comment hangs and whether it is listed, beside its score: the order TOP needs all of it in one index, and a
-- score in the comment's own row would rewrite its text with every reaction. The parent of a thread's first comment is 0.
ALTER TABLE comment_counter
  ADD like_count integer NOT NULL DEFAULT 0,
  ADD insightful_count integer NOT NULL DEFAULT 0,
  ADD disagree_count integer NOT NULL DEFAULT 0,
  ADD score integer NOT NULL DEFAULT 0
    CONSTRAINT comment_score_check CHECK (score = like_count + insightful_count - disagree_count),
  ADD parent_id bigint,
  ADD ordinal bigint,
  ADD listed boolean;
UPDATE comment_counter k SET parent_id = coalesce(c.parent_id, 0), ordinal = c.ordinal, listed = c.listed
FROM comment c WHERE c.article_id = k.article_id AND c.id = k.comment_id;
ALTER TABLE comment_counter
  ALTER parent_id SET NOT NULL,
  ALTER ordinal SET NOT NULL,
  ALTER listed SET NOT NULL;
CREATE INDEX comment_top_idx ON comment_counter (article_id, parent_id, score, ordinal) INCLUDE (comment_id)
  WHERE listed;

-- What a removed comment was before, so that one that waited is not published by being restored.
ALTER TABLE comment ADD removed_status text
  CONSTRAINT comment_removed_status_check CHECK (removed_status IN ('PUBLISHED', 'PENDING', 'REJECTED'));
UPDATE comment c SET removed_status = CASE WHEN EXISTS (SELECT FROM article_event e
    WHERE e.article_id = c.article_id AND e.comment_id = c.id) OR import_key IS NOT NULL THEN 'PUBLISHED' ELSE 'PENDING' END
WHERE status = 'REMOVED';
-- The key that a comment was posted with that waits: the event that makes it public carries it.
ALTER TABLE comment ADD held_key uuid;
CREATE INDEX comment_held_idx ON comment (status, ordinal, id) INCLUDE (article_id)
  WHERE status IN ('PENDING', 'REJECTED');
ALTER TABLE comment DROP CONSTRAINT comment_removed_check;
ALTER TABLE comment ADD CONSTRAINT comment_removed_check CHECK (
  (status = 'REMOVED') = (removed_at IS NOT NULL) AND (status = 'REMOVED') = (removed_status IS NOT NULL));
