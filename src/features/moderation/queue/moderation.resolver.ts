import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { ArticlePayload } from '../../articles/article/article.input.ts';
import { loadArticle } from '../../articles/article/article.show.ts';
import { CommentPayload } from '../../comments/writing/comment.input.ts';
import type { CommentKey } from '../../comments/thread/comment.queries.ts';
import { changeComment } from '../../comments/writing/comment-command.show.ts';
import type { Result } from '../../../platform/errors/errors.ts';
import { type Context, requireViewer } from '../../../platform/graphql/context.ts';
import { requireKeys } from '../../../platform/graphql/global-id.ts';
import { NeedsScope } from '../../../platform/graphql/needs-scope.ts';
import {
  ApproveCommentInput,
  RejectCommentInput,
  RestoreCommentInput,
  SetCommentPolicyInput,
} from './moderation.input.ts';
import type { DecidedComment, ModerationService } from '../decisions/moderation.service.ts';

@Resolver()
export class ModerationResolver {
  readonly #moderation: ModerationService;

  constructor(moderation: ModerationService) {
    this.#moderation = moderation;
  }

  @NeedsScope('MODERATE')
  @Mutation(() => CommentPayload, {
    description:
      'Restores a removed comment. For moderators; what others have decided against a moderator’s own comment is for another moderator to undo, and what its author has removed is for nobody else to restore (FORBIDDEN).',
  })
  restoreComment(
    @Arg('input', () => RestoreCommentInput, { description: 'The comment.' }) input: RestoreCommentInput,
    @Ctx() context: Context,
  ): Promise<CommentPayload> {
    return changeComment(context, input.commentId, (viewer, key) =>
      this.#keyOf(this.#moderation.restoreComment(viewer, key)),
    );
  }

  @NeedsScope('MODERATE')
  @Mutation(() => CommentPayload, {
    description:
      'Makes a comment public that waits for a moderator or was rejected, or the new text of a public comment (`viewerHeldEdit`). For moderators.',
  })
  approveComment(
    @Arg('input', () => ApproveCommentInput, { description: 'The comment.' }) input: ApproveCommentInput,
    @Ctx() context: Context,
  ): Promise<CommentPayload> {
    return changeComment(context, input.commentId, (viewer, key) =>
      this.#keyOf(
        this.#moderation.decideComment(viewer, key, {
          verdict: 'APPROVE',
          expectedRevision: input.expectedRevision ?? undefined,
        }),
      ),
    );
  }

  @NeedsScope('MODERATE')
  @Mutation(() => CommentPayload, {
    description:
      'Rejects a comment that waits for a moderator, or the new text of a public comment (`viewerHeldEdit`). For moderators.',
  })
  rejectComment(
    @Arg('input', () => RejectCommentInput, { description: 'The comment.' }) input: RejectCommentInput,
    @Ctx() context: Context,
  ): Promise<CommentPayload> {
    return changeComment(context, input.commentId, (viewer, key) =>
      this.#keyOf(
        this.#moderation.decideComment(viewer, key, {
          verdict: 'REJECT',
          expectedRevision: input.expectedRevision ?? undefined,
          note: input.reason,
        }),
      ),
    );
  }

  @NeedsScope('MODERATE')
  @Mutation(() => ArticlePayload, {
    description: 'Sets an article’s comment policy. For its journalist, editors and moderators.',
  })
  async setCommentPolicy(
    @Arg('input', () => SetCommentPolicyInput, { description: 'The policy.' }) input: SetCommentPolicyInput,
    @Ctx() context: Context,
  ): Promise<ArticlePayload> {
    const viewer = requireViewer(context);
    await context.limits.useWrite();
    const [articleId] = requireKeys('Article', 1, input.articleId);
    const result = await this.#moderation.setCommentPolicy(viewer, articleId, input.commentPolicy);
    if (!result.ok) return { article: null, userErrors: result.userErrors };
    context.loaders.reset();
    return { article: await loadArticle(context, articleId), userErrors: [] };
  }

  async #keyOf(decided: Promise<Result<DecidedComment>>): Promise<Result<CommentKey>> {
    const result = await decided;
    return result.ok ? { ok: true, value: result.value.key } : result;
  }
}
