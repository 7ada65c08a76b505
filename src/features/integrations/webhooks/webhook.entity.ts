import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { AccountEntity } from '../../people/account/account.entity.ts';
import { ArticleEntity } from '../../articles/article/article.entity.ts';
import { TokenEntity } from '../../people/tokens/token.entity.ts';
import type { DeliveryStatus, WebhookLog, WebhookStatus } from './webhook.policy.ts';

/** An endpoint elsewhere to which events of the site are sent. */
@Entity('webhook')
@Check('webhook_status_check', `status IN ('ACTIVE', 'PAUSED', 'ENDED')`)
@Check('webhook_log_check', `log IN ('SITE', 'MODERATION')`)
@Check('webhook_old_secret_check', '(old_secret IS NULL) = (old_secret_until IS NULL)')
export class WebhookEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'webhook_pk',
  })
  id!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  url!: string;

  /** The subscription that selects what is sent of an event. */
  @Column({ type: 'text' })
  document!: string;

  /** The log whose events are sent. */
  @Column({ type: 'text', default: 'SITE' })
  log!: WebhookLog;

  /** The service account as which events are shown. */
  @Column({ type: 'bigint' })
  @ForeignKey(() => AccountEntity, { name: 'webhook_account_fk' })
  @Index('webhook_account_idx')
  accountId!: string;

  /** The machine token that has made it, and with which it ends; null: a person has made it, or keeps it. */
  @Column({ type: 'bigint', nullable: true })
  @ForeignKey(() => TokenEntity, { name: 'webhook_token_fk', onDelete: 'CASCADE' })
  @Index('webhook_token_idx', { where: 'token_id IS NOT NULL' })
  tokenId!: string | null;

  /** The only article whose events are sent; null: all. */
  @Column({ type: 'bigint', nullable: true })
  @ForeignKey(() => ArticleEntity, { name: 'webhook_article_fk' })
  articleId!: string | null;

  /** The only kinds of events of the log that are sent; null: all. */
  @Column({ type: 'text', array: true, nullable: true })
  eventKinds!: string[] | null;

  @Column({ type: 'text' })
  secret!: string;

  /** The secret before the present one, which signs as well until `oldSecretUntil`. */
  @Column({ type: 'text', nullable: true })
  oldSecret!: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  oldSecretUntil!: Date | null;

  @Column({ type: 'text', default: 'ACTIVE' })
  status!: WebhookStatus;

  /** Number of the last event of the log for which a delivery was made. */
  @Column({ type: 'bigint' })
  sequence!: string;

  /** The epoch of the log that the number belongs to. */
  @Column({ type: 'uuid' })
  epoch!: string;

  /** Failed attempts since the last successful one. */
  @Column({ type: 'integer', default: 0 })
  failures!: number;

  @Column({ type: 'timestamptz', nullable: true })
  failingSince!: Date | null;

  /** Until then nothing is sent, because too many attempts in a row have failed. */
  @Column({ type: 'timestamptz', nullable: true })
  pausedUntil!: Date | null;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  createdAt!: Date;
}

/** One event for one endpoint. */
@Entity('webhook_delivery')
@Check('webhook_delivery_status_check', `status IN ('PENDING', 'DELIVERED', 'FAILED')`)
@Index('webhook_delivery_pending_idx', ['webhookId', 'articleId', 'sequence'], {
  where: `status = 'PENDING'`,
})
@Index('webhook_delivery_due_idx', ['webhookId', 'nextAttemptAt'], { where: 'is_first' })
@Index('webhook_delivery_leased_idx', ['webhookId'], { where: 'lease IS NOT NULL' })
@Index('webhook_delivery_ended_idx', ['endedAt'], { where: 'ended_at IS NOT NULL' })
export class WebhookDeliveryEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'webhook_delivery_pk' })
  @ForeignKey(() => WebhookEntity, { name: 'webhook_delivery_webhook_fk', onDelete: 'CASCADE' })
  webhookId!: string;

  /** Number of the event in the endpoint's log. */
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'webhook_delivery_pk' })
  sequence!: string;

  /**
   * Deliveries with the same number are sent in their order: the event's article, of the log of moderation its comment, or a number of
   * its own. 0: the event is a reset.
   */
  @Column({ type: 'bigint' })
  articleId!: string;

  @Column({ type: 'text', default: 'PENDING' })
  status!: DeliveryStatus;

  /** Whether it is the first one of its number that waits, which is the only one that may be sent. */
  @Column({ type: 'boolean', default: false })
  isFirst!: boolean;

  @Column({ type: 'integer', default: 0 })
  attempts!: number;

  @Column({ type: 'timestamptz', nullable: true })
  firstAttemptAt!: Date | null;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  nextAttemptAt!: Date;

  /** Names the attempt that is under way; null: none is. */
  @Column({ type: 'bigint', nullable: true })
  lease!: string | null;

  /** From then on the attempt counts as lost, whatever became of its process. */
  @Column({ type: 'timestamptz', nullable: true })
  leasedUntil!: Date | null;

  /** The process that makes the attempt. Once it is gone, the attempt counts as lost. */
  @Column({ type: 'uuid', nullable: true })
  processId!: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  endedAt!: Date | null;
}

/** One request to an endpoint, as operators see it. */
@Entity('webhook_attempt')
@Index('webhook_attempt_webhook_idx', ['webhookId', 'id'])
export class WebhookAttemptEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'webhook_attempt_pk',
  })
  id!: string;

  @Column({ type: 'bigint' })
  @ForeignKey(() => WebhookEntity, { name: 'webhook_attempt_webhook_fk', onDelete: 'CASCADE' })
  webhookId!: string;

  /** Number of the event in the endpoint's log; null: a test. */
  @Column({ type: 'bigint', nullable: true })
  sequence!: string | null;

  @Column({ type: 'timestamptz' })
  @Index('webhook_attempt_begun_idx')
  begunAt!: Date;

  @Column({ type: 'integer' })
  milliseconds!: number;

  /** Null: there was no answer. */
  @Column({ type: 'integer', nullable: true })
  httpStatus!: number | null;

  /** Why there was no answer, or none that counts. */
  @Column({ type: 'text', nullable: true })
  fault!: string | null;

  /** The first characters of the answer. */
  @Column({ type: 'text', nullable: true })
  answer!: string | null;
}
