import { setTimeout } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Target } from './targets.ts';

/** The most discussed articles, each with some of its comments. */
export async function selectTargets(client: Client, limit: number): Promise<Target[]> {
  const { rows } = await client.query<Target>(
    `SELECT n.article_id::text AS "articleId", ARRAY(SELECT id::text FROM comment c
       WHERE c.article_id = n.article_id AND c.listed AND c.depth < 10 ORDER BY ordinal DESC LIMIT 50) AS "commentIds"
     FROM article_counter n ORDER BY n.comment_count DESC, n.article_id LIMIT $1`,
    [limit],
  );
  return rows;
}

/** Counts of rows that belong to acknowledged posts, and of all posts. */
export interface StoredPosts {
  /** Comments among the acknowledged ones. */
  readonly comments: number;
  /** COMMENT_ADDED events of acknowledged comments. */
  readonly events: number;
  /** Idempotency keys whose result is an acknowledged comment. */
  readonly keys: number;
  /** All comments, acknowledged or not. */
  readonly posted: number;
  /** Sum of the articles' comment counters. */
  readonly counted: number;
}

export async function countStored(client: Client, acknowledged: readonly string[]): Promise<StoredPosts> {
  const { rows } = await client.query<StoredPosts>(
    `WITH acknowledged AS (SELECT unnest($1::bigint[]) AS id)
     SELECT (SELECT count(*)::int FROM acknowledged JOIN comment USING (id) WHERE status = 'PUBLISHED') AS comments,
       (SELECT count(*)::int FROM acknowledged a JOIN article_event e ON e.subject_id = a.id
         WHERE e.kind = 'COMMENT_ADDED') AS events,
       (SELECT count(*)::int FROM acknowledged a JOIN idempotency_key k ON k.result_id = a.id) AS keys,
       (SELECT count(*)::int FROM comment) AS posted,
       (SELECT sum(comment_count)::int FROM article_counter) AS counted`,
    [acknowledged],
  );
  const [stored] = rows;
  if (!stored) throw new Error('Nothing was counted');
  return stored;
}

const untold = `SELECT EXISTS (SELECT FROM article_counter c LEFT JOIN notification_position p USING (article_id)
  WHERE c.sequence > coalesce(p.sequence, 0)) AS untold`;

/** Waits until the service has told accounts of all events. */
export async function waitUntilTold(client: Client): Promise<void> {
  while ((await client.query<{ untold: boolean }>(untold)).rows[0]?.untold === true) await setTimeout(10);
}

/** Leaves nothing to tell of what no service has posted. */
export async function forgetUntold(client: Client): Promise<void> {
  await client.query(
    `INSERT INTO notification_position (article_id, sequence) SELECT article_id, sequence FROM article_counter
     ON CONFLICT (article_id) DO UPDATE SET sequence = excluded.sequence, told_account_id = NULL`,
  );
}

/** Counts the rows of tables for the planner, as the database does by itself within a minute or two. */
export async function analyse(client: Client): Promise<void> {
  await client.query('ANALYZE');
}
