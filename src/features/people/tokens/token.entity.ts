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
import type { Scope } from '../../../platform/auth/scopes.ts';

/**
 * A machine token: a credential of an account for a program. The column `last_used_at` has no index, so that its update
 * stays within the row's page (HOT).
 */
@Entity('token')
@Unique('token_hash_key', ['hash'])
@Check('token_hash_check', 'octet_length(hash) = 32')
@Check('token_grant_check', '(documents IS NULL) = (cardinality(scopes) > 0)')
@Check('token_documents_check', 'cardinality(documents) BETWEEN 1 AND 50')
@Check('token_expiry_check', `expires_at > created_at AND expires_at - created_at <= interval '366 days'`)
@Index('token_account_idx', ['accountId'])
export class TokenEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'token_pk',
  })
  id!: string;

  @Column({ type: 'bigint' })
  @ForeignKey(() => AccountEntity, { name: 'token_account_fk' })
  accountId!: string;

  /** SHA-256 of the token, which is stored nowhere. */
  @Column({ type: 'bytea' })
  hash!: Buffer;

  /** What its owner calls it. */
  @Column({ type: 'text' })
  name!: string;

  /** Empty for a token that is bound to documents. */
  @Column({ type: 'text', array: true })
  scopes!: Scope[];

  /** SHA-256, in hex, of the only documents that the token runs; null: any document that its scopes permit. */
  @Column({ type: 'text', array: true, nullable: true })
  documents!: string[] | null;

  @Column({ type: 'timestamptz' })
  createdAt!: Date;

  @Column({ type: 'timestamptz' })
  @Index('token_expires_idx')
  expiresAt!: Date;

  /** Whether the session that made it had proven two factors; otherwise it may lack the rights of staff. */
  @Column({ type: 'boolean', default: false })
  secondFactor!: boolean;

  /** The other site (`iss`), or `mailbox`, on whose word alone the session rested that made it; null: on none's. */
  @Column({ type: 'text', nullable: true })
  vouchedBy!: string | null;

  /** To the minute. */
  @Column({ type: 'timestamptz', nullable: true })
  lastUsedAt!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  @Index('token_revoked_idx', { where: 'revoked_at IS NOT NULL' })
  revokedAt!: Date | null;
}

/**
 * Marks an account that no person signs in to. In place of an address its row in `account` has `service:` and a handle,
 * and in place of a hash of a password a text that no password has: signing in looks for addresses only.
 */
@Entity('service_account')
export class ServiceAccountEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'service_account_pk' })
  @ForeignKey(() => AccountEntity, { name: 'service_account_account_fk' })
  accountId!: string;
}
