import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { AccountEntity } from './account.entity.ts';

/** Something by which a sign-in of an account is recognised later; `devices.ts` explains the rule. */
@Entity('account_device')
@Index('account_device_seen_idx', ['seenAt'])
export class DeviceEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'account_device_pk' })
  @ForeignKey(() => AccountEntity, { name: 'account_device_account_fk' })
  accountId!: string;

  /** SHA-256 of the account with the token of a browser, or with browser, system and network. */
  @PrimaryColumn({ type: 'bytea', primaryKeyConstraintName: 'account_device_pk' })
  hash!: Buffer;

  /** Time of the last sign-in with it. */
  @Column({ type: 'timestamptz' })
  seenAt!: Date;
}
