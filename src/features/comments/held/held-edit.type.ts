import { Field, Int, ObjectType } from 'type-graphql';
import { CommentText } from '../../../platform/graphql/price.ts';
import { DateTimeScalar } from '../../../platform/graphql/scalars.ts';
import { withDirections } from '../../../platform/text/html-directions.ts';
import type { CommentRow } from '../thread/comment.queries.ts';
import { CommentStatusEnum } from '../thread/comment.type.ts';
import type { HeldEditRow } from './held-edit.queries.ts';

/** A new text of a public comment that readers do not see. */
@ObjectType({
  simpleResolvers: true,
  description:
    'A new text of a public comment that waits for a moderator’s approval, or was rejected. Readers see the old text, and cannot tell that there is a new one.',
})
export class HeldEdit {
  /** The comment and its held text, as read from the database. */
  readonly comment!: CommentRow;
  readonly row!: HeldEditRow;

  @Field(() => CommentStatusEnum, {
    description: 'PENDING while the text waits for a moderator; REJECTED once a moderator has rejected it.',
  })
  status!: HeldEditRow['status'];

  @Field(() => Int, {
    description:
      'The revision number of this text, to be sent as `expectedRevision` of `approveComment` and `rejectComment`, and of an `editComment` that replaces the text. No other held text of the comment has this number.',
  })
  revision!: number;

  @CommentText()
  @Field(() => String, { description: 'The text as sanitised HTML.' })
  bodyHtml!: string;

  @CommentText()
  @Field(() => String, { description: 'The text without markup.' })
  bodyText!: string;

  @Field(() => DateTimeScalar, { description: 'The time of the edit.' })
  editedAt!: Date;

  static from(comment: CommentRow, row: HeldEditRow): HeldEdit {
    return Object.assign(new HeldEdit(), row, { comment, row, bodyHtml: withDirections(row.bodyHtml) });
  }
}
