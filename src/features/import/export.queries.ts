import type { ArticleStatus } from '../articles/article/article.policy.ts';
import type { Queryable, Tx } from '../../platform/db/database.ts';
import type { Precision } from '../../platform/time/partial-date-time.ts';

/** Makes all reads of the transaction use one snapshot. Must be the transaction's first statement. */
export async function freezeSnapshot(tx: Tx): Promise<void> {
  await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
}

export async function selectArticleBySlug(
  db: Queryable,
  slug: string,
): Promise<{ id: string; status: ArticleStatus } | undefined> {
  const [row] = await db.query<{ id: string; status: ArticleStatus }>(
    'SELECT id::text AS id, status FROM article WHERE slug = $1',
    [slug],
  );
  return row;
}

export interface ExportedEndorsementRow {
  readonly id: string;
  readonly importKey: string | null;
  readonly ordinal: string;
  readonly displayName: string;
  readonly affiliation: string | null;
  readonly statement: string | null;
  readonly featured: boolean;
  readonly createdAt: Date;
  readonly createdPrecision: Precision;
}

/** Selects the public endorsements of an article, oldest first. */
export function selectListedEndorsements(
  db: Queryable,
  articleId: string,
): Promise<ExportedEndorsementRow[]> {
  return db.query<ExportedEndorsementRow>(
    `SELECT id::text AS id, import_key AS "importKey", ordinal::text AS ordinal, display_name AS "displayName",
       affiliation, statement, featured, created_at AS "createdAt", created_precision AS "createdPrecision"
     FROM endorsement e WHERE article_id = $1 AND listed ORDER BY e.ordinal`,
    [articleId],
  );
}

export interface ExportedCommentRow {
  readonly id: string;
  readonly importKey: string | null;
  readonly ordinal: string;
  readonly parentId: string | null;
  /** The imported author, unless an account has the comment or the author was erased. */
  readonly authorKey: string | null;
  /** Null for a tombstone, like the body. */
  readonly authorName: string | null;
  /** Imported likes; those of accounts are nobody's but theirs. */
  readonly likes: number;
  readonly bodyMarkdown: string | null;
  readonly createdAt: Date;
  readonly createdPrecision: Precision;
}

/**
 * Selects the public thread of an article, including tombstones, oldest first. Neither name nor text of a removed
 * comment is read.
 */
export function selectListedComments(db: Queryable, articleId: string): Promise<ExportedCommentRow[]> {
  return db.query<ExportedCommentRow>(
    `SELECT c.id::text AS id, c.import_key AS "importKey", c.ordinal::text AS ordinal, c.parent_id::text AS "parentId",
       CASE WHEN c.status = 'PUBLISHED' AND u.id IS NULL AND a.name IS NOT NULL THEN a.key END AS "authorKey",
       CASE WHEN c.status = 'PUBLISHED' THEN coalesce(u.name, a.name, c.author_name) END AS "authorName",
       k.imported_like_count AS likes,
       CASE WHEN c.status = 'PUBLISHED' THEN c.body_markdown END AS "bodyMarkdown",
       c.created_at AS "createdAt", c.created_precision AS "createdPrecision"
     FROM comment c JOIN comment_counter k ON k.article_id = c.article_id AND k.comment_id = c.id
       LEFT JOIN account u ON u.id = c.account_id LEFT JOIN imported_author a ON a.id = c.imported_author_id
     WHERE c.article_id = $1 AND c.listed ORDER BY c.ordinal`,
    [articleId],
  );
}
