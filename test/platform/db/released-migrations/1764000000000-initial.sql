CREATE TABLE account (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT account_pk PRIMARY KEY,
  email text NOT NULL CONSTRAINT account_email_lower CHECK (email = lower(email)),
  name text NOT NULL,
  avatar_url text,
  password_hash text NOT NULL,
  roles text[] NOT NULL DEFAULT '{READER}',
  suspended_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT account_email_key UNIQUE (email)
);

CREATE TABLE session (
  id uuid CONSTRAINT session_pk PRIMARY KEY,
  account_id bigint NOT NULL CONSTRAINT session_account_fk REFERENCES account (id),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  revoked_at timestamptz
);
CREATE INDEX session_account_idx ON session (account_id);

CREATE TABLE refresh_token (
  hash bytea CONSTRAINT refresh_token_pk PRIMARY KEY,
  session_id uuid NOT NULL CONSTRAINT refresh_token_session_fk REFERENCES session (id),
  issued_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);
CREATE INDEX refresh_token_session_idx ON refresh_token (session_id);

CREATE TABLE journalist (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT journalist_pk PRIMARY KEY,
  account_id bigint CONSTRAINT journalist_account_fk REFERENCES account (id),
  slug text NOT NULL,
  name text NOT NULL,
  location text,
  photo_url text,
  bio_markdown text,
  bio_html text,
  bio_text text,
  CONSTRAINT journalist_slug_key UNIQUE (slug),
  CONSTRAINT journalist_account_key UNIQUE (account_id)
);
CREATE INDEX journalist_name_idx ON journalist (name, id);

CREATE TABLE article (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT article_pk PRIMARY KEY,
  journalist_id bigint NOT NULL CONSTRAINT article_journalist_fk REFERENCES journalist (id),
  slug text NOT NULL,
  title text NOT NULL,
  standfirst text,
  status text NOT NULL DEFAULT 'DRAFT'
    CONSTRAINT article_status_check CHECK (status IN ('DRAFT', 'PUBLISHED', 'UNPUBLISHED')),
  comment_policy text NOT NULL DEFAULT 'OPEN'
    CONSTRAINT article_comment_policy_check CHECK (comment_policy IN ('OPEN', 'PREMODERATED', 'CLOSED')),
  published_at timestamptz,
  published_precision text
    CONSTRAINT article_published_precision_check CHECK (published_precision IN ('YEAR', 'MONTH', 'DAY', 'INSTANT')),
  canonical_url text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT article_slug_key UNIQUE (slug),
  CONSTRAINT article_canonical_url_key UNIQUE (canonical_url),
  CONSTRAINT article_published_check CHECK (status <> 'PUBLISHED' OR published_at IS NOT NULL),
  CONSTRAINT article_precision_check CHECK ((published_at IS NULL) = (published_precision IS NULL))
);
CREATE INDEX article_published_idx ON article (published_at, id) WHERE status = 'PUBLISHED';
CREATE INDEX article_journalist_idx ON article (journalist_id, published_at, id) WHERE status = 'PUBLISHED';

CREATE TABLE article_text (
  article_id bigint CONSTRAINT article_text_pk PRIMARY KEY
    CONSTRAINT article_text_article_fk REFERENCES article (id),
  body_markdown text NOT NULL,
  body_html text NOT NULL,
  body_text text NOT NULL,
  contact_addresses text[] NOT NULL DEFAULT '{}'
);

CREATE TABLE signature (
  article_id bigint NOT NULL CONSTRAINT signature_article_fk REFERENCES article (id),
  position integer NOT NULL,
  name text NOT NULL,
  role text,
  organisation text,
  CONSTRAINT signature_pk PRIMARY KEY (article_id, position)
);

CREATE TABLE tag (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT tag_pk PRIMARY KEY,
  name text NOT NULL,
  CONSTRAINT tag_name_key UNIQUE (name)
);

CREATE TABLE article_tag (
  article_id bigint NOT NULL CONSTRAINT article_tag_article_fk REFERENCES article (id),
  position integer NOT NULL,
  tag_id bigint NOT NULL CONSTRAINT article_tag_tag_fk REFERENCES tag (id),
  CONSTRAINT article_tag_pk PRIMARY KEY (article_id, position),
  CONSTRAINT article_tag_key UNIQUE (tag_id, article_id)
);

-- The hot row of an article: its event sequence and its counts. Narrow, and with room on the page for the next
-- version of each row, so that a write rewrites neither a body nor an index.
CREATE TABLE article_counter (
  article_id bigint CONSTRAINT article_counter_pk PRIMARY KEY
    CONSTRAINT article_counter_article_fk REFERENCES article (id),
  sequence integer NOT NULL DEFAULT 0,
  pruned_sequence integer NOT NULL DEFAULT 0,
  comment_count integer NOT NULL DEFAULT 0,
  listed_count integer NOT NULL DEFAULT 0,
  listed_root_count integer NOT NULL DEFAULT 0,
  endorsement_count integer NOT NULL DEFAULT 0,
  last_event_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50);

CREATE SEQUENCE endorsement_id_seq;
CREATE TABLE endorsement (
  article_id bigint NOT NULL CONSTRAINT endorsement_article_fk REFERENCES article (id),
  id bigint NOT NULL DEFAULT nextval('endorsement_id_seq'),
  ordinal bigint NOT NULL,
  account_id bigint CONSTRAINT endorsement_account_fk REFERENCES account (id),
  identity text,
  display_name text NOT NULL,
  affiliation text,
  statement text,
  featured boolean NOT NULL DEFAULT false,
  listed boolean NOT NULL,
  created_at timestamptz NOT NULL,
  created_precision text NOT NULL
    CONSTRAINT endorsement_created_precision_check CHECK (created_precision IN ('YEAR', 'MONTH', 'DAY', 'INSTANT')),
  withdrawn_at timestamptz,
  import_key text,
  CONSTRAINT endorsement_pk PRIMARY KEY (article_id, id)
);
-- At most one live endorsement per article and verified identity.
CREATE UNIQUE INDEX endorsement_identity_key ON endorsement (article_id, identity) WHERE withdrawn_at IS NULL;
CREATE UNIQUE INDEX endorsement_import_key ON endorsement (article_id, import_key) WHERE import_key IS NOT NULL;
CREATE UNIQUE INDEX endorsement_listed_idx ON endorsement (article_id, ordinal) INCLUDE (id) WHERE listed;
CREATE INDEX endorsement_featured_idx ON endorsement (article_id, ordinal) INCLUDE (id) WHERE listed AND featured;

CREATE SEQUENCE comment_id_seq;
CREATE TABLE comment (
  article_id bigint NOT NULL CONSTRAINT comment_article_fk REFERENCES article (id),
  id bigint NOT NULL DEFAULT nextval('comment_id_seq'),
  parent_id bigint,
  root_id bigint NOT NULL,
  depth smallint NOT NULL CONSTRAINT comment_depth_check CHECK (depth BETWEEN 0 AND 250),
  ordinal bigint NOT NULL,
  path bytea NOT NULL,
  account_id bigint CONSTRAINT comment_account_fk REFERENCES account (id),
  author_name text,
  status text NOT NULL
    CONSTRAINT comment_status_check CHECK (status IN ('PUBLISHED', 'PENDING', 'REJECTED', 'REMOVED')),
  listed boolean NOT NULL,
  revision integer NOT NULL DEFAULT 1,
  body_markdown text NOT NULL,
  body_html text NOT NULL,
  body_text text NOT NULL,
  created_at timestamptz NOT NULL,
  created_precision text NOT NULL
    CONSTRAINT comment_created_precision_check CHECK (created_precision IN ('YEAR', 'MONTH', 'DAY', 'INSTANT')),
  edited_at timestamptz,
  removed_at timestamptz,
  import_key text,
  CONSTRAINT comment_pk PRIMARY KEY (article_id, id),
  CONSTRAINT comment_parent_fk FOREIGN KEY (article_id, parent_id) REFERENCES comment (article_id, id),
  CONSTRAINT comment_root_check CHECK ((parent_id IS NULL) = (depth = 0)),
  CONSTRAINT comment_listed_check CHECK (
    CASE status WHEN 'PUBLISHED' THEN listed WHEN 'REMOVED' THEN true ELSE NOT listed END),
  CONSTRAINT comment_removed_check CHECK ((status = 'REMOVED') = (removed_at IS NOT NULL))
);
CREATE UNIQUE INDEX comment_import_key ON comment (article_id, import_key) WHERE import_key IS NOT NULL;
-- One index for each order in which comments are listed. "listed" flips rarely, so counters stay out of them.
CREATE INDEX comment_thread_idx ON comment (article_id, path, depth) INCLUDE (id, status) WHERE listed;
CREATE UNIQUE INDEX comment_listed_idx ON comment (article_id, ordinal) INCLUDE (id) WHERE listed;
CREATE INDEX comment_root_idx ON comment (article_id, ordinal) INCLUDE (id) WHERE listed AND depth = 0;
CREATE INDEX comment_reply_idx ON comment (article_id, parent_id, ordinal) INCLUDE (id) WHERE listed;
CREATE INDEX comment_account_idx ON comment (account_id, article_id, id);

CREATE TABLE comment_counter (
  article_id bigint NOT NULL,
  comment_id bigint NOT NULL,
  reply_count integer NOT NULL DEFAULT 0,
  listed_reply_count integer NOT NULL DEFAULT 0,
  -- kept for a thread's first comment only; below it counted on the path index
  descendant_count integer NOT NULL DEFAULT 0,
  ever_replied boolean NOT NULL DEFAULT false,
  CONSTRAINT comment_counter_pk PRIMARY KEY (article_id, comment_id),
  CONSTRAINT comment_counter_comment_fk FOREIGN KEY (article_id, comment_id) REFERENCES comment (article_id, id)
) WITH (fillfactor = 50);

CREATE TABLE comment_revision (
  article_id bigint NOT NULL,
  comment_id bigint NOT NULL,
  revision integer NOT NULL,
  body_markdown text NOT NULL,
  replaced_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT comment_revision_pk PRIMARY KEY (article_id, comment_id, revision),
  CONSTRAINT comment_revision_comment_fk FOREIGN KEY (article_id, comment_id) REFERENCES comment (article_id, id)
);

-- The log. No foreign keys: its only writer takes the article from the counter row and the rest from rows that it
-- wrote in the same transaction, and nothing referred to is ever deleted.
CREATE TABLE article_event (
  article_id bigint NOT NULL,
  sequence integer NOT NULL,
  kind text NOT NULL,
  comment_id bigint,
  vanished boolean NOT NULL DEFAULT false,
  endorsement_id bigint,
  idempotency_key uuid,
  occurred_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT article_event_pk PRIMARY KEY (article_id, sequence)
);

CREATE TABLE event_log (
  id boolean NOT NULL DEFAULT true CONSTRAINT event_log_pk PRIMARY KEY CONSTRAINT event_log_single CHECK (id),
  epoch uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO event_log DEFAULT VALUES;

CREATE TABLE idempotency_key (
  account_id bigint NOT NULL CONSTRAINT idempotency_key_account_fk REFERENCES account (id),
  key uuid NOT NULL,
  input_hash bytea NOT NULL,
  article_id bigint NOT NULL,
  result_id bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT idempotency_key_pk PRIMARY KEY (account_id, key)
);
