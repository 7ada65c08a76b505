import { Arg, FieldResolver, Resolver, Root } from 'type-graphql';
import { articleById } from '../../articles/article/article.loader.ts';
import { findArticleByUrl, loadArticle } from '../../articles/article/article.show.ts';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import { messageOf, type UserErrorValue } from '../../../platform/errors/errors.ts';
import { AccountCommand } from '../../../platform/graphql/command.ts';
import type { Edge } from '../../../platform/graphql/connection.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { requireKeys } from '../../../platform/graphql/global-id.ts';
import type { Links } from '../../../platform/http/links.ts';
import { NeedsScope } from '../../../platform/graphql/needs-scope.ts';
import type { CommentEditService } from './comment-edit.service.ts';
import { edgeOfComment } from '../thread/comment-edge.ts';
import { AddCommentInput, AddCommentPayload, CommentPayload, EditCommentInput } from './comment.input.ts';
import { commentByKey } from '../thread/comment.loader.ts';
import type { CommentService, CommentTarget } from './comment.service.ts';
import { toComment } from './comment-command.show.ts';
import { loadComment, toCommentKey } from '../thread/comment.show.ts';
import { type Comment, CommentEdge, type CommentOrder, CommentOrderEnum } from '../thread/comment.type.ts';
import type { WrittenComment } from './written-comments.ts';

/** Primes the loaders with the rows that the command has read. */
function keepSeen({ loaders }: Context, { article, comments }: WrittenComment): void {
  loaders.get(articleById).prime(article.id, article);
  for (const row of comments) loaders.get(commentByKey).prime(row, row);
}

const toArticleKey = (id: string): string => requireKeys('Article', 1, id)[0];

const refused = (userErrors: readonly UserErrorValue[]) => ({ comment: null, article: null, userErrors });

@Resolver()
export class CommentMutationResolver {
  constructor(
    private readonly comments: CommentService,
    private readonly edits: CommentEditService,
    private readonly links: Links,
  ) {}

  @NeedsScope('COMMENT')
  @AccountCommand(AddCommentPayload, {
    description: 'Posts a comment on an article, or a reply to a comment.',
    input: [AddCommentInput, 'The comment.'],
  })
  async addComment(input: AddCommentInput, viewer: Viewer, context: Context): Promise<AddCommentPayload> {
    const target = await this.#targetOf(input, viewer, context);
    if ('code' in target) return refused([target]);
    const result = await this.comments.addComment(viewer, {
      target,
      body: input.body,
      idempotencyKey: input.idempotencyKey?.toLowerCase(),
    });
    if (!result.ok) return refused(result.userErrors);
    const { key, seen } = result.value;
    context.loaders.reset();
    if (seen) keepSeen(context, seen);
    // The article is loaded first, because its cursor must not be newer than the comment.
    const article = await loadArticle(context, key.articleId);
    const comment = await loadComment(context, key);
    if (comment) return { comment, article, userErrors: [] };
    context.loaders.reset();
    // The article was unpublished meanwhile, or before the key was repeated: the comment is not removed, and is visible
    // again once the article is.
    if (!article || !(await loadArticle(context, key.articleId))) {
      const message = 'The article was unpublished since.';
      return refused([
        { code: 'NOT_FOUND', message, field: ['page' in target ? 'articleUrl' : target.field] },
      ]);
    }
    const message = 'The comment was posted and has been removed since.';
    const field = input.idempotencyKey == null ? undefined : ['idempotencyKey'];
    return refused([{ code: 'COMMENT_REMOVED', message, field }]);
  }

  /** @returns the place of the comment, or why there is none */
  async #targetOf(
    { articleId, articleUrl, parentId }: AddCommentInput,
    viewer: Viewer,
    context: Context,
  ): Promise<CommentTarget | UserErrorValue> {
    const field = articleUrl == null ? 'articleId' : 'articleUrl';
    if ((articleId == null) === (articleUrl == null)) {
      const message = 'Give `articleId` or `articleUrl`: exactly one of both.';
      return { code: 'INVALID_INPUT', message, field: [field] };
    }
    const parent = parentId == null ? undefined : toCommentKey(parentId);
    const found = articleId == null ? await this.#findArticle(articleUrl, context) : toArticleKey(articleId);
    if (parent && parent.articleId !== found) {
      const message = 'The comment replied to belongs to another article.';
      return { code: 'NOT_FOUND', message, field: ['parentId'] };
    }
    if (found !== undefined) return { articleId: found, parentId: parent?.id, field };
    return articleUrl == null
      ? { code: 'NOT_FOUND', message: messageOf('NOT_FOUND'), field: [field] }
      : { page: articleUrl, admit: () => context.limits.useNewThread(viewer) };
  }

  async #findArticle(url: URL | null | undefined, context: Context): Promise<string | undefined> {
    return url ? (await findArticleByUrl(context, this.links, url))?.articleId : undefined;
  }

  @NeedsScope('COMMENT')
  @AccountCommand(CommentPayload, {
    description:
      'Replaces the text of the viewer’s own comment, within the edit window (`viewerEditableUntil`). Unless the article’s `commentPolicy` is OPEN, the new text of a public comment waits for a moderator’s approval as `viewerHeldEdit`, while readers see the old text; the edit of a moderator is public at once.',
    input: [EditCommentInput, 'The new text.'],
  })
  editComment(input: EditCommentInput, viewer: Viewer, context: Context): Promise<CommentPayload> {
    const { commentId, body, expectedRevision } = input;
    return toComment(
      this.edits.editComment(viewer, toCommentKey(commentId), body, expectedRevision ?? undefined),
      context,
    );
  }
}

/** The edge of a new comment, for clients that insert it into a loaded connection. */
@Resolver(() => AddCommentPayload)
export class AddCommentPayloadResolver {
  @FieldResolver(() => CommentEdge, {
    nullable: true,
    description:
      'The comment as an edge of `Article.comments` or `Comment.replies` in the given order; null when refused.',
  })
  commentEdge(
    @Root() { comment }: AddCommentPayload,
    @Arg('orderBy', () => CommentOrderEnum, {
      nullable: true,
      defaultValue: 'OLDEST',
      description: 'The order of the connection.',
    })
    orderBy: CommentOrder | null,
  ): Edge<Comment> | null {
    return comment && edgeOfComment(comment, orderBy);
  }
}
