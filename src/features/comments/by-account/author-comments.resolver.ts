import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { type Connection, toConnection } from '../../../platform/graphql/connection.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { PageArgs, pageRequest } from '../../../platform/graphql/page.ts';
import { authorCommentPages, listsComments } from './author-comments.loader.ts';
import { commentByKey } from '../thread/comment.loader.ts';
import { isPublicComment } from '../thread/comment.policy.ts';
import { AuthorCommentConnection, Comment, CommentAuthor, commentFacts } from '../thread/comment.type.ts';

/** The list of what somebody has written in public. */
@Resolver(() => CommentAuthor)
export class AuthorCommentsResolver {
  @FieldResolver(() => AuthorCommentConnection, {
    nullable: true,
    description:
      'The author’s published comments under published articles, newest first; null if the author has no account, or does not have them listed (`Viewer.listsComments`).',
  })
  async comments(
    @Root() { shown: { accountId } }: CommentAuthor,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { loaders }: Context,
  ): Promise<Connection<Comment> | null> {
    const request = pageRequest(args);
    if (accountId === null || !(await loaders.get(listsComments).load(accountId))) return null;
    const page = await loaders.get(authorCommentPages).load({ scope: accountId, variant: null, request });
    const loaded = await loaders.get(commentByKey).loadMany(page.rows);
    // What was removed between the two statements is left out.
    return toConnection(page, (_, index) => {
      const row = loaded[index];
      if (row instanceof Error) throw row;
      return row?.accountId === accountId && isPublicComment(commentFacts(row)) ? Comment.from(row) : null;
    });
  }
}
