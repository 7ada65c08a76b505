import type { Queryable, Tx } from '../../../platform/db/database.ts';

/**
 * SQL for whether a comment is the account's, or was imported for an author whom the account has claimed: a node may not have
 * given it to the account yet. The condition names the account twice, so that each half has its index.
 */
const isOf = (account: string): string => `(account_id = ${account} OR imported_author_id IN (
  SELECT id FROM imported_author WHERE account_id = ${account}))`;

/** Ids of the articles with a comment or a reaction of the account. */
export async function selectArticlesCommentedOn(db: Queryable, accountId: string): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `SELECT article_id::text AS id FROM comment WHERE ${isOf('$1')}
     UNION SELECT article_id::text FROM comment_reaction WHERE account_id = $1 ORDER BY id`,
    [accountId],
  );
  return rows.map(({ id }) => id);
}

/** A comment whose author was erased. */
export interface OrphanedComment {
  readonly id: string;
  readonly wasPublished: boolean;
}

/** A comment that waits for a moderator, or of which a new text does. */
export interface WaitingComment {
  readonly id: string;
  /** The revision of the text that waits. */
  readonly revision: number;
}

/** The comments of an author that was erased under an article. */
export interface Orphaned {
  readonly comments: readonly OrphanedComment[];
  /** Those that waited for a moderator before, or of which a new text did. */
  readonly waiting: readonly WaitingComment[];
}

/** Those of the comments under an article that wait for a moderator, or of which a new text does. */
export function selectWaiting(
  db: Queryable,
  articleId: string,
  ids: readonly string[],
): Promise<WaitingComment[]> {
  return db.query<WaitingComment>(
    `SELECT c.id::text AS id, coalesce(e.revision, c.revision) AS revision
     FROM moderation_item i JOIN comment c ON c.article_id = i.article_id AND c.id = i.comment_id
     LEFT JOIN held_edit e ON i.held = 'EDIT' AND e.article_id = i.article_id AND e.comment_id = i.comment_id
     WHERE i.article_id = $1 AND i.comment_id = ANY($2::bigint[]) AND i.held IS NOT NULL ORDER BY c.id`,
    [articleId, ids],
  );
}

/**
 * Removes the author from all comments of an account under one article. Published comments stay readable, without a
 * name. Comments that are not published (removed, pending, rejected) lose their text for good, and pending and rejected
 * ones become removed. Earlier versions lose their text too, and held edits and moderators'
 * reasons are deleted.
 */
export async function orphanComments(tx: Tx, articleId: string, accountId: string): Promise<Orphaned> {
  const locked = await tx.query<OrphanedComment>(
    `SELECT id::text AS id, status = 'PUBLISHED' AS "wasPublished" FROM comment c
     WHERE article_id = $1 AND ${isOf('$2')} ORDER BY c.id FOR UPDATE`,
    [articleId, accountId],
  );
  const ids = locked.map(({ id }) => id);
  const waiting = await selectWaiting(tx, articleId, ids);
  await tx.query(
    `UPDATE comment SET account_id = NULL,
       body_markdown = CASE status WHEN 'PUBLISHED' THEN body_markdown ELSE '' END,
       body_html = CASE status WHEN 'PUBLISHED' THEN body_html ELSE '' END,
       body_text = CASE status WHEN 'PUBLISHED' THEN body_text ELSE '' END,
       removed_status = CASE WHEN status IN ('PENDING', 'REJECTED') THEN status ELSE removed_status END,
       removed_at = CASE WHEN status IN ('PENDING', 'REJECTED') THEN clock_timestamp() ELSE removed_at END,
       status = CASE WHEN status IN ('PENDING', 'REJECTED') THEN 'REMOVED' ELSE status END
     WHERE article_id = $1 AND id = ANY($2::bigint[])`,
    [articleId, ids],
  );
  await tx.query(
    `UPDATE comment_revision SET body_markdown = '' WHERE article_id = $1 AND comment_id = ANY($2::bigint[])`,
    [articleId, ids],
  );
  await tx.query('DELETE FROM held_edit WHERE article_id = $1 AND comment_id = ANY($2::bigint[])', [
    articleId,
    ids,
  ]);
  return { comments: locked, waiting };
}

/**
 * Deletes the account's reactions to all comments under one article.
 * @returns the comments on which the reactions were visible
 */
export async function eraseReactions(tx: Tx, articleId: string, accountId: string): Promise<string[]> {
  // Locks the comments against removal and restoring, which set the counts.
  await tx.query(
    `SELECT FROM comment c WHERE article_id = $1 AND EXISTS (SELECT FROM comment_reaction r
       WHERE r.article_id = $1 AND r.comment_id = c.id AND r.account_id = $2) ORDER BY c.id FOR KEY SHARE`,
    [articleId, accountId],
  );
  const rows = await tx.query<{ id: string }>(
    `WITH erased AS (
  DELETE FROM comment_reaction WHERE article_id = $1 AND account_id = $2 RETURNING comment_id, kind
), shown AS (
  SELECT e.comment_id, count(*) FILTER (WHERE kind = 'LIKE')::int AS likes,
    count(*) FILTER (WHERE kind = 'INSIGHTFUL')::int AS insightful,
    count(*) FILTER (WHERE kind = 'DISAGREE')::int AS disagree
  FROM erased e JOIN comment c ON c.article_id = $1 AND c.id = e.comment_id
  WHERE c.status = 'PUBLISHED' GROUP BY e.comment_id
)
UPDATE comment_counter k SET like_count = like_count - s.likes, insightful_count = insightful_count - s.insightful,
  disagree_count = disagree_count - s.disagree, score = score - s.likes - s.insightful + s.disagree
FROM shown s WHERE k.article_id = $1 AND k.comment_id = s.comment_id RETURNING k.comment_id::text AS id`,
    [articleId, accountId],
  );
  return rows.map(({ id }) => id);
}
