import { RequestError } from '../../../platform/errors/errors.ts';
import { type Counted, counted, toConnection } from '../../../platform/graphql/connection.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { requireKeys } from '../../../platform/graphql/global-id.ts';
import { type PageArgs, type PageRequest, pageRequest } from '../../../platform/graphql/page.ts';
import type { ThreadPageArgs } from './comment-list.input.ts';
import type { CommentListName, CommentListScope } from './comment-list.queries.ts';
import { commentByKey, commentPages, listKind, placeInList } from './comment.loader.ts';
import { Comment } from './comment.type.ts';

/** A list of comments whose length is counted only when it is selected. */
export type CountedComments = Counted<Comment>;

/** Loads one page of a list of comments. */
export async function loadPage(
  scope: CommentListScope,
  name: CommentListName,
  args: PageArgs | ThreadPageArgs,
  countTotal: () => number | Promise<number>,
  context: Context,
): Promise<CountedComments> {
  const request = await requestAround(scope, name, args, context);
  const variant = listKind(scope, name);
  const page = await context.loaders.get(commentPages).load({ scope, variant, request });
  return counted(
    toConnection(page, (row) => Comment.from(row)),
    countTotal,
  );
}

/**
 * Finds the position around which a page is requested. A comment that is not in the thread gets the first page of the
 * list, whatever the reason: the response must not distinguish a comment that is pending, or was removed before it was
 * public, from one that never existed.
 * @throws RequestError BAD_USER_INPUT for a comment that can never be in this list
 */
async function requestAround(
  scope: CommentListScope,
  name: CommentListName,
  args: PageArgs | ThreadPageArgs,
  context: Context,
): Promise<PageRequest> {
  const request = pageRequest(args);
  if (!('around' in args) || args.around == null) return request;
  const [articleId, id] = requireKeys('Comment', 2, args.around);
  if (articleId !== scope.articleId)
    throw new RequestError('BAD_USER_INPUT', '`around` names a comment of another article.');
  const row = await context.loaders.get(commentByKey).load({ articleId, id });
  if (!row?.listed) return request;
  if (id === scope.commentId || !row.path.toString('hex').startsWith(scope.path ?? ''))
    throw new RequestError('BAD_USER_INPUT', '`around` names a comment that is not below this one.');
  return { ...request, around: placeInList(scope, name, row) };
}
