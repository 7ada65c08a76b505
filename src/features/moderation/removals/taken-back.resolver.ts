import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { ViewerAccount } from '../../people/account/account.type.ts';
import { loadArticle } from '../../articles/article/article.show.ts';
import { Article } from '../../articles/article/article.type.ts';
import { loadOwnPage } from '../../articles/article/own-rows.show.ts';
import { commentByKey } from '../../comments/thread/comment.loader.ts';
import type { Counted } from '../../../platform/graphql/connection.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { PageArgs } from '../../../platform/graphql/page.ts';
import { ownTakenBack } from './taken-back.loader.ts';
import { TakenBackComment, TakenBackCommentConnection } from './taken-back.type.ts';

/** The viewer's own comments that were taken back. */
@Resolver(() => ViewerAccount)
export class ViewerTakenBackResolver {
  @FieldResolver(() => TakenBackCommentConnection, {
    nullable: true,
    description:
      'The viewer’s own comments that were public and were taken back until a moderator has looked at them, newest first, under articles that the viewer may see.',
  })
  takenBackComments(
    @Root() { accountId }: ViewerAccount,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: Context,
  ): Promise<Counted<TakenBackComment>> {
    return loadOwnPage(context, accountId, args, {
      rows: ownTakenBack,
      variant: 'all',
      byKey: commentByKey,
      // One that was decided on since the list was read is public again, or removed for good.
      isShown: ({ status, accountId: author }) => status === 'REMOVED' && author === accountId,
      toNode: (row) => TakenBackComment.from(row),
    });
  }
}

@Resolver(() => TakenBackComment)
export class TakenBackArticleResolver {
  @FieldResolver(() => Article, { nullable: true, description: 'The article of the comment.' })
  article(@Root() { row }: TakenBackComment, @Ctx() context: Context): Promise<Article | null> {
    return loadArticle(context, row.articleId);
  }
}
