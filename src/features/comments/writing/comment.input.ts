import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { Article } from '../../articles/article/article.type.ts';
import { UrlScalar, UuidScalar } from '../../../platform/graphql/scalars.ts';
import { Payload } from '../../../platform/graphql/user-error.type.ts';
import { Comment } from '../thread/comment.type.ts';
import { MaxCommentLength } from '../../../platform/graphql/max-length.ts';

@InputType({ description: 'A new comment.' })
export class AddCommentInput {
  @Field(() => ID, {
    nullable: true,
    description: 'The article to comment on. Exactly one of `articleId` and `articleUrl` is given.',
  })
  articleId?: string | null;

  @Field(() => UrlScalar, {
    nullable: true,
    description:
      'The address of the article to comment on, as `articleByUrl` takes it. If there is no article, but `canBeginThread` is true, the service asks for the page at the address and makes one, with the page’s title and its `rel=canonical` address as `canonicalUrl`, together with the comment, which then has no `parentId`.',
  })
  articleUrl?: URL | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The comment to reply to; absent: the comment is on the article itself.',
  })
  parentId?: string | null;

  @MaxCommentLength()
  @Field(() => String, {
    description: 'Markdown without HTML.',
  })
  body!: string;

  @Field(() => UuidScalar, {
    nullable: true,
    description:
      'A key created once for this comment and sent with every retry, so that retries create no second comment. The event `CommentAdded` carries the key.',
  })
  idempotencyKey?: string | null;
}

@InputType({ description: 'A new text of a comment.' })
export class EditCommentInput {
  @Field(() => ID, { description: 'The viewer’s own comment.' })
  commentId!: string;

  @MaxCommentLength()
  @Field(() => String, { description: 'The whole new text, with the bounds of `AddCommentInput`.' })
  body!: string;

  @Field(() => Int, {
    nullable: true,
    description:
      'The `revision` on which the new text is based: that of `viewerHeldEdit` if there is one, otherwise that of the comment. STALE_REVISION if it is no longer the latest.',
  })
  expectedRevision?: number | null;
}

@ObjectType({ simpleResolvers: true, description: 'The payload of `addComment`.' })
export class AddCommentPayload extends Payload {
  @Field(() => Comment, {
    nullable: true,
    description:
      'The new comment; for a repeated idempotency key, the comment of the first request. Null when refused, and if the comment was removed since (COMMENT_REMOVED).',
  })
  comment!: Comment | null;

  @Field(() => Article, {
    nullable: true,
    description: 'The article with its current counts; null when refused.',
  })
  article!: Article | null;
}

@ObjectType({ simpleResolvers: true, description: 'The payload of a mutation of one comment.' })
export class CommentPayload extends Payload {
  @Field(() => Comment, { nullable: true, description: 'The comment as it is now; null when refused.' })
  comment!: Comment | null;
}
