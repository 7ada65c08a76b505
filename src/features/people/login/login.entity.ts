import {
  Check,
  Column,
  Entity,
  ForeignKey,
  Index,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  Unique,
} from 'typeorm';
import { AccountEntity } from '../account/account.entity.ts';
import type { Role } from '../../../platform/auth/viewer.ts';

/** A person at an issuer, and the account that the person signs in to. */
@Entity('login')
@Unique('login_issuer_subject_key', ['issuer', 'subject'])
@Index('login_account_idx', ['accountId'])
export class LoginEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'login_pk',
  })
  id!: string;

  @Column({ type: 'bigint' })
  @ForeignKey(() => AccountEntity, { name: 'login_account_fk' })
  accountId!: string;

  /** The issuer's own name for itself (`iss`). */
  @Column({ type: 'text' })
  issuer!: string;

  @Column({ type: 'text' })
  subject!: string;

  /** The roles that the account has by this login: those that its last sign-in gave and the account did not have. */
  @Column({ type: 'text', array: true })
  roles!: Role[];

  @Column({ type: 'timestamptz' })
  createdAt!: Date;

  @Column({ type: 'timestamptz' })
  usedAt!: Date;

  /**
   * Who has linked it. Null: the issuer itself, by the address that it has asserted, or by opening the account. An empty text: the
   * account's holder, by something of their own. Otherwise the other site on whose word the session rested that linked it.
   */
  @Column({ type: 'text', nullable: true })
  linkedBy!: string | null;
}

/** Whom an issuer has vouched for, until the browser that began the sign-in fetches the session. */
@Entity('pending_login')
@Check('pending_login_hash_check', 'octet_length(hash) = 32 AND octet_length(secret_hash) = 32')
export class PendingLoginEntity {
  /** SHA-256 of the code that the browser is sent back with. */
  @PrimaryColumn({ type: 'bytea', primaryKeyConstraintName: 'pending_login_pk' })
  hash!: Buffer;

  /** SHA-256 of the secret that the page keeps, which began the sign-in. */
  @Column({ type: 'bytea' })
  secretHash!: Buffer;

  @Column({ type: 'text' })
  issuer!: string;

  @Column({ type: 'text' })
  subject!: string;

  @Column({ type: 'text' })
  name!: string;

  /** Confirmed by the issuer; null: none is. */
  @Column({ type: 'text', nullable: true })
  email!: string | null;

  @Column({ type: 'text', array: true })
  roles!: Role[];

  /** The issuer's own session (`sid`); null: it has named none. */
  @Column({ type: 'text', nullable: true })
  issuerSession!: string | null;

  /** When the person has signed in at the issuer; null: it has not said so. */
  @Column({ type: 'timestamptz', nullable: true })
  authenticatedAt!: Date | null;

  /** When the issuer was told to ask the person to sign in anew; null: it was not told so. */
  @Column({ type: 'timestamptz', nullable: true })
  askedAt!: Date | null;

  @Column({ type: 'timestamptz' })
  @Index('pending_login_expires_idx')
  expiresAt!: Date;
}

/**
 * A token of a host site that has signed somebody in, or a notice of an issuer: none works twice. Beside them stands of whom notices
 * came lately, for sign-ins that were under way.
 */
@Entity('spent_host_token')
@Check('spent_host_token_hash_check', 'octet_length(hash) = 32')
export class SpentHostTokenEntity {
  /** SHA-256 of the issuer and the token's id (`jti`), or of the person or session that a notice is about. */
  @PrimaryColumn({ type: 'bytea', primaryKeyConstraintName: 'spent_host_token_pk' })
  hash!: Buffer;

  /** When the token has expired, whatever clock it is read by. */
  @Column({ type: 'timestamptz' })
  @Index('spent_host_token_expires_idx')
  expiresAt!: Date;
}
