import { canSeeArticle } from '../../articles/article/article.policy.ts';
import { RequestError } from '../../../platform/errors/errors.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { requireKeys } from '../../../platform/graphql/global-id.ts';
import { commentByKey } from './comment.loader.ts';
import { canSeeComment } from './comment.policy.ts';
import type { CommentKey, CommentRow } from './comment.queries.ts';
import { Comment, commentFacts } from './comment.type.ts';

/** The comment with this key, if it exists and the viewer may see it. */
export async function loadComment(
  context: Pick<Context, 'viewer' | 'loaders'>,
  key: CommentKey,
): Promise<Comment | null> {
  const row = await context.loaders.get(commentByKey).load(key);
  return row && canSeeComment(commentFacts(row), context.viewer) ? Comment.from(row) : null;
}

/**
 * A comment of an article that is being shown, whether or not the viewer may see the comment.
 * @throws RequestError NOT_FOUND once the article was unpublished, which must not be mistaken for a fact about the
 * comment
 */
export async function loadUnderShown(context: Context, key: CommentKey): Promise<CommentRow | undefined> {
  const row = await context.loaders.get(commentByKey).load(key);
  if (row && !canSeeArticle(commentFacts(row).article, context.viewer)) throw new RequestError('NOT_FOUND');
  return row;
}

/**
 * The key in a comment's global id.
 * @throws RequestError BAD_USER_INPUT
 */
export function toCommentKey(id: string): CommentKey {
  const [articleId, commentId] = requireKeys('Comment', 2, id);
  return { articleId, id: commentId };
}
