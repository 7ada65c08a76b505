import { encodeGlobalId } from '../../src/platform/graphql/global-id.ts';
import { onConnection } from '../../harness/database.ts';

/** The article with the longest thread, and comments of it that the page lists. */
export interface Thread {
  readonly slug: string;
  readonly articleId: string;
  readonly commentIds: readonly string[];
  /** The comment in the middle of the reading order. */
  readonly middleId: string;
}

export async function readThread(databaseUrl: string): Promise<Thread> {
  const { rows } = await onConnection(databaseUrl, (client) =>
    client.query<{ id: string; commentId: string; slug: string; depth: number }>(
      `SELECT a.id::text AS id, a.slug, c.id::text AS "commentId", c.depth
       FROM (SELECT article_id FROM article_counter ORDER BY comment_count DESC LIMIT 1) longest
       JOIN article a ON a.id = longest.article_id JOIN comment c ON c.article_id = a.id
       WHERE c.depth < 7 ORDER BY c.path`,
    ),
  );
  const [first] = rows;
  const commentIds = rows.map(({ id, commentId }) => encodeGlobalId('Comment', id, commentId));
  if (!first) throw new Error('There is no thread');
  return {
    slug: first.slug,
    articleId: encodeGlobalId('Article', first.id),
    commentIds,
    middleId: commentIds[commentIds.length >> 1] ?? '',
  };
}
