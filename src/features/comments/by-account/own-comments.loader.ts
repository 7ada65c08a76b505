import { ownRows } from '../../articles/article/own-rows.loader.ts';
import type { CommentStatus } from '../thread/comment.policy.ts';
import { ownCommentsSql, ownHiddenCommentsSql } from './own-comments.queries.ts';

/**
 * The viewer's own comments in some statuses. Statuses must be in alphabetical order, so that equal lists have equal
 * cursors.
 */
export const ownComments = ownRows<readonly CommentStatus[]>(
  'ownComments',
  (statuses) => statuses.join(','),
  ownCommentsSql,
);

/** The viewer's own comments under one article that readers do not see, by the article's key. */
export const ownHiddenComments = ownRows<string>(
  'ownHiddenComments',
  (articleId) => articleId,
  ownHiddenCommentsSql,
);
