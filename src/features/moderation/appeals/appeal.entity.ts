import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { ModerationDecisionEntity } from '../../../platform/screening/moderation-decision.entity.ts';

/** An appeal against a decision: there is one at most. */
@Entity('moderation_appeal')
@Check('moderation_appeal_text_check', 'char_length(text) BETWEEN 1 AND 2000')
@Check('moderation_appeal_outcome_check', `outcome IN ('UPHELD', 'OVERTURNED')`)
@Check('moderation_appeal_answer_check', 'char_length(answer) BETWEEN 1 AND 500')
@Check('moderation_appeal_answered_check', '(outcome IS NULL) = (answered_at IS NULL)')
@Index('moderation_appeal_open_idx', ['decisionId'], { where: 'outcome IS NULL' })
@Index('moderation_appeal_account_idx', ['accountId', 'decisionId'])
@Index('moderation_appeal_answered_idx', ['answeredBy'], { where: 'answered_by IS NOT NULL' })
export class ModerationAppealEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'moderation_appeal_pk' })
  @ForeignKey(() => ModerationDecisionEntity, { name: 'moderation_appeal_decision_fk' })
  decisionId!: string;

  /** Whom the decision is about. An appeal goes with the account. */
  @Column({ type: 'bigint' })
  accountId!: string;

  @Column({ type: 'text' })
  text!: string;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  appealedAt!: Date;

  /** Null: nobody has answered. */
  @Column({ type: 'text', nullable: true })
  outcome!: 'UPHELD' | 'OVERTURNED' | null;

  /** For the account; null: none was written. */
  @Column({ type: 'text', nullable: true })
  answer!: string | null;

  /** Who has answered; null: nobody, or an account that was erased. */
  @Column({ type: 'bigint', nullable: true })
  answeredBy!: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  answeredAt!: Date | null;
}
