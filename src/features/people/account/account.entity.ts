import { Check, Column, Entity, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import type { Role } from '../../../platform/auth/viewer.ts';

/** A person who can sign in. */
@Entity('account')
@Unique('account_email_key', ['email'])
@Check('account_email_lower', 'email = lower(email)')
@Index('account_erase_idx', ['eraseAt'], { where: 'erase_at IS NOT NULL' })
// By expressions, which TypeORM cannot describe: the migration has them.
@Index('account_name_idx', { synchronize: false })
@Index('account_role_idx', { synchronize: false })
@Index('account_sanction_idx', { synchronize: false })
export class AccountEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'account_pk',
  })
  id!: string;

  @Column({ type: 'text' })
  email!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text', nullable: true })
  avatarUrl!: string | null;

  @Column({ type: 'text' })
  passwordHash!: string;

  @Column({ type: 'text', array: true, default: ['READER'] })
  roles!: Role[];

  /** Since when the account may not write; null: it may. It may again once `suspendedUntil` has come: see `suspendedSql`. */
  @Column({ type: 'timestamptz', nullable: true })
  suspendedAt!: Date | null;

  /** When the suspension ends by itself; null: never. */
  @Column({ type: 'timestamptz', nullable: true })
  suspendedUntil!: Date | null;

  /** The moderators' decision behind the suspension, without a foreign key; null: an operator has suspended the account. */
  @Column({ type: 'bigint', nullable: true })
  suspensionDecisionId!: string | null;

  /** Since when comments of the account wait for a moderator; null: they do not, or no longer: see `premoderatedSql`. */
  @Column({ type: 'timestamptz', nullable: true })
  premoderatedAt!: Date | null;

  /** When that ends by itself; null: never. */
  @Column({ type: 'timestamptz', nullable: true })
  premoderatedUntil!: Date | null;

  @Column({ type: 'bigint', nullable: true })
  premoderationDecisionId!: string | null;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  createdAt!: Date;

  /** The address that was asked for and is not confirmed yet. */
  @Column({ type: 'text', nullable: true })
  pendingEmail!: string | null;

  /** Until when the link to it is valid. */
  @Column({ type: 'timestamptz', nullable: true })
  pendingEmailUntil!: Date | null;

  /** Whether everybody may page through its public comments. */
  @Column({ type: 'boolean', default: true })
  listsComments!: boolean;

  /** When its holder has proven to read mails to `email`, or an operator has made the account; null: nobody has. */
  @Column({ type: 'timestamptz', nullable: true })
  emailVerifiedAt!: Date | null;

  /** When the account is erased, because its holder has asked for it. */
  @Column({ type: 'timestamptz', nullable: true })
  eraseAt!: Date | null;
}
