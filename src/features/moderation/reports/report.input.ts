import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { Comment } from '../../comments/thread/comment.type.ts';
import { Payload } from '../../../platform/graphql/user-error.type.ts';
import type { ModerationReason } from '../../../platform/screening/moderation-event-kinds.ts';
import { ModerationReasonEnum } from '../../../platform/screening/moderation-reason.type.ts';
import { maxNoteLength } from './report.policy.ts';
import { MaxLength } from '../../../platform/graphql/max-length.ts';

@InputType({ description: 'A report of a comment.' })
export class ReportCommentInput {
  @Field(() => ID, { description: 'The comment: a public one of somebody else.' })
  commentId!: string;

  @Field(() => ModerationReasonEnum, { description: 'What is wrong with the comment.' })
  reason!: ModerationReason;

  @MaxLength(maxNoteLength)
  @Field(() => String, {
    nullable: true,
    description: `What moderators should know besides, as plain text of at most ${maxNoteLength} characters. The comment’s author never sees it.`,
  })
  note?: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'The payload of `reportComment`.' })
export class ReportCommentPayload extends Payload {
  @Field(() => Comment, {
    nullable: true,
    description:
      'The comment as it is now: its tombstone if reports have taken it back. Null if nothing of the comment is left, and when refused.',
  })
  comment!: Comment | null;
}
