import { Check, Column, Entity, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import type { Role } from '../auth/viewer.ts';

/** A person who can sign in. */
@Entity('account')
@Unique('account_email_key', ['email'])
@Check('account_email_lower', 'email = lower(email)')
@Index('account_erase_idx', ['eraseAt'], { where: 'erase_at IS NOT NULL' })
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

  @Column({ type: 'timestamptz', nullable: true })
  suspendedAt!: Date | null;

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
