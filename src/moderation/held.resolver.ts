import { Arg, Args, Ctx, Query, Resolver } from 'type-graphql';
import { type CountedComments, loadPage } from '../comment/comment-thread.resolver.ts';
import { CommentConnection, CommentStatusEnum } from '../comment/comment.type.ts';
import type { CommentStatus } from '../comment/comment.policy.ts';
import { RequestError } from '../errors.ts';
import { type Context, requireViewer } from '../graphql/context.ts';
import { PageArgs } from '../graphql/page.ts';
import { heldCommentCount } from './held.loader.ts';
import { refusalToModerate } from './moderation.policy.ts';

@Resolver()
export class HeldCommentResolver {
  @Query(() => CommentConnection, {
    nullable: true,
    description: 'What waits for a moderator on the whole site, the oldest first. For moderators.',
  })
  async heldComments(
    @Arg('status', () => CommentStatusEnum, {
      nullable: true,
      defaultValue: 'PENDING',
      description: 'PENDING, or REJECTED to look through what was not let through.',
    })
    status: CommentStatus | null,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: Context,
  ): Promise<CountedComments> {
    if (refusalToModerate(requireViewer(context))) throw new RequestError('FORBIDDEN');
    const held = status ?? 'PENDING';
    if (held !== 'PENDING' && held !== 'REJECTED')
      throw new RequestError('BAD_USER_INPUT', '`status` takes PENDING or REJECTED.');
    const countTotal = () => context.loaders.get(heldCommentCount).load(held);
    return loadPage({ articleId: '0' }, `held:${held}`, args, countTotal, context);
  }
}
