import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { Comment } from '../../comments/thread/comment.type.ts';
import { maxUserErrors } from '../../../platform/errors/errors.ts';
import { Bounded } from '../../../platform/graphql/price.ts';
import { UuidScalar } from '../../../platform/graphql/scalars.ts';
import { Payload, UserError } from '../../../platform/graphql/user-error.type.ts';
import type { ModerationReason } from '../../../platform/screening/moderation-event-kinds.ts';
import { ModerationDecision } from '../decisions/decision.type.ts';
import { type GivenVerdict, ModerationItem, VerdictEnum } from './item.type.ts';
import { ModerationReasonEnum } from '../../../platform/screening/moderation-reason.type.ts';
import { MaxLength } from '../../../platform/graphql/max-length.ts';
import { maxNoteLength } from '../../../platform/screening/decision-note.ts';

/** Most comments of one command. */
export const maxDecisions = 100;

@InputType({ description: 'A decision about one comment of the queue.' })
export class CommentDecisionInput {
  @Field(() => ID, { description: 'The comment.' })
  commentId!: string;

  @Field(() => Int, {
    description:
      'The `revision` of the `ModerationItem` that the moderator has read; STALE_REVISION if there is another text by now.',
  })
  expectedRevision!: number;

  @Field(() => VerdictEnum, { description: 'What is decided.' })
  verdict!: GivenVerdict;

  @Field(() => ModerationReasonEnum, {
    nullable: true,
    description:
      'Why; required for REJECT and REMOVE, whose author is told. With ESCALATE: what is suspected, for moderators.',
  })
  reason?: ModerationReason | null;

  @MaxLength(maxNoteLength)
  @Field(() => String, {
    nullable: true,
    description: 'A note to the author, as plain text.',
  })
  note?: string | null;

  @Field(() => [ID], {
    nullable: true,
    description:
      'Those of the comment’s open `reports` that were made in bad faith, at most 100, which costs their reporters standing. All others are found right if the comment is removed, and wrong if it stays.',
  })
  badFaithReportIds?: readonly string[] | null;

  @Field(() => UuidScalar, {
    nullable: true,
    description:
      'A key created once for this decision and sent with every retry, so that retries make no second decision, whatever has happened to the comment since. Ignored for ESCALATE.',
  })
  idempotencyKey?: string | null;
}

@InputType({ description: 'Decisions about comments of the queue.' })
export class DecideCommentsInput {
  @Field(() => [CommentDecisionInput], {
    description: '1 to 100 decisions, each of another comment. Each is made by itself.',
  })
  decisions!: CommentDecisionInput[];
}

@ObjectType({ simpleResolvers: true, description: 'What became of one decision.' })
export class DecidedCommentResult {
  @Field(() => ID, { description: 'The id of the comment, as it was sent.' })
  commentId!: string;

  @Field(() => ModerationDecision, {
    nullable: true,
    description: 'The decision; null when refused, and for ESCALATE.',
  })
  decision!: ModerationDecision | null;

  @Field(() => Comment, {
    nullable: true,
    description: 'The comment as it is now; null if it vanished, or the viewer may not see it.',
  })
  comment!: Comment | null;

  @Field(() => ModerationItem, {
    nullable: true,
    description: 'The comment’s entry in the queue as it is now; null: nothing of it waits.',
  })
  item!: ModerationItem | null;

  @Bounded(maxUserErrors)
  @Field(() => [UserError], {
    description:
      'Why it was refused: among others ALREADY_DECIDED, CLAIMED and STALE_REVISION. Empty if it was decided.',
  })
  userErrors!: readonly UserError[];
}

@ObjectType({ simpleResolvers: true, description: 'The payload of `decideComments`.' })
export class DecideCommentsPayload {
  @Bounded(maxDecisions)
  @Field(() => [DecidedCommentResult], {
    description: 'What became of each decision, in their order; empty when all were refused together.',
  })
  results!: readonly DecidedCommentResult[];

  @Bounded(maxUserErrors)
  @Field(() => [UserError], { description: 'The reasons for which all were refused together.' })
  userErrors!: readonly UserError[];
}

@InputType({ description: 'Comments of the queue that the viewer works on.' })
export class ClaimCommentsInput {
  @Field(() => [ID], { description: '1 to 100 comments.' })
  commentIds!: string[];
}

@ObjectType({ simpleResolvers: true, description: 'The payload of `claimComments`.' })
export class ClaimCommentsPayload extends Payload {
  @Bounded(maxDecisions)
  @Field(() => [ModerationItem], {
    description:
      'The entries of these comments as they are now, with who works on each. Comments of which nothing waits are left out.',
  })
  items!: readonly ModerationItem[];
}

@InputType({ description: 'Comments of the queue that the viewer does not work on any more.' })
export class ReleaseCommentsInput extends ClaimCommentsInput {}

@ObjectType({ simpleResolvers: true, description: 'The payload of `releaseComments`.' })
export class ReleaseCommentsPayload extends ClaimCommentsPayload {}

@InputType({ description: 'A decision to undo.' })
export class UndoDecisionInput {
  @Field(() => ID, { description: 'The decision.' })
  decisionId!: string;
}

@ObjectType({ simpleResolvers: true, description: 'The payload of `undoDecision`.' })
export class UndoDecisionPayload extends Payload {
  @Field(() => ModerationDecision, { nullable: true, description: 'The decision; null when refused.' })
  decision!: ModerationDecision | null;

  @Field(() => ModerationItem, {
    nullable: true,
    description:
      'The comment’s entry in the queue as it is now; null: nothing of it waits, and when refused.',
  })
  item!: ModerationItem | null;
}
