import {
  Check,
  Column,
  Entity,
  ForeignKey,
  Generated,
  Index,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  Unique,
} from 'typeorm';
import { CampaignEntity } from '../campaign/campaign.entity.ts';
import { PledgeEntity } from './pledge.entity.ts';
import type { PaymentStatus, PayoutStatus } from '../campaign/transitions.ts';

const paymentStatusCheck = `status IN ('CREATED', 'SUBMITTED', 'PENDING', 'ACTION_REQUIRED', 'SUCCEEDED', 'FAILED')`;

/** A row whose money the provider moves: the row is committed first, then the provider is asked. */
abstract class SentToProvider {
  /** Names the row to the provider; unique among all databases. */
  @Column({ type: 'uuid' })
  @Generated('uuid')
  providerKey!: string;

  /** Minor units of the campaign's currency. */
  @Column({ type: 'bigint' })
  amount!: string;

  /** The provider's id. */
  @Column({ type: 'text', nullable: true })
  providerRef!: string | null;

  @Column({ type: 'text', nullable: true })
  failureCode!: string | null;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  createdAt!: Date;

  /** When the provider was asked first; a day after that it is only looked up. */
  @Column({ type: 'timestamptz', nullable: true })
  submittedAt!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  settledAt!: Date | null;

  /** When the worker looks at it next; null: it need not. */
  @Column({ type: 'timestamptz', nullable: true, default: () => 'clock_timestamp()' })
  lookAt!: Date | null;

  @Column({ type: 'integer', default: 0 })
  looks!: number;
}

/** An attempt to collect a pledge. */
@Entity('payment')
@ForeignKey(() => PledgeEntity, ['articleId', 'pledgeId'], ['articleId', 'id'], { name: 'payment_pledge_fk' })
@Check('payment_amount_check', 'amount > 0')
@Check('payment_status_check', paymentStatusCheck)
@Index('payment_pledge_key', ['articleId', 'pledgeId'], { unique: true, where: `status <> 'FAILED'` })
@Index('payment_provider_key', ['providerRef'], { unique: true, where: 'provider_ref IS NOT NULL' })
@Index('payment_look_idx', ['lookAt'], { where: 'look_at IS NOT NULL' })
export class PaymentEntity extends SentToProvider {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'payment_pk' })
  articleId!: string;

  @PrimaryGeneratedColumn('increment', { type: 'bigint', primaryKeyConstraintName: 'payment_pk' })
  id!: string;

  @Column({ type: 'bigint' })
  pledgeId!: string;

  @Column({ type: 'text', default: 'CREATED' })
  status!: PaymentStatus;

  /** Whether the provider's fee is in the ledger, or is not expected any more. */
  @Column({ type: 'boolean', default: false })
  feeKnown!: boolean;
}

/** A payment that is given back. */
@Entity('refund')
@ForeignKey(() => PaymentEntity, ['articleId', 'paymentId'], ['articleId', 'id'], {
  name: 'refund_payment_fk',
})
@Check('refund_amount_check', 'amount > 0')
@Check('refund_status_check', paymentStatusCheck)
@Index('refund_payment_key', ['articleId', 'paymentId'], { unique: true, where: `status <> 'FAILED'` })
@Index('refund_provider_key', ['providerRef'], { unique: true, where: 'provider_ref IS NOT NULL' })
@Index('refund_look_idx', ['lookAt'], { where: 'look_at IS NOT NULL' })
export class RefundEntity extends SentToProvider {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'refund_pk' })
  articleId!: string;

  @PrimaryGeneratedColumn('increment', { type: 'bigint', primaryKeyConstraintName: 'refund_pk' })
  id!: string;

  @Column({ type: 'bigint' })
  paymentId!: string;

  @Column({ type: 'text', default: 'CREATED' })
  status!: PaymentStatus;
}

/** A payment that its payer's bank demands back. */
@Entity('dispute')
@Unique('dispute_provider_key', ['providerRef'])
@ForeignKey(() => PaymentEntity, ['articleId', 'paymentId'], ['articleId', 'id'], {
  name: 'dispute_payment_fk',
})
@Check('dispute_amount_check', 'amount > 0')
@Check('dispute_status_check', `status IN ('OPEN', 'WON', 'LOST')`)
export class DisputeEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'dispute_pk' })
  articleId!: string;

  @PrimaryGeneratedColumn('increment', { type: 'bigint', primaryKeyConstraintName: 'dispute_pk' })
  id!: string;

  @Column({ type: 'bigint' })
  paymentId!: string;

  @Column({ type: 'bigint' })
  amount!: string;

  @Column({ type: 'text' })
  status!: 'OPEN' | 'WON' | 'LOST';

  @Column({ type: 'text' })
  providerRef!: string;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  openedAt!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  closedAt!: Date | null;
}

/** Money that is paid out to the journalist. */
@Entity('payout')
@Check('payout_amount_check', 'amount > 0')
@Check('payout_status_check', `status IN ('CREATED', 'SUBMITTED', 'PAID', 'FAILED', 'REVERSED')`)
@Index('payout_provider_key', ['providerRef'], { unique: true, where: 'provider_ref IS NOT NULL' })
@Index('payout_look_idx', ['lookAt'], { where: 'look_at IS NOT NULL' })
export class PayoutEntity extends SentToProvider {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'payout_pk' })
  @ForeignKey(() => CampaignEntity, { name: 'payout_campaign_fk' })
  articleId!: string;

  @PrimaryGeneratedColumn('increment', { type: 'bigint', primaryKeyConstraintName: 'payout_pk' })
  id!: string;

  /** The receiving account at the provider. */
  @Column({ type: 'text' })
  destination!: string;

  @Column({ type: 'text', default: 'CREATED' })
  status!: PayoutStatus;
}
