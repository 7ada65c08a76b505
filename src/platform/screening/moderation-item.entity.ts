import { Check, Column, Entity, Generated, Index, PrimaryColumn } from 'typeorm';

/**
 * A comment in the moderators' queue. Triggers of the tables `comment`, `held_edit` and `comment_report` keep it, so that whoever
 * writes those cannot forget it: the row is there while a text waits or a report is open. Without foreign keys, because a trigger
 * that waits for a lock of another table would turn the order of locks around.
 */
@Entity('moderation_item')
@Check('moderation_item_held_check', `held IN ('COMMENT', 'EDIT', 'REPORTS')`)
@Check('moderation_item_waits_check', 'held IS NOT NULL OR reports > 0')
@Check('moderation_item_claim_check', '(claimed_by IS NULL) = (claimed_until IS NULL)')
@Index('moderation_item_order_idx', ['ordinal', 'commentId'])
@Index('moderation_item_author_idx', ['accountId', 'ordinal'], { where: 'account_id IS NOT NULL' })
@Index('moderation_item_claim_idx', ['claimedBy'], { where: 'claimed_by IS NOT NULL' })
export class ModerationItemEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'moderation_item_pk' })
  articleId!: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'moderation_item_pk' })
  commentId!: string;

  /** Position in the queue: of the first entry, whatever comes on top. */
  @Column({ type: 'bigint' })
  @Generated('increment')
  ordinal!: string;

  /** The comment's author; null if it has no account. */
  @Column({ type: 'bigint', nullable: true })
  accountId!: string | null;

  /** What waits: a comment that was never public, a new text of a public one, or a comment that reports took back; null: nothing. */
  @Column({ type: 'text', nullable: true })
  held!: 'COMMENT' | 'EDIT' | 'REPORTS' | null;

  /** Number of open reports. */
  @Column({ type: 'integer', default: 0 })
  reports!: number;

  /** The phase that holds the text; REPORTS if reports do. Null: nothing is held, or a version of the service that had no phases did. */
  @Column({ type: 'text', nullable: true })
  phase!: string | null;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  since!: Date;

  @Column({ type: 'bigint', nullable: true })
  claimedBy!: string | null;

  /** When the claim ends by itself. */
  @Column({ type: 'timestamptz', nullable: true })
  claimedUntil!: Date | null;
}
