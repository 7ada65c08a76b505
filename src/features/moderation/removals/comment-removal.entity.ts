import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * The work of a decision that everything which an account has written since a time is removed, or put back when that is undone.
 * Without foreign keys, as decisions.
 */
@Entity('comment_removal')
@Index('comment_removal_due_idx', ['lookAt'], { where: 'look_at IS NOT NULL' })
@Index('comment_removal_account_idx', ['accountId'])
export class CommentRemovalEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'comment_removal_pk' })
  decisionId!: string;

  @Column({ type: 'bigint' })
  accountId!: string;

  @Column({ type: 'timestamptz' })
  since!: Date;

  /** The time of the decision: what is written later stays. */
  @Column({ type: 'timestamptz' })
  upTo!: Date;

  /** Ordinal from which on comments may be left to remove. */
  @Column({ type: 'bigint' })
  fromOrdinal!: string;

  /** Whether the decision was undone: the comments that it has removed are put back. */
  @Column({ type: 'boolean', default: false })
  restores!: boolean;

  /** Article and comment up to which comments were put back. */
  @Column({ type: 'bigint', default: 0 })
  restoredArticleId!: string;

  @Column({ type: 'bigint', default: 0 })
  restoredCommentId!: string;

  /** When a node goes on; null: all is done. */
  @Column({ type: 'timestamptz', nullable: true, default: () => 'clock_timestamp()' })
  lookAt!: Date | null;
}

/** A comment that a decision about an account has removed. */
@Entity('moderation_decision_comment')
export class DecisionCommentEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'moderation_decision_comment_pk' })
  decisionId!: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'moderation_decision_comment_pk' })
  articleId!: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'moderation_decision_comment_pk' })
  commentId!: string;

  /** REPORTS: reports had taken the comment back, and it waits again when the decision is undone. */
  @Column({ type: 'text', nullable: true })
  held!: 'REPORTS' | null;
}
