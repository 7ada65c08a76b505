import { visibleArticleSql } from '../article/article.queries.ts';
import type { OwnRowsSql } from '../article/own-rows.queries.ts';
import type { CommentStatus } from './comment.policy.ts';

/** A viewer's own comments in these states, under articles that they see. One that vanished is gone for them as well. */
export const ownCommentsSql =
  (statuses: readonly CommentStatus[]): OwnRowsSql =>
  (viewer, parameters) =>
    `(SELECT c.article_id, c.id, c.ordinal, c.account_id
  FROM comment c JOIN article a ON a.id = c.article_id
  WHERE c.status = ANY(${parameters.add(statuses)}::text[]) AND (c.listed OR c.status <> 'REMOVED')
    AND ${visibleArticleSql('a', viewer, parameters)})`;
