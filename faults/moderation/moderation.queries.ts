import type { Client } from 'pg';
import type { LoggedAction } from './acts.ts';
import type { QueuedItem } from './queue.ts';

/** The log of moderation, in order. */
export async function selectActions(client: Client): Promise<LoggedAction[]> {
  const { rows } = await client.query<LoggedAction>(
    `SELECT sequence::int, kind, actor_id::text AS "actorId", article_id || ':' || comment_id AS comment, revision,
       subject_id::text AS "subjectId", decision_id::text AS "decisionId", detail ->> 'decision' AS decision,
       detail ->> 'phase' AS phase, coalesce((detail ->> 'changesNothing')::boolean, false) AS "changesNothing"
     FROM moderation_event ORDER BY sequence`,
  );
  return rows;
}

export async function selectQueue(client: Client): Promise<QueuedItem[]> {
  const { rows } = await client.query<QueuedItem>(
    `SELECT article_id || ':' || comment_id AS comment, held, reports FROM moderation_item`,
  );
  return rows;
}

/** Number of removals that are under way. */
export async function countRemovals(client: Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM comment_removal WHERE look_at IS NOT NULL',
  );
  return rows[0]?.count ?? 0;
}

/** Decisions that are not exactly one event of the log, or the other way round, and that are undone without one. */
export async function selectUntold(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ fault: string }>(
    `WITH told AS (
       SELECT decision_id AS id, count(*) FILTER (WHERE kind IN ('DECIDED', 'SANCTIONED', 'SANCTION_LIFTED')) AS made,
         count(*) FILTER (WHERE kind = 'UNDONE') AS undone
       FROM moderation_event WHERE decision_id IS NOT NULL GROUP BY 1
     )
     SELECT format('decision %s (%s): %s times made and %s times undone in the log, undone at %s', id, d.kind,
       coalesce(t.made, 0), coalesce(t.undone, 0), d.undone_at) AS fault
     FROM moderation_decision d FULL JOIN told t USING (id)
     WHERE d.kind IS NULL OR t.made IS DISTINCT FROM 1
       OR coalesce(t.undone, 0) <> (d.undone_at IS NOT NULL AND d.undone_by IS NOT NULL)::int`,
  );
  return rows.map(({ fault }) => fault);
}

/** Entries of the queue by what a filter may ask for, counted in the tables of which the queue is made. */
export async function selectCounts(client: Client): Promise<Readonly<Record<string, number>>> {
  const { rows } = await client.query<{ name: string; count: number }>(
    `WITH open AS (
       SELECT article_id, comment_id, count(*) AS reports FROM comment_report WHERE state = 'OPEN' GROUP BY 1, 2
     ), waiting AS (
       SELECT c.article_id, CASE
           WHEN c.status = 'PENDING' THEN 'COMMENT'
           WHEN c.status = 'PUBLISHED' AND e.status = 'PENDING' THEN 'EDIT'
           WHEN c.status = 'REMOVED' AND o.reports > 0 THEN 'REPORTS'
         END AS held, coalesce(o.reports, 0) AS reports
       FROM comment c
       LEFT JOIN held_edit e ON e.article_id = c.article_id AND e.comment_id = c.id
       LEFT JOIN open o ON o.article_id = c.article_id AND o.comment_id = c.id
     )
     SELECT 'held COMMENT' AS name, count(*)::int FROM waiting WHERE held = 'COMMENT'
     UNION ALL SELECT 'held EDIT', count(*)::int FROM waiting WHERE held = 'EDIT'
     UNION ALL SELECT 'reported', count(*)::int FROM waiting WHERE reports > 0
     UNION ALL SELECT 'article ' || article_id, count(*)::int FROM waiting
       WHERE held IN ('COMMENT', 'EDIT') GROUP BY article_id`,
  );
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
}

/** Number of public comments by article. */
export async function selectPublic(client: Client): Promise<Readonly<Record<string, number>>> {
  const { rows } = await client.query<{ id: string; count: number }>(
    `SELECT article_id::text AS id, count(*)::int FROM comment WHERE status = 'PUBLISHED' GROUP BY 1`,
  );
  return Object.fromEntries(rows.map(({ id, count }) => [id, count]));
}
