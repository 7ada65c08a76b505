import type { Queryable, Tx } from '../../../platform/db/database.ts';
import type { DueArticles } from '../../../platform/feature/log-follower.ts';

/** The result of one step of a relay. */
export interface Relayed {
  /** Number of the site's newest event. */
  readonly head: number;
  /** Number of events that the step has added. */
  readonly added: number;
  /** Age of the oldest event that the step has added, in seconds; null: it has added none. */
  readonly delay: number | null;
  /** Articles that may have more events than one step takes. */
  readonly unfinished: readonly string[];
}

/** Keeps other relays waiting until the transaction ends. */
export async function lockSiteLog(tx: Tx): Promise<void> {
  await tx.query('SELECT 1 FROM site_log FOR UPDATE');
}

// Whether an article was public when an event occurred is known from its log alone: drafts and articles that were
// unpublished have neither ARTICLE_UPDATED nor ARTICLE_UNLOCKED, so the first one makes the article public. The greatest of
// the earlier numbers, doubled and with the kind as its last bit, tells which kind came last. An imported article is public
// before its first event: here its publication has the number 0. Tables of one row are no joins, because before they are
// analysed the planner expects thousands of rows of each, and compiles the plan of what it takes for millions.
export const relayStatement = `
WITH positions AS (
  SELECT c.article_id, coalesce(p.sequence, 0) AS sequence, c.pruned_sequence, b.is_behind,
    CASE WHEN b.is_behind THEN a.status = 'PUBLISHED' ELSE p.is_public END AS is_public,
    p.article_id IS NULL AND NOT b.is_behind AND CASE WHEN c.sequence = 0 THEN a.status = 'PUBLISHED' ELSE (
      SELECT kind FROM article_event x WHERE x.article_id = a.id ORDER BY x.sequence LIMIT 1
    ) NOT IN ('ARTICLE_UPDATED', 'ARTICLE_UNLOCKED') END AS is_imported,
    a.created_at
  FROM unnest((SELECT $1::bigint[])) AS asked(id)
  JOIN article a ON a.id = asked.id
  JOIN article_counter c ON c.article_id = a.id
  LEFT JOIN site_position p ON p.article_id = a.id
  CROSS JOIN LATERAL (SELECT coalesce(p.sequence, 0) < c.pruned_sequence AS is_behind) b
), found AS (
  SELECT e.*, p.is_public FROM positions p CROSS JOIN LATERAL (
    SELECT x.article_id, x.sequence, x.kind, x.subject_id, x.detail, x.idempotency_key, x.occurred_at
    FROM article_event x WHERE x.article_id = p.article_id AND x.sequence > p.sequence ORDER BY x.sequence LIMIT $2
  ) e
  UNION ALL
  SELECT article_id, 0, 'ARTICLE_UPDATED', NULL, NULL, NULL, created_at, NULL FROM positions WHERE is_imported
), judged AS (
  SELECT f.*, coalesce(
    max(sequence::bigint * 2 + (kind <> 'ARTICLE_UNPUBLISHED')::int)
      FILTER (WHERE kind IN ('ARTICLE_UPDATED', 'ARTICLE_UNLOCKED', 'ARTICLE_UNPUBLISHED')) OVER earlier % 2 = 1,
    is_public, false
  ) AS was_public
  FROM found f
  WINDOW earlier AS (PARTITION BY article_id ORDER BY sequence ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), shown AS (
  SELECT j.*, row_number() OVER (ORDER BY occurred_at, article_id, sequence) AS n
  FROM judged j WHERE was_public OR kind IN ('ARTICLE_UPDATED', 'ARTICLE_UNLOCKED')
), lost AS (
  -- Events that were pruned before any relay had seen them. A number without an event takes their place, and makes every
  -- earlier cursor reset.
  SELECT count(*) > 0 AS some FROM positions WHERE is_behind
), log AS (
  SELECT (SELECT sequence FROM site_log) + l.some::int AS sequence, l.some FROM lost l
), added AS (
  INSERT INTO site_event (sequence, article_id, article_sequence, publishes, kind, subject_id, detail,
    idempotency_key, occurred_at)
  SELECT log.sequence + s.n, s.article_id, s.sequence, NOT s.was_public, s.kind, s.subject_id, s.detail,
    s.idempotency_key, s.occurred_at
  FROM shown s, log
), ends AS (
  SELECT DISTINCT ON (article_id) article_id, sequence,
    CASE kind WHEN 'ARTICLE_UPDATED' THEN true WHEN 'ARTICLE_UNLOCKED' THEN true WHEN 'ARTICLE_UNPUBLISHED' THEN false
      ELSE was_public END AS is_public,
    count(*) OVER (PARTITION BY article_id) AS taken
  FROM judged ORDER BY article_id, sequence DESC
), moved AS (
  INSERT INTO site_position (article_id, sequence, is_public)
  SELECT p.article_id, coalesce(e.sequence, p.pruned_sequence), coalesce(e.is_public, p.is_public)
  FROM positions p LEFT JOIN ends e ON e.article_id = p.article_id WHERE p.is_behind OR e.article_id IS NOT NULL
  ON CONFLICT (article_id) DO UPDATE SET sequence = excluded.sequence, is_public = excluded.is_public
), counted AS (
  SELECT (SELECT sequence FROM log) + count(*) AS head, count(*)::int AS added FROM shown
), saved AS (
  UPDATE site_log SET sequence = counted.head,
    pruned_sequence = CASE WHEN log.some THEN log.sequence ELSE site_log.pruned_sequence END
  FROM counted, log WHERE counted.added > 0 OR log.some
)
SELECT c.head::text AS head, c.added,
  (SELECT extract(epoch FROM clock_timestamp() - min(occurred_at))::float8 FROM shown) AS delay,
  coalesce((SELECT array_agg(article_id::text) FROM ends WHERE taken >= $2), '{}') AS unfinished
FROM counted c`;

/**
 * Appends to the site's log what the logs of some articles have behind their positions, and moves the positions, as the
 * last statement of a transaction that holds the lock of the site's log.
 * @param limit the most events of one article
 */
export async function relayEvents(tx: Tx, articleIds: readonly string[], limit: number): Promise<Relayed> {
  const [row] = await tx.seal<Omit<Relayed, 'head'> & { readonly head: string }>(relayStatement, [
    articleIds,
    limit,
  ]);
  if (!row) throw new Error('The site has no log');
  return { ...row, head: Number(row.head) };
}

/** Looks for articles with events or publications that are not in the site's log, among the next ones behind an article, by their keys. */
export async function selectUnrelayed(db: Queryable, after: string, limit: number): Promise<DueArticles> {
  const [row] = await db.query<DueArticles>(
    `SELECT coalesce(array_agg(c.article_id::text) FILTER (WHERE c.sequence > coalesce(p.sequence, 0)
         OR p.article_id IS NULL AND EXISTS (
           SELECT FROM article a WHERE a.id = c.article_id AND a.status = 'PUBLISHED'
         )), '{}') AS due,
       CASE WHEN count(*) = $2 THEN max(c.article_id)::text END AS last
     FROM (SELECT article_id, sequence FROM article_counter WHERE article_id > $1 ORDER BY article_id LIMIT $2) c
     LEFT JOIN site_position p ON p.article_id = c.article_id`,
    [after, limit],
  );
  return row ?? { due: [], last: null };
}

/** Those of some articles that have events which no relay has looked at. */
export async function selectBehindOf(db: Queryable, articleIds: readonly string[]): Promise<string[]> {
  if (articleIds.length === 0) return [];
  const rows = await db.query<{ id: string }>(
    `SELECT c.article_id::text AS id FROM article_counter c LEFT JOIN site_position p ON p.article_id = c.article_id
     WHERE c.article_id = ANY($1::bigint[]) AND c.sequence > coalesce(p.sequence, 0)`,
    [articleIds],
  );
  return rows.map(({ id }) => id);
}
