import { Arg, Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { ViewerAccount } from '../../people/account/account.type.ts';
import { Article } from '../../articles/article/article.type.ts';
import { loadOwnPage } from '../../articles/article/own-rows.show.ts';
import { isForOne } from '../../../platform/auth/viewer.ts';
import { RequestError } from '../../../platform/errors/errors.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { PageArgs } from '../../../platform/graphql/page.ts';
import { ViewerDependent } from '../../../platform/graphql/viewer-field.ts';
import { commentByKey } from '../thread/comment.loader.ts';
import type { CountedComments } from '../thread/comment-list.show.ts';
import { canSeeComment, type CommentStatus } from '../thread/comment.policy.ts';
import { Comment, CommentConnection, commentFacts, CommentStatusEnum } from '../thread/comment.type.ts';
import { ownComments, ownHiddenComments } from './own-comments.loader.ts';

/** Tombstones have no content, so they are listed only on request. */
const defaultStatuses: readonly CommentStatus[] = ['PENDING', 'PUBLISHED', 'REJECTED'];

function checkedStatuses(status: readonly CommentStatus[] | null | undefined): readonly CommentStatus[] {
  if (!status) return defaultStatuses;
  const statuses = [...new Set(status)].sort();
  if (statuses.length === 0) throw new RequestError('BAD_USER_INPUT', '`status` takes at least one value.');
  return statuses;
}

/** The viewer's own comments. */
@Resolver(() => ViewerAccount)
export class OwnCommentsResolver {
  @FieldResolver(() => CommentConnection, {
    nullable: true,
    description:
      'The viewer’s own comments, newest first, under articles that the viewer may see: public ones, and those that wait for a moderator or were rejected. Tombstones are listed only if `status` includes REMOVED; comments that vanished are never listed.',
  })
  async comments(
    @Root() { accountId, viewer }: ViewerAccount,
    @Arg('status', () => [CommentStatusEnum], {
      nullable: true,
      description: 'The states of the comments, at least one; absent: all but REMOVED.',
    })
    status: readonly CommentStatus[] | null | undefined,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: Context,
  ): Promise<CountedComments> {
    return loadOwnPage(context, accountId, args, {
      rows: ownComments,
      variant: checkedStatuses(status),
      byKey: commentByKey,
      isShown: (row) => canSeeComment(commentFacts(row), viewer),
      toNode: (row) => Comment.from(row),
    });
  }
}

/** The viewer's own comments under an article that only the viewer and moderators see. */
@Resolver(() => Article)
export class ArticleOwnCommentsResolver {
  @ViewerDependent()
  @FieldResolver(() => CommentConnection, {
    nullable: true,
    description:
      'The viewer’s own comments under this article that are not public: those that wait for a moderator, and those that were rejected; newest first. They are in no other list of the article. Null if nobody is signed in.',
  })
  async viewerHiddenComments(
    @Root() { articleId }: Article,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: Context,
  ): Promise<CountedComments | null> {
    const { viewer } = context;
    if (!viewer || !isForOne(viewer)) return null;
    return loadOwnPage(context, viewer.accountId, args, {
      rows: ownHiddenComments,
      variant: articleId,
      byKey: commentByKey,
      isShown: (row) => !row.listed && canSeeComment(commentFacts(row), viewer),
      toNode: (row) => Comment.from(row),
    });
  }
}
