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

SELECT 
  a.id::text AS id, json_build_object('id', j.id::text, 'accountId', j.account_id::text, 'slug', j.slug, 'name', j.name, 'location', j.location, 'photoUrl', j.photo_url, 'bioHtml', j.bio_html, 'bioText', j.bio_text) AS journalist, a.slug, a.title, a.standfirst, a.status,
  a.comment_policy AS "commentPolicy", j.account_id::text AS "ownerAccountId", a.published_at AS "publishedAt",
  a.published_precision AS "publishedPrecision", c.comment_count AS "commentCount",
  c.endorsement_count AS "endorsementCount", a.updated_at AS "updatedAt",
  a.canonical_url AS "canonicalUrl", a.slow_mode_seconds AS "slowModeSeconds", l.epoch, c.sequence,
  c.last_event_at AS "lastEventAt", c.listed_count AS "listedCount", c.listed_root_count AS "listedRootCount",
  c.pledged::text AS pledged, c.collected::text AS collected, c.paid_out::text AS "paidOut",
  c.backer_count AS "backerCount" FROM article a
JOIN LATERAL (SELECT * FROM article_counter WHERE article_id = a.id OFFSET 0) c ON true
JOIN journalist j ON j.id = a.journalist_id
CROSS JOIN event_log l WHERE a.slug = ANY((SELECT $1::text[])::text[]);

SELECT 
  e.article_id::text AS "articleId", e.id::text AS id, e.ordinal::text AS ordinal, e.display_name AS "displayName",
  e.affiliation, e.statement, e.featured, e.listed,
  e.withdrawn_at IS NOT NULL AS withdrawn, e.created_at AS "createdAt",
  e.created_precision AS "createdPrecision", e.account_id::text AS "accountId",
  CASE WHEN e.import_key IS NOT NULL THEN 'IMPORT' WHEN e.by_mail THEN 'EMAIL' ELSE 'ACCOUNT' END AS origin FROM endorsement e
WHERE e.article_id = ANY((SELECT $2::bigint[])::bigint[]) AND e.identity = $1 AND e.withdrawn_at IS NULL;

SELECT article_id::text AS "articleId", body_html AS "bodyHtml", body_text AS "bodyText",
  body_markdown AS "bodyMarkdown", contact_addresses AS "contactAddresses"
FROM article_text WHERE article_id = ANY((SELECT $1::bigint[])::bigint[]);

SELECT a.id::text AS "articleId",
  (SELECT coalesce(json_agg(json_build_object('name', s.name, 'role', s.role, 'organisation', s.organisation)
    ORDER BY s.position), '[]') FROM signature s WHERE s.article_id = a.id) AS signatures,
  (SELECT coalesce(json_agg(json_build_object('id', t.id::text, 'name', t.name) ORDER BY u.position), '[]')
    FROM article_tag u JOIN tag t ON t.id = u.tag_id WHERE u.article_id = a.id) AS tags
FROM article a WHERE a.id = ANY((SELECT $1::bigint[])::bigint[]);

SELECT s.n::int AS n, false AS behind, page.rank::int AS rank, 
  e.article_id::text AS "articleId", e.id::text AS id, e.ordinal::text AS ordinal, e.display_name AS "displayName",
  e.affiliation, e.statement, e.featured, e.listed,
  e.withdrawn_at IS NOT NULL AS withdrawn, e.created_at AS "createdAt",
  e.created_precision AS "createdPrecision", e.account_id::text AS "accountId",
  CASE WHEN e.import_key IS NOT NULL THEN 'IMPORT' WHEN e.by_mail THEN 'EMAIL' ELSE 'ACCOUNT' END AS origin
FROM unnest((SELECT $1::bigint[])) WITH ORDINALITY AS s(article_id, n)
LEFT JOIN LATERAL (
  SELECT * FROM (
  SELECT x.article_id, x.id, x.ordinal, row_number() OVER (ORDER BY x.ordinal DESC) AS rank
  FROM endorsement x
  WHERE x.article_id = s.article_id AND x.listed
  ORDER BY x.ordinal DESC LIMIT (SELECT $2::int)
  ) scan WHERE rank BETWEEN 1 AND (SELECT $2::int)
) page ON true
LEFT JOIN endorsement e ON e.article_id = page.article_id AND e.id = page.id;

SELECT s.n::int AS n, false AS behind, page.rank::int AS rank, 
  c.article_id::text AS "articleId", c.id::text AS id, c.parent_id::text AS "parentId", c.depth,
  c.ordinal::text AS ordinal, c.path, c.status, c.listed, c.revision, c.body_html AS "bodyHtml",
  c.body_text AS "bodyText", c.created_at AS "createdAt", c.created_precision AS "createdPrecision",
  c.edited_at AS "editedAt", c.import_key AS "importKey", c.account_id::text AS "accountId",
  c.imported_author_id::text AS "importedAuthorId",
  coalesce(u.name, coalesce(
    (SELECT ia.name FROM imported_author ia WHERE ia.id = c.imported_author_id), c.author_name)) AS "authorName", u.avatar_url AS "avatarUrl", coalesce(u.roles && ARRAY['MODERATOR', 'EDITOR', 'ADMINISTRATOR'], false) AS "authorIsModerator",
  uj.id IS NOT NULL AS "authorIsJournalist", coalesce(uj.id = a.journalist_id, false) AS "authorWroteArticle",
  k.reply_count AS "replyCount", k.listed_reply_count AS "listedReplyCount",
  k.descendant_count AS "rootDescendantCount", k.like_count AS "likeCount", k.insightful_count AS "insightfulCount",
  k.disagree_count AS "disagreeCount", k.score, a.slug AS "articleSlug", a.status AS "articleStatus",
  a.comment_policy AS "commentPolicy", aj.account_id::text AS "ownerAccountId"
FROM unnest((SELECT $1::bigint[])) WITH ORDINALITY AS s(article_id, n)
LEFT JOIN LATERAL (
  SELECT * FROM (
  SELECT x.article_id, x.id, x.ordinal, row_number() OVER (ORDER BY x.ordinal DESC) AS rank
  FROM comment x
  WHERE x.article_id = s.article_id AND x.listed AND x.depth = 0
  ORDER BY x.ordinal DESC LIMIT (SELECT $2::int)
  ) scan WHERE rank BETWEEN 1 AND (SELECT $2::int)
) page ON true
LEFT JOIN (comment c
JOIN comment_counter k ON k.article_id = c.article_id AND k.comment_id = c.id
JOIN article a ON a.id = c.article_id
JOIN journalist aj ON aj.id = a.journalist_id
LEFT JOIN account u ON u.id = c.account_id
LEFT JOIN journalist uj ON uj.account_id = c.account_id) ON c.article_id = page.article_id AND c.id = page.id;

SELECT id::text AS id, account_id::text AS "accountId", name, name_keys AS "nameKeys" FROM journalist;

SELECT c.article_id::text AS "articleId", c.id::text AS id, c.body_markdown AS "bodyMarkdown"
FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[])) AS s(article_id, id)
JOIN comment c ON c.article_id = s.article_id AND c.id = s.id;

SELECT s.n::int AS n, false AS behind, page.rank::int AS rank, 
  c.article_id::text AS "articleId", c.id::text AS id, c.parent_id::text AS "parentId", c.depth,
  c.ordinal::text AS ordinal, c.path, c.status, c.listed, c.revision, c.body_html AS "bodyHtml",
  c.body_text AS "bodyText", c.created_at AS "createdAt", c.created_precision AS "createdPrecision",
  c.edited_at AS "editedAt", c.import_key AS "importKey", c.account_id::text AS "accountId",
  c.imported_author_id::text AS "importedAuthorId",
  coalesce(u.name, coalesce(
    (SELECT ia.name FROM imported_author ia WHERE ia.id = c.imported_author_id), c.author_name)) AS "authorName", u.avatar_url AS "avatarUrl", coalesce(u.roles && ARRAY['MODERATOR', 'EDITOR', 'ADMINISTRATOR'], false) AS "authorIsModerator",
  uj.id IS NOT NULL AS "authorIsJournalist", coalesce(uj.id = a.journalist_id, false) AS "authorWroteArticle",
  k.reply_count AS "replyCount", k.listed_reply_count AS "listedReplyCount",
  k.descendant_count AS "rootDescendantCount", k.like_count AS "likeCount", k.insightful_count AS "insightfulCount",
  k.disagree_count AS "disagreeCount", k.score, a.slug AS "articleSlug", a.status AS "articleStatus",
  a.comment_policy AS "commentPolicy", aj.account_id::text AS "ownerAccountId"
FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[])) WITH ORDINALITY AS s(article_id, comment_id, n)
LEFT JOIN LATERAL (
  SELECT * FROM (
  SELECT x.article_id, x.id, x.ordinal, row_number() OVER (ORDER BY x.ordinal ASC) AS rank
  FROM comment x
  WHERE x.article_id = s.article_id AND x.parent_id = s.comment_id AND x.listed
  ORDER BY x.ordinal ASC LIMIT (SELECT $3::int)
  ) scan WHERE rank BETWEEN 1 AND (SELECT $3::int)
) page ON true
LEFT JOIN (comment c
JOIN comment_counter k ON k.article_id = c.article_id AND k.comment_id = c.id
JOIN article a ON a.id = c.article_id
JOIN journalist aj ON aj.id = a.journalist_id
LEFT JOIN account u ON u.id = c.account_id
LEFT JOIN journalist uj ON uj.account_id = c.account_id) ON c.article_id = page.article_id AND c.id = page.id;

SELECT c.article_id::text AS "articleId", c.id::text AS id, c.body_markdown AS "bodyMarkdown"
FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[])) AS s(article_id, id)
JOIN comment c ON c.article_id = s.article_id AND c.id = s.id;

SELECT s.n::int AS n, (SELECT count(*)::int FROM comment x
  WHERE x.article_id = s.article_id AND x.listed AND x.status = 'PUBLISHED' AND x.path > s.path AND x.path < s.path || '\xff'::bytea) AS count
FROM unnest((SELECT $1::bigint[]), (SELECT $2::bytea[])) WITH ORDINALITY AS s(article_id, path, n);
