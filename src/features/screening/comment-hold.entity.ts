import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { ModerationReason } from '../../platform/screening/moderation-event-kinds.ts';

/** UNANSWERED: the hook has not decided in time. ESCALATED: it has left the text to a moderator. */
export type HookOutcome = 'UNANSWERED' | 'ESCALATED';

/** What a phase found in one revision of a comment: the reason why it was held. Without foreign keys, as `ModerationItemEntity`. */
@Entity('comment_hold')
@Check(
  'comment_hold_hook_check',
  `(due_at IS NULL AND hook_outcome IS NULL)
    OR (phase = 'HOOK' AND (hook_outcome IS NULL OR (due_at IS NULL AND hook_outcome IN ('UNANSWERED', 'ESCALATED'))))`,
)
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

  /** Of the phase HOOK: when a setting decides, unless somebody has; null: the hook is not asked, or not any more. */
  @Column({ type: 'timestamptz', nullable: true })
  @Index('comment_hold_due_idx', { where: 'due_at IS NOT NULL' })
  dueAt!: Date | null;

  /** Of the phase HOOK: why the text waits for a moderator after all; null: it does not, or was decided on. */
  @Column({ type: 'text', nullable: true })
  hookOutcome!: HookOutcome | null;

  /** Of a text that the hook has left to a moderator: what it suspects; null: it has not said. */
  @Column({ type: 'text', nullable: true })
  suspicion!: ModerationReason | null;
}
