SELECT a.id::text AS "accountId", s.id AS "sessionId", a.name, CASE WHEN ($4::boolean AND NOT s.second_factor) OR s.vouched_by IS NOT NULL
    THEN ARRAY(SELECT role FROM unnest(a.roles) AS role
      WHERE NOT (($4::boolean AND NOT s.second_factor) AND role IN ('MODERATOR', 'EDITOR', 'ADMINISTRATOR')) AND NOT (s.vouched_by IS NOT NULL AND CASE WHEN s.vouched_by = 'mailbox' THEN role <> 'READER'
      ELSE role IN ('MODERATOR', 'EDITOR', 'ADMINISTRATOR') AND s.vouched_by || ' ' || role <> ALL((SELECT $5::text[])::text[]) END)) ELSE a.roles END AS roles,
       (a.suspended_at IS NOT NULL AND (a.suspended_until IS NULL OR a.suspended_until > clock_timestamp())) AS suspended, (a.premoderated_at IS NOT NULL AND (a.premoderated_until IS NULL OR a.premoderated_until > clock_timestamp())) AS premoderated,
       $3 AND a.email_verified_at IS NULL AS unconfirmed,
       ($4::boolean AND NOT s.second_factor AND a.roles && ARRAY['MODERATOR', 'EDITOR', 'ADMINISTRATOR']) AS "lacksSecondFactor", EXISTS (SELECT FROM unnest(a.roles) AS role WHERE (s.vouched_by IS NOT NULL AND CASE WHEN s.vouched_by = 'mailbox' THEN role <> 'READER'
      ELSE role IN ('MODERATOR', 'EDITOR', 'ADMINISTRATOR') AND s.vouched_by || ' ' || role <> ALL((SELECT $5::text[])::text[]) END)) AS "lacksOwnProof"
     FROM unnest((SELECT $1::uuid[]), (SELECT $2::bigint[])) AS k(session_id, account_id)
     JOIN session s ON s.id = k.session_id AND s.account_id = k.account_id AND s.revoked_at IS NULL
     JOIN account a ON a.id = s.account_id;

SELECT extract(epoch FROM pg_postmaster_start_time()) || ' ' || (SELECT epoch FROM event_log) AS log,
  (SELECT revision::text FROM site_revision) AS revision,
  CASE WHEN pg_is_in_recovery() THEN clock_timestamp()::text ELSE pg_current_snapshot()::text END AS everything,
  (SELECT string_agg(CASE (SELECT status FROM article a WHERE a.id = s.id) WHEN 'PUBLISHED'
     THEN coalesce((SELECT sequence::text FROM article_counter c WHERE c.article_id = s.id), '') ELSE '' END,
     ',' ORDER BY s.n)
   FROM unnest((SELECT $1::bigint[])) WITH ORDINALITY AS s(id, n)) AS heads;

SELECT extract(epoch FROM pg_postmaster_start_time()) || ' ' || (SELECT epoch FROM event_log) AS log,
  (SELECT revision::text FROM site_revision) AS revision,
  CASE WHEN pg_is_in_recovery() THEN clock_timestamp()::text ELSE pg_current_snapshot()::text END AS everything,
  (SELECT string_agg(CASE (SELECT status FROM article a WHERE a.id = s.id) WHEN 'PUBLISHED'
     THEN coalesce((SELECT sequence::text FROM article_counter c WHERE c.article_id = s.id), '') ELSE '' END,
     ',' ORDER BY s.n)
   FROM unnest((SELECT $1::bigint[])) WITH ORDINALITY AS s(id, n)) AS heads;

SELECT article_id::text AS "articleId", account_id::text AS "accountId" FROM endorsement
WHERE article_id = ANY($1::bigint[]) AND withdrawn_at IS NULL AND account_id IS NOT NULL LIMIT $2;

SELECT extract(epoch FROM pg_postmaster_start_time()) || ' ' || (SELECT epoch FROM event_log) AS log,
  (SELECT revision::text FROM site_revision) AS revision,
  CASE WHEN pg_is_in_recovery() THEN clock_timestamp()::text ELSE pg_current_snapshot()::text END AS everything,
  (SELECT string_agg(CASE (SELECT status FROM article a WHERE a.id = s.id) WHEN 'PUBLISHED'
     THEN coalesce((SELECT sequence::text FROM article_counter c WHERE c.article_id = s.id), '') ELSE '' END,
     ',' ORDER BY s.n)
   FROM unnest((SELECT $1::bigint[])) WITH ORDINALITY AS s(id, n)) AS heads;

SELECT 
  e.article_id::text AS "articleId", e.id::text AS id, e.ordinal::text AS ordinal, e.display_name AS "displayName",
  e.affiliation, e.statement, e.featured, e.listed,
  e.withdrawn_at IS NOT NULL AS withdrawn, e.created_at AS "createdAt",
  e.created_precision AS "createdPrecision", e.account_id::text AS "accountId",
  CASE WHEN e.import_key IS NOT NULL THEN 'IMPORT' WHEN e.by_mail THEN 'EMAIL' ELSE 'ACCOUNT' END AS origin FROM endorsement e
WHERE e.article_id = ANY((SELECT $2::bigint[])::bigint[]) AND e.identity = $1 AND e.withdrawn_at IS NULL;

SELECT c.article_id::text AS "articleId", c.id::text AS id, c.body_markdown AS "bodyMarkdown"
FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[])) AS s(article_id, id)
JOIN comment c ON c.article_id = s.article_id AND c.id = s.id;
