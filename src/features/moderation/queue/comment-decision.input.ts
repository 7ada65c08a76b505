import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { CommentPolicy } from '../../articles/article/article.policy.ts';
import { Article, CommentPolicyEnum } from '../../articles/article/article.type.ts';
import { Comment } from '../../comments/thread/comment.type.ts';
import { MaxLength } from '../../../platform/graphql/max-length.ts';
import { Payload } from '../../../platform/graphql/user-error.type.ts';
import { maxNoteLength } from '../../../platform/screening/decision-note.ts';
import type { ModerationReason } from '../../../platform/screening/moderation-event-kinds.ts';
import { ModerationReasonEnum } from '../../../platform/screening/moderation-reason.type.ts';
import { ModerationDecision } from '../decisions/decision.type.ts';

@InputType({ description: 'A comment to remove.' })
export class RemoveCommentInput {
  @Field(() => ID, { description: 'The comment: the viewer’s own, or for moderators any.' })
  commentId!: string;

  @MaxLength(maxNoteLength)
  @Field(() => String, {
    nullable: true,
    description:
      'Why a moderator removes the comment of somebody else: plain text for its author. Ignored for the viewer’s own comment.',
  })
  reason?: string | null;

  @Field(() => ModerationReasonEnum, {
    nullable: true,
    description: 'The same as one of a short list, for the author and for the log of moderation.',
  })
  reasonCode?: ModerationReason | null;
}

@InputType({ description: 'A removed comment to restore.' })
export class RestoreCommentInput {
  @Field(() => ID, {
    description: 'The comment; if it left no tombstone, its `vanishedCommentId`.',
  })
  commentId!: string;
}

@InputType({
  description: 'The approval of a comment, or of the new text of a public comment (`viewerHeldEdit`).',
})
export class ApproveCommentInput {
  @Field(() => ID, { description: 'The comment.' })
  commentId!: string;

  @Field(() => Int, {
    nullable: true,
    description:
      'The `revision` that the moderator has read; STALE_REVISION if the author has edited the comment since. For a new text of a public comment, the `revision` of `viewerHeldEdit` is required.',
  })
  expectedRevision?: number | null;
}

@InputType({
  description: 'The rejection of a comment, or of the new text of a public comment (`viewerHeldEdit`).',
})
export class RejectCommentInput extends ApproveCommentInput {
  @MaxLength(maxNoteLength)
  @Field(() => String, {
    nullable: true,
    description: 'Why, as plain text for the comment’s author.',
  })
  reason?: string | null;
}

@InputType({ description: 'A new comment policy of an article.' })
export class SetCommentPolicyInput {
  @Field(() => ID, { description: 'The article.' })
  articleId!: string;

  @Field(() => CommentPolicyEnum, { description: 'The new policy.' })
  commentPolicy!: CommentPolicy;
}

@ObjectType({ simpleResolvers: true, description: 'The payload of `removeComment`.' })
export class RemoveCommentPayload extends Payload {
  @Field(() => Comment, {
    nullable: true,
    description: 'The tombstone; null if the comment left none, and when refused.',
  })
  comment!: Comment | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The id of the comment if it left no tombstone; otherwise null.',
  })
  vanishedCommentId!: string | null;

  @Field(() => Article, {
    nullable: true,
    description: 'The article with its current counts; null when refused.',
  })
  article!: Article | null;

  @Field(() => ModerationDecision, {
    nullable: true,
    description:
      'The decision, by which `undoDecision` undoes the removal; null when refused, and for the viewer’s own comment.',
  })
  decision!: ModerationDecision | null;
}
