import type { Result } from '../../../platform/errors/errors.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import type { CommentPayload } from './comment.input.ts';
import type { CommentKey } from '../thread/comment.queries.ts';
import { loadComment } from '../thread/comment.show.ts';

/** A comment after a command that changes it. */
export async function toComment(
  changed: Promise<Result<CommentKey>>,
  context: Context,
): Promise<CommentPayload> {
  const result = await changed;
  if (!result.ok) return { comment: null, userErrors: result.userErrors };
  context.loaders.reset();
  return { comment: await loadComment(context, result.value), userErrors: [] };
}
