import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { CommentEntity } from './comment.entity.ts';

/**
 * The last new text of a public comment that a moderator had to read, or has to. The row stays when the text is settled
 * (made public, withdrawn or replaced), without it: so no revision is ever the number of two texts.
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

  /** Greater than the comment's own when the text was written, and than that of every text held before. */
  @Column({ type: 'integer' })
  revision!: number;

  @Column({ type: 'text' })
  status!: 'PENDING' | 'REJECTED' | 'SETTLED';

  /** The comment's own: the queue's order. */
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
