import type { Edge } from '../../../platform/graphql/connection.ts';
import { commentCursor } from './comment.loader.ts';
import type { Comment, CommentOrder } from './comment.type.ts';

/**
 * A comment as an edge of its list, `Article.comments` or `Comment.replies`, for clients that insert it into a loaded
 * connection.
 */
export function edgeOfComment(comment: Comment, orderBy: CommentOrder | null): Edge<Comment> {
  const { articleId, parentId } = comment.row;
  const order = orderBy ?? 'OLDEST';
  const cursor =
    parentId === null
      ? commentCursor({ articleId }, `roots:${order}`, comment.row)
      : commentCursor({ articleId, commentId: parentId }, `replies:${order}`, comment.row);
  return { cursor, node: comment };
}
