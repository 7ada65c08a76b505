import { ownRows } from '../article/own-rows.loader.ts';
import type { CommentStatus } from './comment.policy.ts';
import { ownCommentsSql } from './own-comments.queries.ts';

/**
 * The viewer's own comments in some statuses. Statuses must be in alphabetical order, so that equal lists have equal
 * cursors.
 */
export const ownComments = ownRows<readonly CommentStatus[]>(
  'ownComments',
  (statuses) => statuses.join(','),
  ownCommentsSql,
);
