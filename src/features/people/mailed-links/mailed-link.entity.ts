import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { AccountEntity } from '../account/account.entity.ts';

/**
 * What a mailed link is for: to open an account, to choose a new password, to confirm an account's address, the present
 * one or the next, or to sign in.
 */
export type MailedLinkKind = 'SIGN_UP' | 'PASSWORD' | 'EMAIL' | 'SIGN_IN';

/** A link that was mailed. Whoever presents its token reads mails to its address. */
@Entity('mailed_link')
@Check('mailed_link_kind_check', `kind IN ('SIGN_UP', 'PASSWORD', 'EMAIL', 'SIGN_IN')`)
@Check(
  'mailed_link_sign_up_check',
  `(kind = 'SIGN_UP') = (num_nonnulls(name, password_hash, secret_hash) = 3)
    AND (kind = 'SIGN_UP' OR num_nonnulls(name, password_hash, secret_hash) = 0)`,
)
@Index('mailed_link_expires_idx', ['expiresAt'])
@Index('mailed_link_email_idx', ['email'])
@Index('mailed_link_account_idx', ['accountId'])
export class MailedLinkEntity {
  /** SHA-256 of its token, which only the mail contains. */
  @PrimaryColumn({ type: 'bytea', primaryKeyConstraintName: 'mailed_link_pk' })
  hash!: Buffer;

  @Column({ type: 'text' })
  kind!: MailedLinkKind;

  /** Null for a new account, and where nobody has the address: the link then gives no right. */
  @Column({ type: 'bigint', nullable: true })
  @ForeignKey(() => AccountEntity, { name: 'mailed_link_account_fk' })
  accountId!: string | null;

  /** The address that is proven by it. */
  @Column({ type: 'text' })
  email!: string;

  /** Of a new account, like the next two columns. */
  @Column({ type: 'text', nullable: true })
  name!: string | null;

  @Column({ type: 'text', nullable: true })
  passwordHash!: string | null;

  /** SHA-256 of a secret that the client got which signed up: it proves that it is the same person. */
  @Column({ type: 'bytea', nullable: true })
  secretHash!: Buffer | null;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  createdAt!: Date;

  @Column({ type: 'timestamptz' })
  expiresAt!: Date;
}
