SELECT extract(epoch FROM pg_postmaster_start_time()) || ' ' || (SELECT epoch FROM event_log) AS log,
  (SELECT revision::text FROM site_revision) AS revision,
  CASE WHEN pg_is_in_recovery() THEN clock_timestamp()::text ELSE pg_current_snapshot()::text END AS everything,
  (SELECT string_agg(CASE (SELECT status FROM article a WHERE a.id = s.id) WHEN 'PUBLISHED'
     THEN coalesce((SELECT sequence::text FROM article_counter c WHERE c.article_id = s.id), '') ELSE '' END,
     ',' ORDER BY s.n)
   FROM unnest((SELECT $1::bigint[])) WITH ORDINALITY AS s(id, n)) AS heads;
