import { ArgsType, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { maxUserErrors } from '../errors/errors.ts';
import { Article } from '../article/article.type.ts';
import { PageArgs } from '../graphql/page.ts';
import { UuidScalar } from '../graphql/scalars.ts';
import { Bounded } from '../graphql/price.ts';
import { UserError } from '../graphql/user-error.type.ts';
import { Comment } from './comment.type.ts';

/** Arguments of lists with more than one level. */
@ArgsType()
export class ThreadPageArgs extends PageArgs {
  @Field(() => ID, {
    nullable: true,
    description:
      'The page of `first` items that holds this comment, about half of them before it, for a permalink; not together with `after`, `last` or `before`. Deeper than `maxDepth`: the page that holds what it is below. Not in the thread, as when it has vanished: the first page, and it is not among the nodes. An id of another article, or of a comment elsewhere in the thread, is refused.',
  })
  around?: string | null;
}

@InputType({ description: 'A new comment.' })
export class AddCommentInput {
  @Field(() => ID, { description: 'The article to comment on.' })
  articleId!: string;

  @Field(() => ID, { nullable: true, description: 'The comment to reply to; absent: the article itself.' })
  parentId?: string | null;

  @Field(() => String, {
    description: 'Markdown without HTML, at most 10,000 characters unless set otherwise.',
  })
  body!: string;

  @Field(() => UuidScalar, {
    nullable: true,
    description:
      'Made once for this comment and sent with every retry: whatever gets lost on the way, there will be one comment. Its event carries the key.',
  })
  idempotencyKey?: string | null;
}

@InputType({ description: 'A comment’s new text.' })
export class EditCommentInput {
  @Field(() => ID, { description: 'One’s own comment.' })
  commentId!: string;

  @Field(() => String, { description: 'The whole new text, as in `AddCommentInput`.' })
  body!: string;

  @Field(() => Int, {
    nullable: true,
    description:
      'The `revision` that the new text was made from, that of `viewerHeldEdit` where there is one: if it is no longer the last one, STALE_REVISION.',
  })
  expectedRevision?: number | null;
}

@InputType({ description: 'A comment to remove.' })
export class RemoveCommentInput {
  @Field(() => ID, { description: 'One’s own comment, or for moderators any.' })
  commentId!: string;
}

@ObjectType({ simpleResolvers: true, description: 'The answer to `addComment`.' })
export class AddCommentPayload {
  @Field(() => Comment, {
    nullable: true,
    description:
      'The comment, or with a repeated key the first one; null when refused, and when it was removed since (COMMENT_REMOVED).',
  })
  comment!: Comment | null;

  @Field(() => Article, { nullable: true, description: 'The article with its counts as they are now.' })
  article!: Article | null;

  @Bounded(maxUserErrors)
  @Field(() => [UserError], { description: 'Why it was refused; empty when it was done.' })
  userErrors!: readonly UserError[];
}

@ObjectType({ simpleResolvers: true, description: 'The answer to a mutation of one comment.' })
export class CommentPayload {
  @Field(() => Comment, { nullable: true, description: 'The comment as it is now; null when refused.' })
  comment!: Comment | null;

  @Bounded(maxUserErrors)
  @Field(() => [UserError], { description: 'Why it was refused; empty when it was done.' })
  userErrors!: readonly UserError[];
}

@ObjectType({ simpleResolvers: true, description: 'The answer to `removeComment`.' })
export class RemoveCommentPayload {
  @Field(() => Comment, { nullable: true, description: 'The tombstone that stays; null when nothing stays.' })
  comment!: Comment | null;

  @Field(() => ID, { nullable: true, description: 'The id of a comment that left nothing behind.' })
  vanishedCommentId!: string | null;

  @Field(() => Article, { nullable: true, description: 'The article with its counts as they are now.' })
  article!: Article | null;

  @Bounded(maxUserErrors)
  @Field(() => [UserError], { description: 'Why it was refused; empty when it was done.' })
  userErrors!: readonly UserError[];
}
