import { visibleArticleSql } from '../../articles/article/article.queries.ts';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import type { Queryable } from '../../../platform/db/database.ts';
import { Parameters } from '../../../platform/db/parameters.ts';
import { type MutedDiscussion, wholeArticle } from './discussion-mute.queries.ts';

/** Whether a viewer sees an article, and the place of a comment in its thread: nothing else can be muted. */
export async function isDiscussionVisible(
  db: Queryable,
  viewer: Viewer,
  { articleId, commentId }: MutedDiscussion,
): Promise<boolean> {
  const parameters = new Parameters([articleId, commentId]);
  const rows = await db.query(
    `SELECT FROM article a WHERE a.id = $1 AND ${visibleArticleSql('a', viewer, parameters)}
       AND ($2::bigint = ${wholeArticle}
         OR EXISTS (SELECT FROM comment c WHERE c.article_id = a.id AND c.id = $2 AND c.listed))`,
    parameters.values,
  );
  return rows.length > 0;
}
