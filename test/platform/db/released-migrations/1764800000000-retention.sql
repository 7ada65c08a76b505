-- No event that is in the log is older. The constant default rewrites no table: the pruning finds the truth by looking.
ALTER TABLE article_counter ADD COLUMN events_since timestamptz NOT NULL DEFAULT '-infinity';
ALTER TABLE article_counter ALTER COLUMN events_since SET DEFAULT clock_timestamp();
-- Appending leaves it alone, so the hot row's updates stay within its page.
CREATE INDEX article_counter_since_idx ON article_counter (events_since);

CREATE INDEX idempotency_key_created_idx ON idempotency_key (created_at);
CREATE INDEX refresh_token_expires_idx ON refresh_token (expires_at);
CREATE INDEX session_revoked_idx ON session (revoked_at) WHERE revoked_at IS NOT NULL;
