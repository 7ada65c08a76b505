SELECT extract(epoch FROM pg_postmaster_start_time()) || ' ' || l.epoch AS log, r.revision::text AS revision,
  pg_current_snapshot()::text AS everything,
  (SELECT string_agg(CASE WHEN a.status = 'PUBLISHED' THEN c.sequence::text ELSE '' END, ',' ORDER BY s.n)
   FROM unnest((SELECT $1::bigint[])) WITH ORDINALITY AS s(id, n)
   LEFT JOIN article_counter c ON c.article_id = s.id
   LEFT JOIN article a ON a.id = s.id) AS heads
FROM event_log l CROSS JOIN site_revision r;
