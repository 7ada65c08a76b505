import { Field, ID, InputType, Int } from 'type-graphql';
import type { CommentPolicy } from '../article/article.policy.ts';
import { CommentPolicyEnum } from '../article/article.type.ts';

@InputType({ description: 'A removed comment to put back.' })
export class RestoreCommentInput {
  @Field(() => ID, {
    description: 'The comment; one that left no tombstone is named by its `vanishedCommentId`.',
  })
  commentId!: string;
}

@InputType({ description: 'A comment that waits, or a new text of one, to be made public.' })
export class ApproveCommentInput {
  @Field(() => ID, { description: 'The comment.' })
  commentId!: string;

  @Field(() => Int, {
    nullable: true,
    description:
      'The `revision` that you read: if its author has edited it since, STALE_REVISION. For a new text of a public comment that of `viewerHeldEdit`, which must be given.',
  })
  expectedRevision?: number | null;
}

@InputType({ description: 'A comment that waits, or a new text of one, not to be let through.' })
export class RejectCommentInput {
  @Field(() => ID, { description: 'The comment.' })
  commentId!: string;

  @Field(() => Int, {
    nullable: true,
    description:
      'The `revision` that you read: if its author has edited it since, STALE_REVISION. For a new text of a public comment that of `viewerHeldEdit`, which must be given.',
  })
  expectedRevision?: number | null;
}

@InputType({ description: 'Whether and how an article takes comments.' })
export class SetCommentPolicyInput {
  @Field(() => ID, { description: 'The article.' })
  articleId!: string;

  @Field(() => CommentPolicyEnum, { description: 'From now on.' })
  commentPolicy!: CommentPolicy;
}
