import type { Client } from 'pg';
import type { LoggedEvent, Logs, StoredComment } from './history.ts';

/** The present logs, read from the table. */
export async function selectLogs(client: Client): Promise<Logs> {
  const { rows } = await client.query<LoggedEvent & { articleId: string }>(
    `SELECT article_id::text AS "articleId", sequence, kind, comment_id::text AS "commentId",
       idempotency_key AS "idempotencyKey" FROM article_event ORDER BY article_id, sequence`,
  );
  const logs: Record<string, LoggedEvent[]> = {};
  for (const { articleId, ...event } of rows) (logs[articleId] ??= []).push(event);
  return logs;
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
