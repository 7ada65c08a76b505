import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { AccountEntity } from '../../people/account/account.entity.ts';
import type { MailFrequency, NotificationKind } from '../../../platform/feature/notification.ts';

/** How often an account wants mails about a kind of notifications; without a row the default holds. */
@Entity('mail_preference')
@Check('mail_preference_kind_check', `kind ~ '^[A-Z_]{1,40}$'`)
@Check('mail_preference_frequency_check', `frequency IN ('AT_ONCE', 'DAILY', 'NEVER')`)
export class MailPreferenceEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'mail_preference_pk' })
  @ForeignKey(() => AccountEntity, { name: 'mail_preference_account_fk' })
  accountId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'mail_preference_pk' })
  kind!: NotificationKind;

  @Column({ type: 'text' })
  frequency!: MailFrequency;
}
