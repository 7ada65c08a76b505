import { Arg, Args, Ctx, Query, Resolver } from 'type-graphql';
import { refusalToModerate } from '../../../platform/auth/viewer.ts';
import type { CountedComments } from '../../comments/thread/comment-list.show.ts';
import { Comment, CommentConnection, CommentStatusEnum } from '../../comments/thread/comment.type.ts';
import type { CommentStatus } from '../../comments/thread/comment.policy.ts';
import { RequestError } from '../../../platform/errors/errors.ts';
import { counted, toConnection } from '../../../platform/graphql/connection.ts';
import { type Context, requireViewer } from '../../../platform/graphql/context.ts';
import { NeedsScope } from '../../../platform/graphql/needs-scope.ts';
import { PageArgs, pageRequest } from '../../../platform/graphql/page.ts';
import { heldCommentCount, heldCommentPages } from './held.loader.ts';

@Resolver()
export class HeldCommentResolver {
  @NeedsScope('MODERATE')
  @Query(() => CommentConnection, {
    nullable: true,
    description:
      'The comments that wait for a moderator, and the public comments with a new text that waits (`viewerHeldEdit`), under all articles that the viewer may see; oldest comments first. For moderators.',
  })
  async heldComments(
    @Arg('status', () => CommentStatusEnum, {
      nullable: true,
      defaultValue: 'PENDING',
      description: 'PENDING for what waits for a moderator, or REJECTED for what a moderator has rejected.',
    })
    status: CommentStatus | null,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: Context,
  ): Promise<CountedComments> {
    if (refusalToModerate(requireViewer(context))) throw new RequestError('FORBIDDEN');
    const held = status ?? 'PENDING';
    if (held !== 'PENDING' && held !== 'REJECTED')
      throw new RequestError('BAD_USER_INPUT', '`status` takes PENDING or REJECTED.');
    const request = pageRequest(args);
    const page = await context.loaders
      .get(heldCommentPages)
      .load({ scope: held, variant: 'OLDEST', request });
    const connection = toConnection(page, (row) => Comment.from(row));
    return counted(connection, () => context.loaders.get(heldCommentCount).load(held));
  }
}
