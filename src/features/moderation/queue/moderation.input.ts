import { Field, ID, InputType, Int } from 'type-graphql';
import type { CommentPolicy } from '../../articles/article/article.policy.ts';
import { CommentPolicyEnum } from '../../articles/article/article.type.ts';
import { MaxLength } from '../../../platform/graphql/max-length.ts';
import { maxNoteLength } from '../../../platform/screening/decision-note.ts';

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
export class RejectCommentInput {
  @Field(() => ID, { description: 'The comment.' })
  commentId!: string;

  @Field(() => Int, {
    nullable: true,
    description:
      'The `revision` that the moderator has read; STALE_REVISION if the author has edited the comment since. For a new text of a public comment, the `revision` of `viewerHeldEdit` is required.',
  })
  expectedRevision?: number | null;

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
