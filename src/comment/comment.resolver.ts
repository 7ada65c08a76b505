import { Arg, Args, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { accountById } from '../account/account.loader.ts';
import { ViewerAccount } from '../account/account.type.ts';
import { canComment } from '../article/article.policy.ts';
import { requireArticle } from '../article/article.show.ts';
import { Article } from '../article/article.type.ts';
import type { Context } from '../graphql/context.ts';
import { decodeGlobalId } from '../graphql/global-id.ts';
import type { Links } from '../graphql/links.ts';
import { type NodeFinder, nodeFinder } from '../graphql/node.ts';
import { PageArgs } from '../graphql/page.ts';
import { Bounded, CommentText } from '../graphql/price.ts';
import { DateTimeScalar, UrlScalar } from '../graphql/scalars.ts';
import { ViewerDependent } from '../graphql/viewer-field.ts';
import type { Clock } from '../time/clock.ts';
import {
  ancestorsOfComment,
  descendantCountOfComment,
  publicAuthorByAccountId,
  sourceOfComment,
} from './comment.loader.ts';
import {
  canReply,
  canSeeComment,
  type CommentLimits,
  editableUntil,
  refusalToEdit,
  refusalToRemove,
} from './comment.policy.ts';
import { loadComment, loadUnderShown } from './comment.show.ts';
import { type CountedComments, loadPage } from './comment-list.show.ts';
import {
  Comment,
  CommentAuthor,
  CommentConnection,
  commentFacts,
  type CommentOrder,
  CommentOrderEnum,
} from './comment.type.ts';

/** Fields of articles about comments. */
@Resolver(() => Article)
export class ArticleCommentResolver {
  @FieldResolver(() => CommentConnection, {
    nullable: true,
    description: 'The comments on the article itself, tombstones among them.',
  })
  comments(
    @Root() { articleId, listedRootCount }: Article,
    @Arg('orderBy', () => CommentOrderEnum, {
      nullable: true,
      defaultValue: 'NEWEST',
      description: 'Their order.',
    })
    orderBy: CommentOrder | null,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: Context,
  ): Promise<CountedComments> {
    return loadPage({ articleId }, `roots:${orderBy ?? 'NEWEST'}`, args, () => listedRootCount, context);
  }

  @ViewerDependent()
  @FieldResolver(() => Boolean, { description: 'Whether `addComment` would take a comment of yours.' })
  viewerCanComment(@Root() { facts }: Article, @Ctx() context: Context): boolean {
    return canComment(facts, context.viewer);
  }
}

@Resolver(() => Comment)
export class CommentResolver {
  readonly #links: Links;
  readonly #limits: CommentLimits;
  readonly #clock: Clock;

  constructor(links: Links, limits: CommentLimits, clock: Clock) {
    this.#links = links;
    this.#limits = limits;
    this.#clock = clock;
  }

  @Query(() => Comment, {
    nullable: true,
    description: 'The comment with this id; null when there is none for you.',
  })
  comment(
    @Arg('id', () => ID, { description: 'A comment’s id.' }) id: string,
    @Ctx() context: Context,
  ): Promise<Comment | null> {
    const decoded = decodeGlobalId(id);
    const [articleId, commentId] = decoded?.typeName === 'Comment' ? decoded.keys : [];
    return articleId !== undefined && commentId !== undefined
      ? loadComment(context, { articleId, id: commentId })
      : Promise.resolve(null);
  }

  @FieldResolver(() => Article, { description: 'What it was written under.' })
  article(@Root() { row }: Comment, @Ctx() context: Context): Promise<Article> {
    return requireArticle(context, row.articleId);
  }

  @FieldResolver(() => Comment, {
    nullable: true,
    description: 'What it replies to; null on the first level.',
  })
  async parent(@Root() { row }: Comment, @Ctx() context: Context): Promise<Comment | null> {
    if (row.parentId === null) return null;
    const parent = await loadUnderShown(context, { articleId: row.articleId, id: row.parentId });
    // A pending comment may have a parent that was removed without a tombstone.
    return parent && canSeeComment(commentFacts(parent), context.viewer) ? Comment.from(parent) : null;
  }

  @Bounded(({ maxCommentDepth }) => maxCommentDepth)
  @FieldResolver(() => [Comment], {
    description: 'What it replies to, and what that replies to: the first level first.',
  })
  async ancestors(@Root() { row }: Comment, @Ctx() context: Context): Promise<Comment[]> {
    if (row.depth === 0) return [];
    const rows = await context.loaders.get(ancestorsOfComment).load(row);
    return rows.map((ancestor) => Comment.from(ancestor));
  }

  @FieldResolver(() => Int, {
    description: 'Published comments below it, at any depth. Exact at every moment.',
  })
  descendantCount(@Root() { row }: Comment, @Ctx() context: Context): number | Promise<number> {
    if (row.depth === 0) return row.rootDescendantCount;
    // A comment that was ever replied to stays listed, so a comment without listed replies has no descendants.
    if (row.listedReplyCount === 0) return 0;
    return context.loaders.get(descendantCountOfComment).load(row);
  }

  @FieldResolver(() => CommentConnection, {
    nullable: true,
    description: 'Replies to it, tombstones among them.',
  })
  replies(
    @Root() { row }: Comment,
    @Arg('orderBy', () => CommentOrderEnum, {
      nullable: true,
      defaultValue: 'OLDEST',
      description: 'Their order.',
    })
    orderBy: CommentOrder | null,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: Context,
  ): Promise<CountedComments> {
    const scope = { articleId: row.articleId, commentId: row.id };
    return loadPage(scope, `replies:${orderBy ?? 'OLDEST'}`, args, () => row.listedReplyCount, context);
  }

  @FieldResolver(() => UrlScalar, { description: 'Its place on the article’s page.' })
  permalink(@Root() { row, id }: Comment): string {
    return this.#links.comment(row.articleSlug, id);
  }

  @ViewerDependent()
  @FieldResolver(() => Boolean, { description: 'Whether `addComment` would take a reply of yours.' })
  viewerCanReply(@Root() { row }: Comment, @Ctx() { viewer }: Context): boolean {
    return canReply(commentFacts(row), viewer, this.#limits);
  }

  @ViewerDependent()
  @FieldResolver(() => Boolean, { description: 'Whether `editComment` would take a new text from you.' })
  viewerCanEdit(@Root() { row }: Comment, @Ctx() { viewer }: Context): boolean {
    return refusalToEdit(commentFacts(row), viewer, this.#limits, this.#clock.now()) === undefined;
  }

  @ViewerDependent()
  @FieldResolver(() => Boolean, { description: 'Whether there is something here that you may remove.' })
  viewerCanRemove(@Root() { row }: Comment, @Ctx() { viewer }: Context): boolean {
    return row.status !== 'REMOVED' && refusalToRemove(commentFacts(row), viewer) === undefined;
  }

  @ViewerDependent()
  @FieldResolver(() => DateTimeScalar, {
    nullable: true,
    description: 'Until when you may edit it; null when you may not.',
  })
  viewerEditableUntil(@Root() comment: Comment, @Ctx() context: Context): Date | null {
    return this.viewerCanEdit(comment, context)
      ? editableUntil(commentFacts(comment.row), this.#limits)
      : null;
  }

  @CommentText()
  @ViewerDependent()
  @FieldResolver(() => String, {
    nullable: true,
    description: 'The source of its text; null when you may not edit it.',
  })
  viewerBodyMarkdown(
    @Root() comment: Comment,
    @Ctx() context: Context,
  ): string | null | Promise<string | null> {
    return this.viewerCanEdit(comment, context)
      ? context.loaders.get(sourceOfComment).load(comment.row)
      : null;
  }
}

/** Fields of the viewer about comments. */
@Resolver(() => ViewerAccount)
export class ViewerCommentResolver {
  @FieldResolver(() => CommentAuthor, {
    description: 'How you stand beside your comments, for showing one at once.',
  })
  commentAuthor(@Root() { accountId, name, avatarUrl }: ViewerAccount): CommentAuthor {
    return CommentAuthor.ofAccount({ id: accountId, name, avatarUrl });
  }
}

/** Finds a comment by global id. */
export const findCommentNode = nodeFinder(2, ([articleId = '', id = ''], context) =>
  loadComment(context, { articleId, id }),
);

/**
 * Finds a comment's author by global id: an account with published comments, the viewer's own account, or the author of
 * one comment without an account.
 */
export const findCommentAuthorNode: NodeFinder = async ([first = '', second], context) => {
  if (second !== undefined) {
    const comment = await loadComment(context, { articleId: first, id: second });
    return comment?.row.accountId === null ? comment.author : null;
  }
  const account =
    (await context.loaders.get(publicAuthorByAccountId).load(first)) ??
    (context.viewer?.accountId === first ? await context.loaders.get(accountById).load(first) : undefined);
  return account ? CommentAuthor.ofAccount(account) : null;
};
