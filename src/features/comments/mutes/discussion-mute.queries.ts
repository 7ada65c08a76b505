import type { Queryable, Tx } from '../../../platform/db/database.ts';
import { personalData } from '../../../platform/db/personal-data.ts';

/** Most articles and threads that an account mutes, together. */
export const maxDiscussionMutes = 200;

/** What is muted: a thread by its first comment, or the article itself. */
export interface MutedDiscussion {
  readonly articleId: string;
  /** `wholeArticle`: the article itself. */
  readonly commentId: string;
}

/** Stands for the comment of a mute of the article itself; no comment has this number. */
export const wholeArticle = '0';

/**
 * Mutes a discussion for an account whose row is locked, so that its mutes are counted one at a time.
 * @returns false if there are as many as there may be
 */
export async function insertDiscussionMute(
  tx: Tx,
  accountId: string,
  { articleId, commentId }: MutedDiscussion,
): Promise<boolean> {
  const [row] = await tx.query<{ isMuted: boolean; count: number }>(
    `SELECT count(*)::int AS count, coalesce(bool_or(article_id = $2 AND comment_id = $3), false) AS "isMuted"
     FROM discussion_mute WHERE account_id = $1`,
    [accountId, articleId, commentId],
  );
  if (row?.isMuted) return true;
  if ((row?.count ?? 0) >= maxDiscussionMutes) return false;
  await tx.query(
    `INSERT INTO discussion_mute (account_id, article_id, comment_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
    [accountId, articleId, commentId],
  );
  return true;
}

export async function deleteDiscussionMute(
  tx: Tx,
  accountId: string,
  { articleId, commentId }: MutedDiscussion,
): Promise<void> {
  await tx.query(
    'DELETE FROM discussion_mute WHERE account_id = $1 AND article_id = $2 AND comment_id = $3',
    [accountId, articleId, commentId],
  );
}

/** The articles and threads that an account has muted, the last one first. */
export function selectDiscussionMutes(db: Queryable, accountId: string): Promise<MutedDiscussion[]> {
  return db.query(
    `SELECT article_id::text AS "articleId", comment_id::text AS "commentId" FROM discussion_mute
     WHERE account_id = $1 ORDER BY created_at DESC, article_id, comment_id`,
    [accountId],
  );
}

export async function deleteDiscussionMutes(tx: Tx, accountId: string): Promise<void> {
  await tx.query('DELETE FROM discussion_mute WHERE account_id = $1', [accountId]);
}

/** The articles and threads that an account has muted. */
export const discussionMuteData = personalData(
  'mutedDiscussions',
  `SELECT m.article_id || ':' || m.comment_id AS key,
     jsonb_build_object('article', a.slug, 'comment', nullif(m.comment_id, 0)::text, 'createdAt', m.created_at) AS data
   FROM discussion_mute m LEFT JOIN article a ON a.id = m.article_id
   WHERE m.account_id = $1
     AND (m.article_id, m.comment_id) > (split_part($2, ':', 1)::bigint, split_part($2, ':', 2)::bigint)
   ORDER BY m.article_id, m.comment_id LIMIT $3`,
  '0:0',
);
