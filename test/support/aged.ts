import type { Queryable } from '../../src/platform/db/database.ts';

/** Ages an article's events up to one by two hours, as if they had been appended earlier. */
export async function ageEvents(db: Queryable, articleId: string, upTo: number): Promise<void> {
  await db.query(
    `WITH aged AS (
       UPDATE article_event SET occurred_at = occurred_at - interval '2 hours'
       WHERE article_id = $1 AND sequence <= $2 AND occurred_at > now() - interval '1 hour')
     UPDATE article_counter SET events_since = least(events_since, now() - interval '3 hours')
     WHERE article_id = $1`,
    [articleId, upTo],
  );
}
