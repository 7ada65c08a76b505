import type { Client } from 'pg';
import type { LoggedEvent, Logs, SiteLoggedEvent, StoredComment } from './history.ts';

/** SQL for the comment of an event. */
const commentOf = `CASE WHEN kind LIKE 'COMMENT\\_%' THEN subject_id::text END`;

/** The present logs, read from the table. */
export async function selectLogs(client: Client): Promise<Logs> {
  const { rows } = await client.query<LoggedEvent & { articleId: string }>(
    `SELECT article_id::text AS "articleId", sequence, kind, ${commentOf} AS "commentId",
       idempotency_key AS "idempotencyKey" FROM article_event ORDER BY article_id, sequence`,
  );
  const logs: Record<string, LoggedEvent[]> = {};
  for (const { articleId, ...event } of rows) (logs[articleId] ??= []).push(event);
  return logs;
}

/** The log of the whole site, in order, each event with its article and its number there. */
export async function selectSiteLog(client: Client): Promise<SiteLoggedEvent[]> {
  const { rows } = await client.query<SiteLoggedEvent>(
    `SELECT sequence::int, kind, ${commentOf} AS "commentId", idempotency_key AS "idempotencyKey",
       article_id::text AS "articleId", article_sequence AS "articleSequence" FROM site_event ORDER BY sequence`,
  );
  return rows;
}

/** The log of moderation, in order: an event that names no comment to its readers has the key of its decision in its place. */
export async function selectModerationLog(client: Client): Promise<LoggedEvent[]> {
  const { rows } = await client.query<LoggedEvent>(
    `SELECT sequence::int, kind, NULL AS "idempotencyKey",
       (CASE WHEN kind IN ('HELD', 'REPORTED', 'CLAIMED', 'RELEASED', 'WITHDRAWN') THEN comment_id
          WHEN kind NOT IN ('NOTE_ADDED', 'SETTINGS_CHANGED', 'ROLE_GRANTED', 'ROLE_REVOKED', 'SIGNED_IN')
            THEN decision_id END)::text AS "commentId"
     FROM moderation_event ORDER BY sequence`,
  );
  return rows;
}

/** Number of articles whose logs have events that are not in the site's log yet. */
export async function countUnrelayed(client: Client): Promise<number> {
  const { rows } = await client.query<{ articles: number }>(
    `SELECT count(*)::int AS articles FROM article_counter c JOIN article a ON a.id = c.article_id
     LEFT JOIN site_position p ON p.article_id = c.article_id
     WHERE a.status = 'PUBLISHED' AND (p.article_id IS NULL OR p.sequence < c.sequence)`,
  );
  return rows[0]?.articles ?? 0;
}

/** The writers' comments: each body begins with the key of its post. */
export async function selectPosted(client: Client): Promise<StoredComment[]> {
  const { rows } = await client.query<StoredComment>(
    `SELECT left(body_markdown, 36) AS key, article_id::text AS "articleId", id::text AS "commentId" FROM comment
     WHERE body_markdown ~ '^[0-9a-f-]{36} '`,
  );
  return rows;
}

/** The keys of the comments that each article's thread shows. */
export async function selectListed(client: Client): Promise<Record<string, string[]>> {
  const { rows } = await client.query<{ articleId: string; ids: string[] }>(
    `SELECT article_id::text AS "articleId", array_agg(id::text) AS ids FROM comment WHERE listed GROUP BY article_id`,
  );
  return Object.fromEntries(rows.map(({ articleId, ids }) => [articleId, ids]));
}
