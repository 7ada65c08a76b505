import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { accountById } from '../../people/account/account.loader.ts';
import { ViewerAccount } from '../../people/account/account.type.ts';
import { loadArticle } from '../../articles/article/article.show.ts';
import { Article } from '../../articles/article/article.type.ts';
import { loadComment } from '../thread/comment.show.ts';
import { Comment, CommentAuthor } from '../thread/comment.type.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { NeverByToken } from '../../../platform/graphql/needs-scope.ts';
import { Bounded } from '../../../platform/graphql/price.ts';
import { ViewerDependent } from '../../../platform/graphql/viewer-field.ts';
import {
  isOfWholeArticle,
  maxMuted,
  maxMutedDiscussions,
  mutedByAccountId,
  mutedDiscussionsByAccountId,
} from './mute.loader.ts';

/** What the viewer has muted. */
@Resolver(() => ViewerAccount)
export class ViewerMuteResolver {
  @NeverByToken()
  @Bounded(maxMuted)
  @FieldResolver(() => [CommentAuthor], {
    description: 'The authors whom the viewer has muted, the last one first.',
  })
  async mutedAuthors(
    @Root() { accountId }: ViewerAccount,
    @Ctx() { loaders }: Context,
  ): Promise<CommentAuthor[]> {
    const ids = await loaders.get(mutedByAccountId).load(accountId);
    // Whoever mutes somebody has seen their name, so that it may be shown where they have no public comment now.
    const accounts = await Promise.all(ids.map((id) => loaders.get(accountById).load(id)));
    return accounts.flatMap((account) => (account ? [CommentAuthor.ofAccount(account)] : []));
  }

  @NeverByToken()
  @Bounded(maxMutedDiscussions)
  @FieldResolver(() => [Article], {
    description:
      'The articles that the viewer has muted, the last one first; without those that the viewer may not see now.',
  })
  async mutedArticles(
    @Root() { accountId, viewer }: ViewerAccount,
    @Ctx() { loaders }: Context,
  ): Promise<Article[]> {
    const muted = await loaders.get(mutedDiscussionsByAccountId).load(accountId);
    const articles = await Promise.all(
      muted.filter(isOfWholeArticle).map(({ articleId }) => loadArticle({ loaders, viewer }, articleId)),
    );
    return articles.flatMap((article) => article ?? []);
  }

  @NeverByToken()
  @Bounded(maxMutedDiscussions)
  @FieldResolver(() => [Comment], {
    description:
      'The comments whose threads the viewer has muted, the last one first; without those that the viewer may not see now.',
  })
  async mutedThreads(
    @Root() { accountId, viewer }: ViewerAccount,
    @Ctx() { loaders }: Context,
  ): Promise<Comment[]> {
    const muted = await loaders.get(mutedDiscussionsByAccountId).load(accountId);
    const comments = await Promise.all(
      muted
        .filter((discussion) => !isOfWholeArticle(discussion))
        .map(({ articleId, commentId: id }) => loadComment({ loaders, viewer }, { articleId, id })),
    );
    return comments.flatMap((comment) => comment ?? []);
  }
}

@Resolver(() => Article)
export class ArticleMuteResolver {
  @ViewerDependent()
  @FieldResolver(() => Boolean, {
    description: 'Whether the viewer has muted the article; always false with a machine token.',
  })
  async viewerHasMuted(
    @Root() { articleId }: Article,
    @Ctx() { viewer, loaders }: Context,
  ): Promise<boolean> {
    if (!viewer || viewer.token) return false;
    const muted = await loaders.get(mutedDiscussionsByAccountId).load(viewer.accountId);
    return muted.some((discussion) => isOfWholeArticle(discussion) && discussion.articleId === articleId);
  }
}

@Resolver(() => Comment)
export class CommentMuteResolver {
  @ViewerDependent()
  @FieldResolver(() => Boolean, {
    description:
      'Whether the viewer has muted the thread that begins with this comment; always false with a machine token.',
  })
  async viewerHasMutedThread(
    @Root() { row }: Comment,
    @Ctx() { viewer, loaders }: Context,
  ): Promise<boolean> {
    if (!viewer || viewer.token) return false;
    const muted = await loaders.get(mutedDiscussionsByAccountId).load(viewer.accountId);
    return muted.some(({ articleId, commentId }) => articleId === row.articleId && commentId === row.id);
  }
}

@Resolver(() => CommentAuthor)
export class AuthorMuteResolver {
  @ViewerDependent()
  @FieldResolver(() => Boolean, {
    description: 'Whether the viewer has muted the author; always false with a machine token.',
  })
  async viewerHasMuted(
    @Root() { accountId }: CommentAuthor,
    @Ctx() { viewer, loaders }: Context,
  ): Promise<boolean> {
    if (!viewer || viewer.token || accountId === null) return false;
    return (await loaders.get(mutedByAccountId).load(viewer.accountId)).includes(accountId);
  }
}
