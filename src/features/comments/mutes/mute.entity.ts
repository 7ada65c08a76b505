import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { AccountEntity } from '../../people/account/account.entity.ts';

/** A person of whom an account is told nothing. The muted person learns nothing of it. */
@Entity('mute')
@Index('mute_muted_idx', ['mutedAccountId'])
export class MuteEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'mute_pk' })
  @ForeignKey(() => AccountEntity, { name: 'mute_account_fk' })
  accountId!: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'mute_pk' })
  @ForeignKey(() => AccountEntity, { name: 'mute_muted_account_fk' })
  mutedAccountId!: string;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  createdAt!: Date;
}
