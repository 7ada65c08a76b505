import { Arg, Args, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { Article } from '../article/article.type.ts';
import { RequestError } from '../errors/errors.ts';
import { type Connection, toConnection } from '../graphql/connection.ts';
import type { Context } from '../graphql/context.ts';
import { requireKeys } from '../graphql/global-id.ts';
import { type PageArgs, type PageRequest, pageRequest } from '../graphql/page.ts';
import { ThreadPageArgs } from './comment.input.ts';
import {
  commentByKey,
  commentCursor,
  commentPages,
  listKind,
  listedCountOfPart,
  placeInList,
} from './comment.loader.ts';
import type { CommentListName, CommentListScope } from './comment-list.queries.ts';
import { type AllCommentsOrder, AllCommentsOrderEnum, Comment, CommentConnection } from './comment.type.ts';

/** The greatest depth that a comment can have. */
const deepest = 250;

/** A list of comments whose length is counted when asked for. */
export interface CountedComments extends Connection<Comment> {
  readonly countTotal: () => number | Promise<number>;
}

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
  const connection = toConnection(
    await context.loaders.get(commentPages).load({ scope, variant, request }),
    (row) => commentCursor(scope, name, row),
    (row) => Comment.from(row),
  );
  return { ...connection, countTotal };
}

/**
 * Finds the place that a page is around. A comment that is not in the thread gets the list's first page, whatever the
 * reason: the answer must not tell one that waits, or was taken back unseen, from one that there never was.
 * @throws RequestError BAD_USER_INPUT for a comment that is elsewhere for good
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

/** The whole thread of an article. */
@Resolver(() => Article)
export class ArticleThreadResolver {
  @FieldResolver(() => CommentConnection, {
    nullable: true,
    description: 'The comments of all levels in one list, tombstones among them.',
  })
  allComments(
    @Root() article: Article,
    @Arg('orderBy', () => AllCommentsOrderEnum, {
      nullable: true,
      defaultValue: 'THREADED',
      description: 'Their order.',
    })
    orderBy: AllCommentsOrder | null,
    @Arg('maxDepth', () => Int, {
      nullable: true,
      description:
        'The greatest `depth` listed: 0 (only the first level) to 250; absent: all. Cursors are good for any `maxDepth`.',
    })
    maxDepth: number | null | undefined,
    @Args(() => ThreadPageArgs) args: ThreadPageArgs,
    @Ctx() context: Context,
  ): Promise<CountedComments> {
    const { articleId, listedCount, listedRootCount } = article;
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

/** The thread below a comment. */
@Resolver(() => Comment)
export class CommentThreadResolver {
  @FieldResolver(() => CommentConnection, {
    nullable: true,
    description:
      'Everything below it in reading order (THREADED), tombstones among it and itself not: “continue this thread”.',
  })
  descendants(
    @Root() { row }: Comment,
    @Arg('maxDepth', () => Int, {
      nullable: true,
      description:
        'How many levels below this comment are listed: 1 (its replies) to 250; absent: all. Counted from here, unlike `depth`. Cursors are good for any `maxDepth`.',
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
      // Whatever was replied to stays listed: without a reply there is nothing further down.
      if (levels === 1 || listedReplyCount === 0) return listedReplyCount;
      const part = { articleId, path, maxDepth: depth + (levels ?? deepest) };
      return context.loaders.get(listedCountOfPart).load(part);
    };
    return loadPage(scope, 'below:THREADED', args, countTotal, context);
  }
}

/** The length of a list of comments. */
@Resolver(() => CommentConnection)
export class CommentConnectionResolver {
  @FieldResolver(() => Int, { description: 'How many edges the whole list has, tombstones among them.' })
  totalCount(@Root() connection: CountedComments): number | Promise<number> {
    return connection.countTotal();
  }
}
