import { Check, Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import type { ModerationReason } from './moderation-event-kinds.ts';

/** States of a report: open, found right, found wrong, sent in bad faith, or out of date because the comment is another one by now. */
export type ReportState = 'OPEN' | 'UPHELD' | 'DISMISSED' | 'BAD_FAITH' | 'OBSOLETE';

/** An account's report of a comment. */
@Entity('comment_report')
@Check('comment_report_state_check', `state IN ('OPEN', 'UPHELD', 'DISMISSED', 'BAD_FAITH', 'OBSOLETE')`)
@Check('comment_report_note_check', 'char_length(note) BETWEEN 1 AND 500')
@Index('comment_report_once_key', ['articleId', 'commentId', 'accountId'], { unique: true })
@Index('comment_report_comment_idx', ['articleId', 'commentId', 'id'])
@Index('comment_report_account_idx', ['accountId', 'id'], { where: 'account_id IS NOT NULL' })
@Index('comment_report_subject_idx', ['subjectId', 'state'], { where: 'subject_id IS NOT NULL' })
@Index('comment_report_decided_idx', ['accountId', 'id'], {
  where: `account_id IS NOT NULL AND state IN ('UPHELD', 'DISMISSED', 'BAD_FAITH')`,
})
@Index('comment_report_decision_idx', ['decisionId'], { where: 'decision_id IS NOT NULL' })
export class CommentReportEntity {
  @PrimaryGeneratedColumn('increment', { type: 'bigint', primaryKeyConstraintName: 'comment_report_pk' })
  id!: string;

  @Column({ type: 'bigint' })
  articleId!: string;

  @Column({ type: 'bigint' })
  commentId!: string;

  /** The account that reports; null: it was erased. References the account by table name: this folder imports no other feature. */
  @Column({ type: 'bigint', nullable: true })
  @ForeignKey('account', { name: 'comment_report_account_fk' })
  accountId!: string | null;

  /** The comment's author, whom a trigger keeps up to date; null: it has no account. Without a foreign key. */
  @Column({ type: 'bigint', nullable: true })
  subjectId!: string | null;

  @Column({ type: 'text' })
  reason!: ModerationReason;

  /** What the reporter says, for moderators; null: nothing. */
  @Column({ type: 'text', nullable: true })
  note!: string | null;

  /** Revision of the comment that was reported. */
  @Column({ type: 'integer' })
  revision!: number;

  @Column({ type: 'text', default: 'OPEN' })
  state!: ReportState;

  /** The decision that has closed the report. */
  @Column({ type: 'bigint', nullable: true })
  decisionId!: string | null;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  createdAt!: Date;
}
