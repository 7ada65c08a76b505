import { visibleArticleSql } from '../../articles/article/article.queries.ts';
import type { OwnRowsSql } from '../../articles/article/own-rows.queries.ts';
import type { CommentStatus } from '../thread/comment.policy.ts';

/**
 * SQL for a viewer's own comments in these statuses, under articles that the viewer can see. Comments removed without a
 * tombstone are excluded.
 */
export const ownCommentsSql =
  (statuses: readonly CommentStatus[]): OwnRowsSql =>
  (viewer, parameters) =>
    `(SELECT c.article_id, c.id, c.ordinal, c.account_id
  FROM comment c JOIN article a ON a.id = c.article_id
  WHERE c.status = ANY(${parameters.add(statuses)}::text[]) AND (c.listed OR c.status <> 'REMOVED')
    AND ${visibleArticleSql('a', viewer, parameters)})`;

/** SQL for a viewer's own comments under one article that wait for a moderator, or were rejected. */
export const ownHiddenCommentsSql =
  (articleId: string): OwnRowsSql =>
  (viewer, parameters) =>
    `(SELECT c.article_id, c.id, c.ordinal, c.account_id
  FROM comment c JOIN article a ON a.id = c.article_id
  WHERE c.article_id = ${parameters.add(articleId)}::bigint AND c.status IN ('PENDING', 'REJECTED')
    AND ${visibleArticleSql('a', viewer, parameters)})`;
