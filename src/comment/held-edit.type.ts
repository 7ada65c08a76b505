import { Field, Int, ObjectType } from 'type-graphql';
import { CommentText } from '../graphql/price.ts';
import { DateTimeScalar } from '../graphql/scalars.ts';
import type { CommentRow } from './comment.queries.ts';
import { CommentStatusEnum } from './comment.type.ts';
import type { HeldEditRow } from './held-edit.queries.ts';

/** A new text of a public comment that readers do not see. */
@ObjectType({
  simpleResolvers: true,
  description:
    'A new text of a public comment that waits for a moderator, or was not let through. Readers are shown the old text, and nothing else tells of the new one.',
})
export class HeldEdit {
  /** The comment and its held text, as read from the database. */
  readonly comment!: CommentRow;
  readonly row!: HeldEditRow;

  @Field(() => CommentStatusEnum, {
    description: 'PENDING while it waits; REJECTED once it was not let through.',
  })
  status!: HeldEditRow['status'];

  @Field(() => Int, {
    description:
      'The number of this text: `expectedRevision` of `approveComment` and `rejectComment`, and of an `editComment` that replaces it. No other text of the comment is held under it.',
  })
  revision!: number;

  @CommentText()
  @Field(() => String, { description: 'The text as sanitised HTML.' })
  bodyHtml!: string;

  @CommentText()
  @Field(() => String, { description: 'The text without markup.' })
  bodyText!: string;

  @Field(() => DateTimeScalar, { description: 'When it was written.' })
  editedAt!: Date;

  static from(comment: CommentRow, row: HeldEditRow): HeldEdit {
    const { status, revision, bodyHtml, bodyText, editedAt } = row;
    return Object.assign(new HeldEdit(), { comment, row, status, revision, bodyHtml, bodyText, editedAt });
  }
}
