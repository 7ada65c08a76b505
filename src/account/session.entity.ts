import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { AccountEntity } from './account.entity.ts';

/** One sign-in of an account, until it is revoked. */
@Entity('session')
export class SessionEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'session_pk' })
  id!: string;

  @Column({ type: 'bigint' })
  @ForeignKey(() => AccountEntity, { name: 'session_account_fk' })
  @Index('session_account_idx')
  accountId!: string;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  @Index('session_revoked_idx', { where: 'revoked_at IS NOT NULL' })
  revokedAt!: Date | null;
}

/**
 * The refresh tokens of one session, each made from the one before: the last two by their hashes, all others by the part
 * that they have in common. `refresh-token.ts` explains the scheme. Refreshing changes no indexed column, so the update
 * stays within the row's page (HOT); `expires_on` changes once a day.
 */
@Entity('token_family')
export class TokenFamilyEntity {
  /** SHA-256 of the part that all tokens of the family begin with. */
  @PrimaryColumn({ type: 'bytea', primaryKeyConstraintName: 'token_family_pk' })
  familyHash!: Buffer;

  @Column({ type: 'uuid' })
  @ForeignKey(() => SessionEntity, { name: 'token_family_session_fk' })
  @Index('token_family_session_idx')
  sessionId!: string;

  /** SHA-256 of the token that is good now. */
  @Column({ type: 'bytea' })
  hash!: Buffer;

  /** SHA-256 of the token before; null until the first refresh. */
  @Column({ type: 'bytea', nullable: true })
  previousHash!: Buffer | null;

  /** Makes the present token out of the one before; null until the first refresh. */
  @Column({ type: 'bytea', nullable: true })
  successorSalt!: Buffer | null;

  /** When the present token was issued, and the one before was spent. */
  @Column({ type: 'timestamptz' })
  issuedAt!: Date;

  @Column({ type: 'timestamptz' })
  expiresAt!: Date;

  /** The day of `expires_at`, in UTC: what the pruning looks for. */
  @Column({ type: 'date' })
  @Index('token_family_expires_idx')
  expiresOn!: string;
}

/**
 * A refresh token of the version before, which made a row for each. No new ones are made; those that clients hold are good
 * until they expire, and each becomes the beginning of a token family when it is exchanged.
 */
@Entity('refresh_token')
export class RefreshTokenEntity {
  @PrimaryColumn({ type: 'bytea', primaryKeyConstraintName: 'refresh_token_pk' })
  hash!: Buffer;

  @Column({ type: 'uuid' })
  @ForeignKey(() => SessionEntity, { name: 'refresh_token_session_fk' })
  @Index('refresh_token_session_idx')
  sessionId!: string;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  issuedAt!: Date;

  @Column({ type: 'timestamptz' })
  @Index('refresh_token_expires_idx')
  expiresAt!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  usedAt!: Date | null;
}
