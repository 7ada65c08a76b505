import { Resolver } from 'type-graphql';
import { ArticlePayload } from '../../articles/article/article.input.ts';
import { loadArticle } from '../../articles/article/article.show.ts';
import { CommentPayload } from '../../comments/writing/comment.input.ts';
import type { CommentKey } from '../../comments/thread/comment.queries.ts';
import { loadComment, toCommentKey } from '../../comments/thread/comment.show.ts';
import { toComment } from '../../comments/writing/comment-command.show.ts';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import type { Result } from '../../../platform/errors/errors.ts';
import { AccountCommand } from '../../../platform/graphql/command.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { encodeGlobalId, requireKeys } from '../../../platform/graphql/global-id.ts';
import { NeedsScope } from '../../../platform/graphql/needs-scope.ts';
import {
  ApproveCommentInput,
  RejectCommentInput,
  RemoveCommentInput,
  RemoveCommentPayload,
  RestoreCommentInput,
  SetCommentPolicyInput,
} from './comment-decision.input.ts';
import { loadDecision } from '../decisions/decision.show.ts';
import type { DecidedComment, ModerationService } from '../decisions/moderation.service.ts';

@Resolver()
export class CommentDecisionMutationResolver {
  constructor(private readonly moderation: ModerationService) {}

  @NeedsScope('COMMENT', 'MODERATE')
  @AccountCommand(RemoveCommentPayload, {
    description:
      'Removes a comment: authors may remove their own, moderators any. A comment that ever had a reply leaves a tombstone; any other vanishes.',
    input: [RemoveCommentInput, 'The comment.'],
  })
  async removeComment(
    input: RemoveCommentInput,
    viewer: Viewer,
    context: Context,
  ): Promise<RemoveCommentPayload> {
    const key = toCommentKey(input.commentId);
    const result = await this.moderation.removeComment(viewer, key, {
      note: input.reason,
      reason: input.reasonCode ?? null,
    });
    const nothing = { comment: null, vanishedCommentId: null, article: null, decision: null };
    if (!result.ok) return { ...nothing, userErrors: result.userErrors };
    context.loaders.reset();
    const { stays, decisionId } = result.value;
    return {
      // The article is loaded first, because its cursor must not be newer than the comment.
      article: await loadArticle(context, key.articleId),
      comment: stays ? await loadComment(context, key) : null,
      vanishedCommentId: stays ? null : encodeGlobalId('Comment', key.articleId, key.id),
      decision: await loadDecision(context, decisionId ?? null),
      userErrors: [],
    };
  }

  @NeedsScope('MODERATE')
  @AccountCommand(CommentPayload, {
    description:
      'Restores a removed comment. For moderators; what others have decided against a moderator’s own comment is for another moderator to undo, and what its author has removed is for nobody else to restore (FORBIDDEN).',
    input: [RestoreCommentInput, 'The comment.'],
  })
  restoreComment(input: RestoreCommentInput, viewer: Viewer, context: Context): Promise<CommentPayload> {
    return toComment(
      this.#keyOf(this.moderation.restoreComment(viewer, toCommentKey(input.commentId))),
      context,
    );
  }

  @NeedsScope('MODERATE')
  @AccountCommand(CommentPayload, {
    description:
      'Makes a comment public that waits for a moderator or was rejected, or the new text of a public comment (`viewerHeldEdit`). For moderators.',
    input: [ApproveCommentInput, 'The comment.'],
  })
  approveComment(input: ApproveCommentInput, viewer: Viewer, context: Context): Promise<CommentPayload> {
    return toComment(
      this.#keyOf(
        this.moderation.decideComment(viewer, toCommentKey(input.commentId), {
          verdict: 'APPROVE',
          expectedRevision: input.expectedRevision ?? undefined,
        }),
      ),
      context,
    );
  }

  @NeedsScope('MODERATE')
  @AccountCommand(CommentPayload, {
    description:
      'Rejects a comment that waits for a moderator, or the new text of a public comment (`viewerHeldEdit`). For moderators.',
    input: [RejectCommentInput, 'The comment.'],
  })
  rejectComment(input: RejectCommentInput, viewer: Viewer, context: Context): Promise<CommentPayload> {
    return toComment(
      this.#keyOf(
        this.moderation.decideComment(viewer, toCommentKey(input.commentId), {
          verdict: 'REJECT',
          expectedRevision: input.expectedRevision ?? undefined,
          note: input.reason,
        }),
      ),
      context,
    );
  }

  @NeedsScope('MODERATE')
  @AccountCommand(ArticlePayload, {
    description: 'Sets an article’s comment policy. For its journalist, editors and moderators.',
    input: [SetCommentPolicyInput, 'The policy.'],
  })
  async setCommentPolicy(
    input: SetCommentPolicyInput,
    viewer: Viewer,
    context: Context,
  ): Promise<ArticlePayload> {
    const [articleId] = requireKeys('Article', 1, input.articleId);
    const result = await this.moderation.setCommentPolicy(viewer, articleId, input.commentPolicy);
    if (!result.ok) return { article: null, userErrors: result.userErrors };
    context.loaders.reset();
    return { article: await loadArticle(context, articleId), userErrors: [] };
  }

  async #keyOf(decided: Promise<Result<DecidedComment>>): Promise<Result<CommentKey>> {
    const result = await decided;
    return result.ok ? { ok: true, value: result.value.key } : result;
  }
}
