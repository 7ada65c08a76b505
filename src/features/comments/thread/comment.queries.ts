import type { ArticleStatus, CommentPolicy } from '../../articles/article/article.policy.ts';
import { staffList } from '../../people/account/account.queries.ts';
import type { Queryable } from '../../../platform/db/database.ts';
import type { Precision } from '../../../platform/time/partial-date-time.ts';
import type { CommentStatus } from './comment.policy.ts';

/** A comment as stored, with everything needed to show it. Only `Comment.from` may show it. */
export interface CommentRow {
  readonly articleId: string;
  readonly id: string;
  readonly parentId: string | null;
  readonly depth: number;
  readonly ordinal: string;
  readonly path: Buffer;
  readonly status: CommentStatus;
  readonly listed: boolean;
  readonly revision: number;
  readonly bodyHtml: string;
  readonly bodyText: string;
  readonly createdAt: Date;
  readonly createdPrecision: Precision;
  readonly editedAt: Date | null;
  readonly importKey: string | null;
  readonly accountId: string | null;
  readonly importedAuthorId: string | null;
  readonly authorName: string | null;
  readonly avatarUrl: string | null;
  readonly authorIsModerator: boolean;
  readonly authorIsJournalist: boolean;
  readonly authorWroteArticle: boolean;
  readonly replyCount: number;
  readonly listedReplyCount: number;
  readonly rootDescendantCount: number;
  readonly likeCount: number;
  readonly insightfulCount: number;
  readonly disagreeCount: number;
  readonly score: number;
  readonly articleSlug: string;
  readonly articleStatus: ArticleStatus;
  readonly commentPolicy: CommentPolicy;
  readonly ownerAccountId: string | null;
}

/** The key of a comment: the article and the comment's id. */
export interface CommentKey {
  readonly articleId: string;
  readonly id: string;
}

/**
 * SQL for the name of an imported comment's author. A subquery, because it runs only where no account has the comment, and
 * because one more join would keep the planner from considering all orders of them.
 */
const importedNameSql = `coalesce(
    (SELECT ia.name FROM imported_author ia WHERE ia.id = c.imported_author_id), c.author_name)`;

/** The columns of `CommentRow`. */
export const commentColumns = `
  c.article_id::text AS "articleId", c.id::text AS id, c.parent_id::text AS "parentId", c.depth,
  c.ordinal::text AS ordinal, c.path, c.status, c.listed, c.revision, c.body_html AS "bodyHtml",
  c.body_text AS "bodyText", c.created_at AS "createdAt", c.created_precision AS "createdPrecision",
  c.edited_at AS "editedAt", c.import_key AS "importKey", c.account_id::text AS "accountId",
  c.imported_author_id::text AS "importedAuthorId",
  coalesce(u.name, ${importedNameSql}) AS "authorName", u.avatar_url AS "avatarUrl", coalesce(u.roles && ARRAY[${staffList}], false) AS "authorIsModerator",
  uj.id IS NOT NULL AS "authorIsJournalist", coalesce(uj.id = a.journalist_id, false) AS "authorWroteArticle",
  k.reply_count AS "replyCount", k.listed_reply_count AS "listedReplyCount",
  k.descendant_count AS "rootDescendantCount", k.like_count AS "likeCount", k.insightful_count AS "insightfulCount",
  k.disagree_count AS "disagreeCount", k.score, a.slug AS "articleSlug", a.status AS "articleStatus",
  a.comment_policy AS "commentPolicy", aj.account_id::text AS "ownerAccountId"`;

/** The joins that `commentColumns` needs beside `comment c`. */
export const commentJoins = `
JOIN comment_counter k ON k.article_id = c.article_id AND k.comment_id = c.id
JOIN article a ON a.id = c.article_id
JOIN journalist aj ON aj.id = a.journalist_id
LEFT JOIN account u ON u.id = c.account_id
LEFT JOIN journalist uj ON uj.account_id = c.account_id`;

/**
 * The arrays are in subqueries so that the planner does not see their length. Otherwise it would estimate a plan for
 * one comment to be much cheaper than the generic plan, and plan anew for each execution, which takes ten times as long
 * as the execution.
 */
export function selectComments(db: Queryable, keys: readonly CommentKey[]): Promise<CommentRow[]> {
  return db.query<CommentRow>(
    `SELECT ${commentColumns}
FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[])) AS s(article_id, id)
JOIN comment c ON c.article_id = s.article_id AND c.id = s.id${commentJoins}`,
    [keys.map((key) => key.articleId), keys.map((key) => key.id)],
  );
}

/** The source of a comment's text. */
export interface CommentSource extends CommentKey {
  readonly bodyMarkdown: string;
}

/** Selects the sources of comments' texts. They are for their authors only. */
export function selectSources(db: Queryable, keys: readonly CommentKey[]): Promise<CommentSource[]> {
  return db.query(
    `SELECT c.article_id::text AS "articleId", c.id::text AS id, c.body_markdown AS "bodyMarkdown"
FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[])) AS s(article_id, id)
JOIN comment c ON c.article_id = s.article_id AND c.id = s.id`,
    [keys.map((key) => key.articleId), keys.map((key) => key.id)],
  );
}

/** Selects ancestors of comments by the ordinals in their paths. */
export function selectCommentsByOrdinal(
  db: Queryable,
  keys: readonly { articleId: string; ordinal: bigint }[],
): Promise<CommentRow[]> {
  return db.query<CommentRow>(
    `SELECT ${commentColumns}
FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[])) AS s(article_id, ordinal)
JOIN comment c ON c.article_id = s.article_id AND c.ordinal = s.ordinal AND c.listed${commentJoins}`,
    [keys.map((key) => key.articleId), keys.map((key) => String(key.ordinal))],
  );
}

/** Imported authors with a published comment under a published article that no account has claimed. */
export function selectPublicImportedAuthors(
  db: Queryable,
  ids: readonly string[],
): Promise<{ id: string; name: string }[]> {
  return db.query(
    `SELECT ia.id::text AS id, ia.name FROM imported_author ia
WHERE ia.id = ANY((SELECT $1::bigint[])::bigint[]) AND ia.name IS NOT NULL AND EXISTS (
  SELECT FROM comment c JOIN article a ON a.id = c.article_id WHERE c.imported_author_id = ia.id
    AND c.account_id IS NULL AND c.status = 'PUBLISHED' AND a.status = 'PUBLISHED')`,
    [ids],
  );
}

/** Accounts with a published comment under a published article; other accounts cannot be found by id. */
export function selectPublicAuthors(
  db: Queryable,
  accountIds: readonly string[],
): Promise<{ id: string; name: string; avatarUrl: string | null }[]> {
  return db.query(
    `SELECT u.id::text AS id, u.name, u.avatar_url AS "avatarUrl" FROM account u
WHERE u.id = ANY((SELECT $1::bigint[])::bigint[]) AND EXISTS (SELECT FROM comment c JOIN article a ON a.id = c.article_id
  WHERE c.account_id = u.id AND c.status = 'PUBLISHED' AND a.status = 'PUBLISHED')`,
    [accountIds],
  );
}
