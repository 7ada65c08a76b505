import type { Queryable } from '../src/platform/db/database.ts';

/** What is wrong with the site's log; empty: nothing. Nobody may write meanwhile. */
export async function checkSiteLog(db: Queryable): Promise<string[]> {
  const rows = await db.query<{ fault: string }>(
    `SELECT 'number ' || sequence || ' follows ' || before AS fault FROM (
       SELECT sequence, lag(sequence, 1, pruned_sequence) OVER (ORDER BY sequence) AS before
       FROM site_event, (SELECT pruned_sequence FROM site_log) l WHERE sequence > pruned_sequence
     ) e WHERE sequence <> before + 1
     UNION ALL
     SELECT 'the last number is ' || coalesce(max(e.sequence), 0) || ', and the log says ' || l.sequence
     FROM site_log l LEFT JOIN site_event e ON true GROUP BY l.sequence, l.pruned_sequence
     HAVING greatest(max(e.sequence), l.pruned_sequence) <> l.sequence
     UNION ALL
     SELECT 'article ' || article_id || ' has ' || article_sequence || ' behind ' || before FROM (
       SELECT article_id, article_sequence, lag(article_sequence) OVER (PARTITION BY article_id ORDER BY sequence) AS before
       FROM site_event
     ) e WHERE article_sequence <= before
     UNION ALL
     SELECT 'article ' || p.article_id || ' is taken for public: ' || p.is_public
     FROM site_position p JOIN article a ON a.id = p.article_id JOIN article_counter c ON c.article_id = a.id
     WHERE p.sequence = c.sequence AND p.is_public <> (a.status = 'PUBLISHED')
     UNION ALL
     SELECT 'article ' || p.article_id || ' is ahead of its log' FROM site_position p JOIN article_counter c USING (article_id)
     WHERE p.sequence > c.sequence`,
  );
  return rows.map(({ fault }) => fault);
}
