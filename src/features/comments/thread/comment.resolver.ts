import { Arg, Args, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { noArticle } from '../imported-authors/imported-author.type.ts';
import { accountById } from '../../people/account/account.loader.ts';
import { ViewerAccount } from '../../people/account/account.type.ts';
import { canComment } from '../../articles/article/article.policy.ts';
import { requireArticle } from '../../articles/article/article.show.ts';
import { Article } from '../../articles/article/article.type.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { decodeGlobalId } from '../../../platform/graphql/global-id.ts';
import type { Links } from '../../../platform/http/links.ts';
import { type NodeFinder, nodeFinder } from '../../../platform/graphql/node.ts';
import { PageArgs } from '../../../platform/graphql/page.ts';
import { Bounded, CommentText } from '../../../platform/graphql/price.ts';
import { DateTimeScalar, UrlScalar } from '../../../platform/graphql/scalars.ts';
import { ViewerDependent } from '../../../platform/graphql/viewer-field.ts';
import { sharesNameWithJournalist } from '../../articles/journalist/name-marks.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import {
  ancestorsOfComment,
  descendantCountOfComment,
  publicAuthorByAccountId,
  publicImportedAuthorById,
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
    description: 'The comments on the article itself, including tombstones.',
  })
  comments(
    @Root() { articleId, wholeRow }: Article,
    @Arg('orderBy', () => CommentOrderEnum, {
      nullable: true,
      defaultValue: 'NEWEST',
      description: 'The order of the comments.',
    })
    orderBy: CommentOrder | null,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: Context,
  ): Promise<CountedComments> {
    return loadPage(
      { articleId },
      `roots:${orderBy ?? 'NEWEST'}`,
      args,
      () => wholeRow.listedRootCount,
      context,
    );
  }

  @ViewerDependent()
  @FieldResolver(() => Boolean, { description: 'Whether `addComment` would accept a comment by the viewer.' })
  viewerCanComment(@Root() { facts }: Article, @Ctx() context: Context): boolean {
    return canComment(facts, context.viewer);
  }
}

@Resolver(() => Comment)
export class CommentResolver {
  constructor(
    private readonly links: Links,
    private readonly limits: CommentLimits,
    private readonly clock: Clock,
  ) {}

  @Query(() => Comment, {
    nullable: true,
    description: 'The comment with this id; null if there is none or the viewer may not see it.',
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

  @FieldResolver(() => Article, { description: 'The article of the comment’s thread.' })
  article(@Root() { row }: Comment, @Ctx() context: Context): Promise<Article> {
    return requireArticle(context, row.articleId);
  }

  @FieldResolver(() => Comment, {
    nullable: true,
    description:
      'The comment to which this one replies; null on the first level, and if the parent vanished.',
  })
  async parent(@Root() { row }: Comment, @Ctx() context: Context): Promise<Comment | null> {
    if (row.parentId === null) return null;
    const parent = await loadUnderShown(context, { articleId: row.articleId, id: row.parentId });
    // A pending comment may have a parent that was removed without a tombstone.
    return parent && canSeeComment(commentFacts(parent), context.viewer) ? Comment.from(parent) : null;
  }

  @Bounded(({ maxCommentDepth }) => maxCommentDepth)
  @FieldResolver(() => [Comment], {
    description:
      'The parent, its parent and so on, beginning with the first-level comment; empty on the first level.',
  })
  async ancestors(@Root() { row }: Comment, @Ctx() context: Context): Promise<Comment[]> {
    if (row.depth === 0) return [];
    const rows = await context.loaders.get(ancestorsOfComment).load(row);
    return rows.map((ancestor) => Comment.from(ancestor));
  }

  @FieldResolver(() => Int, {
    description: 'The number of published comments below this comment, at all depths. Always exact.',
  })
  descendantCount(@Root() { row }: Comment, @Ctx() context: Context): number | Promise<number> {
    if (row.depth === 0) return row.rootDescendantCount;
    // A comment that was ever replied to stays listed, so a comment without listed replies has no descendants.
    if (row.listedReplyCount === 0) return 0;
    return context.loaders.get(descendantCountOfComment).load(row);
  }

  @FieldResolver(() => CommentConnection, {
    nullable: true,
    description: 'The replies to this comment itself, including tombstones.',
  })
  replies(
    @Root() { row }: Comment,
    @Arg('orderBy', () => CommentOrderEnum, {
      nullable: true,
      defaultValue: 'OLDEST',
      description: 'The order of the comments.',
    })
    orderBy: CommentOrder | null,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: Context,
  ): Promise<CountedComments> {
    const scope = { articleId: row.articleId, commentId: row.id };
    return loadPage(scope, `replies:${orderBy ?? 'OLDEST'}`, args, () => row.listedReplyCount, context);
  }

  @FieldResolver(() => UrlScalar, { description: 'The address of the comment on the article’s page.' })
  permalink(@Root() { row, id }: Comment): string {
    return this.links.comment(row.articleSlug, id);
  }

  @ViewerDependent()
  @FieldResolver(() => Boolean, { description: 'Whether `addComment` would accept a reply by the viewer.' })
  viewerCanReply(@Root() { row }: Comment, @Ctx() { viewer }: Context): boolean {
    return canReply(commentFacts(row), viewer, this.limits);
  }

  @ViewerDependent()
  @FieldResolver(() => Boolean, {
    description: 'Whether `editComment` would accept a new text by the viewer.',
  })
  viewerCanEdit(@Root() { row }: Comment, @Ctx() { viewer }: Context): boolean {
    return refusalToEdit(commentFacts(row), viewer, this.limits, this.clock.now()) === undefined;
  }

  @ViewerDependent()
  @FieldResolver(() => Boolean, {
    description: 'Whether the viewer may remove the comment; false for a tombstone.',
  })
  viewerCanRemove(@Root() { row }: Comment, @Ctx() { viewer }: Context): boolean {
    return row.status !== 'REMOVED' && refusalToRemove(commentFacts(row), viewer) === undefined;
  }

  @ViewerDependent()
  @FieldResolver(() => DateTimeScalar, {
    nullable: true,
    description:
      'The end of the time in which the viewer may edit the comment; null if the viewer may not edit it.',
  })
  viewerEditableUntil(@Root() comment: Comment, @Ctx() context: Context): Date | null {
    return this.viewerCanEdit(comment, context)
      ? editableUntil(commentFacts(comment.row), this.limits)
      : null;
  }

  @CommentText()
  @ViewerDependent()
  @FieldResolver(() => String, {
    nullable: true,
    description: 'The Markdown source of the text; null if the viewer may not edit the comment.',
  })
  viewerBodyMarkdown(@Root() comment: Comment, @Ctx() context: Context): null | Promise<string | null> {
    if (!this.viewerCanEdit(comment, context)) return null;
    return context.loaders
      .get(sourceOfComment)
      .load(comment.row)
      .then((source) => source?.bodyMarkdown ?? null);
  }
}

@Resolver(() => CommentAuthor)
export class CommentAuthorResolver {
  constructor(private readonly links: Links) {}

  @FieldResolver(() => UrlScalar, { nullable: true, description: 'The address of the author’s picture.' })
  avatarUrl(@Root() { avatar }: CommentAuthor): string | null {
    return this.links.picture(avatar);
  }

  @FieldResolver(() => UrlScalar, {
    nullable: true,
    description:
      'The address of the author’s page, with their comments; null for an author without an account.',
  })
  permalink(@Root() { id, shown }: CommentAuthor): string | null {
    return shown.accountId === null ? null : this.links.person(id);
  }

  @FieldResolver(() => Boolean, {
    description:
      'Whether a journalist of this site has this name, or one that looks the same, and the author is not that journalist. Show it in words beside the name.',
  })
  sharesNameWithJournalist(@Root() { shown }: CommentAuthor, @Ctx() context: Context): Promise<boolean> {
    return sharesNameWithJournalist(context, shown);
  }
}

/** Fields of the viewer about comments. */
@Resolver(() => ViewerAccount)
export class ViewerCommentResolver {
  @FieldResolver(() => CommentAuthor, {
    description:
      'The viewer as the author of comments, so that a client can show a new comment before the service has answered.',
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
 * Finds a comment's author by global id: an account with published comments, the viewer's own account, an imported author,
 * or the author of one comment of whom nothing but a name is known.
 */
export const findCommentAuthorNode: NodeFinder = async ([first = '', second], context) => {
  if (first === noArticle && second !== undefined) {
    const author = await context.loaders.get(publicImportedAuthorById).load(second);
    return author ? CommentAuthor.ofImport(author) : null;
  }
  if (second !== undefined) {
    const comment = await loadComment(context, { articleId: first, id: second });
    return comment?.row.accountId === null && comment.row.importedAuthorId === null ? comment.author : null;
  }
  const account =
    (await context.loaders.get(publicAuthorByAccountId).load(first)) ??
    (context.viewer?.accountId === first ? await context.loaders.get(accountById).load(first) : undefined);
  return account ? CommentAuthor.ofAccount(account) : null;
};
