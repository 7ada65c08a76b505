import { Arg, Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { Viewer } from '../account/account.type.ts';
import { RequestError } from '../errors/errors.ts';
import { toConnection } from '../graphql/connection.ts';
import type { Context } from '../graphql/context.ts';
import { PageArgs, pageRequest } from '../graphql/page.ts';
import { commentByKey } from './comment.loader.ts';
import type { CountedComments } from './comment-thread.resolver.ts';
import { canSeeComment, type CommentStatus } from './comment.policy.ts';
import { Comment, CommentConnection, commentFacts, CommentStatusEnum } from './comment.type.ts';
import { ownCommentCount, ownCommentCursor, ownCommentPages } from './own-comments.loader.ts';

/** Tombstones say nothing, so they come only when asked for. */
const defaultStatuses: readonly CommentStatus[] = ['PENDING', 'PUBLISHED', 'REJECTED'];

function checkedStatuses(status: readonly CommentStatus[] | null | undefined): readonly CommentStatus[] {
  if (!status) return defaultStatuses;
  const statuses = [...new Set(status)].sort();
  if (statuses.length === 0) throw new RequestError('BAD_USER_INPUT', '`status` takes at least one value.');
  return statuses;
}

/** One's own comments. */
@Resolver(() => Viewer)
export class OwnCommentsResolver {
  @FieldResolver(() => CommentConnection, {
    nullable: true,
    description:
      'Your own comments, newest first, under articles that are there for you: public ones, and those that wait or were ' +
      'rejected. Removed ones that are tombstones now only if `status` asks for them; those that vanished are gone.',
  })
  async comments(
    @Root() { accountId }: Viewer,
    @Arg('status', () => [CommentStatusEnum], {
      nullable: true,
      description: 'In any of these states; absent: all but `REMOVED`.',
    })
    status: readonly CommentStatus[] | null | undefined,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { loaders, viewer }: Context,
  ): Promise<CountedComments> {
    const statuses = checkedStatuses(status);
    const key = { scope: accountId, variant: statuses, request: pageRequest(args) };
    const page = await loaders.get(ownCommentPages).load(key);
    const comments = await loaders.get(commentByKey).loadMany(page.rows);
    // One that vanished between the two statements is left out.
    const shown = page.rows.flatMap((row, index) => {
      const comment = comments[index];
      if (comment instanceof Error) throw comment;
      return comment && canSeeComment(commentFacts(comment), viewer) ? [{ row, comment }] : [];
    });
    const connection = toConnection(
      { ...page, rows: shown },
      ({ row }) => ownCommentCursor(accountId, statuses, row),
      ({ comment }) => Comment.from(comment),
    );
    return { ...connection, countTotal: () => loaders.get(ownCommentCount).load(statuses) };
  }
}
