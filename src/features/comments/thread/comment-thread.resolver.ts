import { Arg, Args, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { Article } from '../../articles/article/article.type.ts';
import { RequestError } from '../../../platform/errors/errors.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { ThreadPageArgs } from './comment-list.input.ts';
import { type CountedComments, loadPage } from './comment-list.show.ts';
import { listedCountOfPart } from './comment.loader.ts';
import { type AllCommentsOrder, AllCommentsOrderEnum, Comment, CommentConnection } from './comment.type.ts';

/** The greatest depth that a comment can have. */
const deepest = 250;

/**
 * Checks `maxDepth`.
 * @throws RequestError BAD_USER_INPUT
 */
function checkDepth(maxDepth: number | null | undefined, least: 0 | 1): number | undefined {
  if (maxDepth == null) return undefined;
  if (maxDepth < least || maxDepth > deepest)
    throw new RequestError('BAD_USER_INPUT', `\`maxDepth\` takes ${least} to ${deepest}, not ${maxDepth}.`);
  return maxDepth;
}

/** The field of articles that lists the whole thread. */
@Resolver(() => Article)
export class ArticleThreadResolver {
  @FieldResolver(() => CommentConnection, {
    nullable: true,
    description: 'The comments of all levels in one list, including tombstones.',
  })
  allComments(
    @Root() article: Article,
    @Arg('orderBy', () => AllCommentsOrderEnum, {
      nullable: true,
      defaultValue: 'THREADED',
      description: 'The order of the comments.',
    })
    orderBy: AllCommentsOrder | null,
    @Arg('maxDepth', () => Int, {
      nullable: true,
      description:
        'The greatest `depth` listed: 0 (only the first level) to 250; absent: all levels. Cursors are valid for any `maxDepth`.',
    })
    maxDepth: number | null | undefined,
    @Args(() => ThreadPageArgs) args: ThreadPageArgs,
    @Ctx() context: Context,
  ): Promise<CountedComments> {
    const { articleId } = article;
    const { listedCount, listedRootCount } = article.wholeRow;
    const depth = checkDepth(maxDepth, 0);
    const scope = { articleId, ...(depth === undefined ? {} : { maxDepth: depth }) };
    const countTotal = () => {
      if (depth === undefined) return listedCount;
      if (depth === 0) return listedRootCount;
      return context.loaders
        .get(listedCountOfPart)
        .load({ articleId, path: Buffer.alloc(0), maxDepth: depth });
    };
    return loadPage(scope, `all:${orderBy ?? 'THREADED'}`, args, countTotal, context);
  }
}

/** The field of comments that lists the thread below. */
@Resolver(() => Comment)
export class CommentThreadResolver {
  @FieldResolver(() => CommentConnection, {
    nullable: true,
    description:
      'All comments below this comment in reading order (THREADED), including tombstones, without the comment itself: for “continue this thread”.',
  })
  descendants(
    @Root() { row }: Comment,
    @Arg('maxDepth', () => Int, {
      nullable: true,
      description:
        'The number of levels listed below this comment: 1 (its replies) to 250; absent: all levels. It is counted from this comment, unlike `depth`. Cursors are valid for any `maxDepth`.',
    })
    maxDepth: number | null | undefined,
    @Args(() => ThreadPageArgs) args: ThreadPageArgs,
    @Ctx() context: Context,
  ): Promise<CountedComments> {
    const levels = checkDepth(maxDepth, 1);
    const { articleId, id: commentId, path, depth, listedReplyCount } = row;
    const scope = {
      articleId,
      commentId,
      path: path.toString('hex'),
      ...(levels === undefined ? {} : { maxDepth: depth + levels }),
    };
    const countTotal = () => {
      // A comment that was ever replied to stays listed, so there are no deeper levels without listed replies.
      if (levels === 1 || listedReplyCount === 0) return listedReplyCount;
      const part = { articleId, path, maxDepth: depth + (levels ?? deepest) };
      return context.loaders.get(listedCountOfPart).load(part);
    };
    return loadPage(scope, 'below:THREADED', args, countTotal, context);
  }
}
