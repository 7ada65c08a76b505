import { Field, ID, ObjectType } from 'type-graphql';
import type { CommentRow } from '../../comments/thread/comment.queries.ts';
import { countedConnectionType, edgeType } from '../../../platform/graphql/connection.ts';
import { encodeGlobalId } from '../../../platform/graphql/global-id.ts';
import { CommentText } from '../../../platform/graphql/price.ts';
import { PartialDateTimeScalar } from '../../../platform/graphql/scalars.ts';
import { withDirections } from '../../../platform/text/html-directions.ts';
import type { PartialDateTime } from '../../../platform/time/partial-date-time.ts';

/** A comment of the viewer that was public and was taken back, for its author. */
@ObjectType({
  simpleResolvers: true,
  description:
    'A comment of the viewer that was public, and that reports or the undoing of an approval have taken back until a moderator has looked at it. Everybody else sees its tombstone, or nothing.',
})
export class TakenBackComment {
  /** The comment's row. */
  readonly row!: CommentRow;

  @Field(() => ID, {
    description: 'The id of the comment. `comment` finds its tombstone, if there is one.',
  })
  commentId!: string;

  @CommentText()
  @Field(() => String, { description: 'The text as sanitised HTML.' })
  bodyHtml!: string;

  @CommentText()
  @Field(() => String, { description: 'The text without markup.' })
  bodyText!: string;

  @Field(() => PartialDateTimeScalar, { description: 'The time of writing.' })
  createdAt!: PartialDateTime;

  static from(row: CommentRow): TakenBackComment {
    const { articleId, id, bodyHtml, bodyText, createdAt: at, createdPrecision: precision } = row;
    return Object.assign(new TakenBackComment(), {
      row,
      commentId: encodeGlobalId('Comment', articleId, id),
      bodyHtml: withDirections(bodyHtml),
      bodyText,
      createdAt: { at, precision },
    });
  }
}

export const TakenBackCommentConnection = countedConnectionType(
  TakenBackComment,
  edgeType(TakenBackComment, 'TakenBackComment'),
  'TakenBackComment',
  { isStored: false, description: 'The number of comments in the whole list. Always exact.' },
);
