import type { Viewer } from '../../../platform/auth/viewer.ts';
import type { Result } from '../../../platform/errors/errors.ts';
import { type Context, requireViewer } from '../../../platform/graphql/context.ts';
import type { CommentPayload } from './comment.input.ts';
import type { CommentKey } from '../thread/comment.queries.ts';
import { loadComment, toCommentKey } from '../thread/comment.show.ts';

/** Runs a command on one comment and returns the comment afterwards. */
export async function changeComment(
  context: Context,
  commentId: string,
  command: (viewer: Viewer, key: CommentKey) => Promise<Result<CommentKey>>,
): Promise<CommentPayload> {
  const viewer = requireViewer(context);
  await context.limits.useWrite();
  const result = await command(viewer, toCommentKey(commentId));
  if (!result.ok) return { comment: null, userErrors: result.userErrors };
  context.loaders.reset();
  return { comment: await loadComment(context, result.value), userErrors: [] };
}
