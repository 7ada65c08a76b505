import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { CommentEntity } from '../thread/comment.entity.ts';

/**
 * The last new text of a public comment that needs or needed a moderator's decision. When the text is settled
 * (published, withdrawn or replaced), the row stays without the text, so that two texts never have the same revision
 * number.
 */
@Entity('held_edit')
@ForeignKey(() => CommentEntity, ['articleId', 'commentId'], ['articleId', 'id'], {
  name: 'held_edit_comment_fk',
})
@Check('held_edit_status_check', `status IN ('PENDING', 'REJECTED', 'SETTLED')`)
@Check('held_edit_text_check', `(status = 'SETTLED') = (body_markdown = '')`)
@Index('held_edit_queue_idx', ['status', 'ordinal', 'commentId'], {
  where: `status IN ('PENDING', 'REJECTED')`,
})
export class HeldEditEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'held_edit_pk' })
  articleId!: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'held_edit_pk' })
  commentId!: string;

  /**
   * Greater than the comment's own revision when the text was written, and than the revision of every text held before.
   */
  @Column({ type: 'integer' })
  revision!: number;

  @Column({ type: 'text' })
  status!: 'PENDING' | 'REJECTED' | 'SETTLED';

  /** Copy of the comment's `ordinal`: the order of the moderators' queue. */
  @Column({ type: 'bigint' })
  ordinal!: string;

  /** Empty once the text is settled, like the two columns below. */
  @Column({ type: 'text' })
  bodyMarkdown!: string;

  @Column({ type: 'text' })
  bodyHtml!: string;

  @Column({ type: 'text' })
  bodyText!: string;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  editedAt!: Date;
}
