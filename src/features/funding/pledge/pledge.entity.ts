import {
  Check,
  Column,
  Entity,
  ForeignKey,
  Generated,
  Index,
  PrimaryColumn,
  PrimaryGeneratedColumn,
} from 'typeorm';
import { AccountEntity } from '../../people/account/account.entity.ts';
import { MilestoneEntity } from '../campaign/campaign.entity.ts';
import type { PledgeStatus } from '../campaign/transitions.ts';

/** An account's promise to pay an amount if the milestone that is open is reached. */
@Entity('pledge')
@ForeignKey(() => MilestoneEntity, ['articleId', 'milestone'], ['articleId', 'position'], {
  name: 'pledge_milestone_fk',
})
@Check('pledge_amount_check', 'amount > 0')
@Check(
  'pledge_status_check',
  `status IN ('SETUP', 'ACTIVE', 'DUE', 'COLLECTED', 'ACTION_REQUIRED', 'DROPPED', 'WITHDRAWN', 'RELEASED', 'REFUNDED', 'DISPUTED', 'LOST')`,
)
@Check('pledge_activated_check', `status IN ('SETUP', 'RELEASED', 'WITHDRAWN') OR activated_at IS NOT NULL`)
@Index('pledge_account_key', ['articleId', 'accountId'], {
  unique: true,
  where: `status IN ('SETUP', 'ACTIVE')`,
})
@Index('pledge_own_idx', ['accountId', 'id'])
@Index('pledge_backer_idx', ['articleId', 'id'], {
  where: `display_name IS NOT NULL AND activated_at IS NOT NULL AND status <> 'WITHDRAWN'`,
})
@Index('pledge_milestone_idx', ['articleId', 'milestone', 'status'])
@Index('pledge_due_idx', ['articleId', 'id'], { where: `status = 'DUE'` })
@Index('pledge_set_up_idx', ['setUpRef'], { where: 'look_at IS NOT NULL' })
@Index('pledge_look_idx', ['lookAt'], { where: 'look_at IS NOT NULL' })
@Index('pledge_released_idx', ['createdAt'], { where: `status = 'RELEASED' AND activated_at IS NULL` })
export class PledgeEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pledge_pk' })
  articleId!: string;

  @PrimaryGeneratedColumn('increment', { type: 'bigint', primaryKeyConstraintName: 'pledge_pk' })
  id!: string;

  /** Names the row to the provider; unique among all databases. */
  @Column({ type: 'uuid' })
  @Generated('uuid')
  providerKey!: string;

  @Column({ type: 'smallint' })
  milestone!: number;

  @Column({ type: 'bigint', nullable: true })
  @ForeignKey(() => AccountEntity, { name: 'pledge_account_fk' })
  accountId!: string | null;

  /** The backer's name in the ledger: it leads to nobody once the account is gone. */
  @Column({ type: 'text' })
  pseudonym!: string;

  /** Null: the backer is not named. */
  @Column({ type: 'text', nullable: true })
  displayName!: string | null;

  /** Minor units of the campaign's currency. */
  @Column({ type: 'bigint' })
  amount!: string;

  @Column({ type: 'text', default: 'SETUP' })
  status!: PledgeStatus;

  /** Reason of the last failed payment. */
  @Column({ type: 'text', nullable: true })
  failureCode!: string | null;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  createdAt!: Date;

  /** When a means of payment was saved, from which time on the pledge counts. */
  @Column({ type: 'timestamptz', nullable: true })
  activatedAt!: Date | null;

  /** Number of the present set-up at the provider: with each one another means of payment is saved. */
  @Column({ type: 'integer', default: 1 })
  setUpNumber!: number;

  @Column({ type: 'text', nullable: true })
  setUpRef!: string | null;

  @Column({ type: 'text', nullable: true })
  setUpUrl!: string | null;

  @Column({ type: 'boolean', default: false })
  setUpDone!: boolean;

  @Column({ type: 'text', nullable: true })
  customerRef!: string | null;

  @Column({ type: 'text', nullable: true })
  paymentMethodRef!: string | null;

  /** When the worker looks at the set-up next; null: it need not. */
  @Column({ type: 'timestamptz', nullable: true })
  lookAt!: Date | null;

  @Column({ type: 'integer', default: 0 })
  looks!: number;
}
