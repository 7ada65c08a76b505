import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a phase found in one revision of a comment: the reason why it was held. Without foreign keys, as `ModerationItemEntity`. */
@Entity('comment_hold')
export class CommentHoldEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'comment_hold_pk' })
  articleId!: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'comment_hold_pk' })
  commentId!: string;

  /** The revision of the comment, or of its new text. */
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'comment_hold_pk' })
  revision!: number;

  /** Name of the phase. */
  @Column({ type: 'text' })
  phase!: string;

  /** The place that the phase has found, such as a word or a host, as it stands in the text; null: it is not about a place. */
  @Column({ type: 'text', nullable: true })
  match!: string | null;

  /** The rule that matched, such as an entry of the list of words, or a number; null: the phase has but one. */
  @Column({ type: 'text', nullable: true })
  rule!: string | null;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  heldAt!: Date;
}
