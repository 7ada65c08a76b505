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

  /** The `User-Agent` of the sign-in, cut: tells one's sessions apart. */
  @Column({ type: 'text', nullable: true })
  userAgent!: string | null;

  /** Whether two factors were proven in it: a passkey, or a password and a recovery code. */
  @Column({ type: 'boolean', default: false })
  secondFactor!: boolean;
}

/**
 * The refresh tokens of one session, each made from the previous one: the last two by their hashes, all others by their
 * common part. `refresh-token.ts` explains the scheme. A refresh changes no indexed column, so the update stays within
 * the row's page (HOT), except that `expires_on` changes once a day.
 */
@Entity('token_family')
export class TokenFamilyEntity {
  /** SHA-256 of the common first part of all tokens of the family. */
  @PrimaryColumn({ type: 'bytea', primaryKeyConstraintName: 'token_family_pk' })
  familyHash!: Buffer;

  @Column({ type: 'uuid' })
  @ForeignKey(() => SessionEntity, { name: 'token_family_session_fk' })
  @Index('token_family_session_idx')
  sessionId!: string;

  /** SHA-256 of the current token. */
  @Column({ type: 'bytea' })
  hash!: Buffer;

  /** SHA-256 of the previous token; null until the first refresh. */
  @Column({ type: 'bytea', nullable: true })
  previousHash!: Buffer | null;

  /** Salt with which the current token is derived from the previous one; null until the first refresh. */
  @Column({ type: 'bytea', nullable: true })
  successorSalt!: Buffer | null;

  /** Time at which the current token was issued in exchange for the previous one. */
  @Column({ type: 'timestamptz' })
  issuedAt!: Date;

  @Column({ type: 'timestamptz' })
  expiresAt!: Date;

  /** The day of `expires_at` in UTC, by which pruning finds expired families. */
  @Column({ type: 'date' })
  @Index('token_family_expires_idx')
  expiresOn!: string;
}

/**
 * A refresh token of the previous version, which stored a row for each token. No new rows are created; the tokens that
 * clients hold are valid until they expire, and the exchange of one begins a token family.
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
