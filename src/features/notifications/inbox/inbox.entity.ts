import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { AccountEntity } from '../../people/account/account.entity.ts';
import type { NotificationKind } from '../../../platform/feature/notification.ts';

/** The inbox of an account; the row comes with the first notification. */
@Entity('inbox')
@Check('inbox_read_check', 'read_sequence BETWEEN 0 AND sequence')
@Check('inbox_unsubscribe_check', 'octet_length(unsubscribe_key) = 32')
@Index('inbox_mail_idx', ['mailAt'], { where: 'mail_at IS NOT NULL' })
export class InboxEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'inbox_pk' })
  @ForeignKey(() => AccountEntity, { name: 'inbox_account_fk' })
  accountId!: string;

  /** Number of the last notification. */
  @Column({ type: 'integer', default: 0 })
  sequence!: number;

  /** Number of the last notification that was read. */
  @Column({ type: 'integer', default: 0 })
  readSequence!: number;

  /** Since when something may be to be mailed; null: nothing is. */
  @Column({ type: 'timestamptz', nullable: true })
  mailAt!: Date | null;

  /** When the digest is due; null: nothing waits for one. */
  @Column({ type: 'timestamptz', nullable: true })
  digestAt!: Date | null;

  /** When the last digest was written. */
  @Column({ type: 'timestamptz', nullable: true })
  digestedAt!: Date | null;

  /** Signs the links that end mails; null: there was no mail yet. */
  @Column({ type: 'bytea', nullable: true })
  unsubscribeKey!: Buffer | null;
}

/**
 * A notification: what happened to which row, never a text. Without foreign keys to those rows, because a notification
 * whose row is gone is not shown.
 */
@Entity('notification')
@Check('notification_kind_check', `kind ~ '^[A-Z_]{1,40}$'`)
export class NotificationEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'notification_pk' })
  @ForeignKey(() => InboxEntity, { name: 'notification_inbox_fk' })
  accountId!: string;

  /** Counts from 1 without a gap, per account. */
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'notification_pk' })
  sequence!: number;

  @Column({ type: 'text' })
  kind!: NotificationKind;

  /** Null: it tells of the account itself. */
  @Column({ type: 'bigint', nullable: true })
  articleId!: string | null;

  /** The key of what it tells of, as the kind says; null: the article as a whole. */
  @Column({ type: 'bigint', nullable: true })
  subjectId!: string | null;

  @Column({ type: 'timestamptz' })
  occurredAt!: Date;

  /** Whether a mail has told of it. */
  @Column({ type: 'boolean', default: false })
  mailed!: boolean;
}
