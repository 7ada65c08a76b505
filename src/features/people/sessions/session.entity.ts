import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { AccountEntity } from '../account/account.entity.ts';

/** One sign-in of an account, until it is revoked. */
@Entity('session')
@Index('session_issuer_subject_idx', ['issuer', 'issuerSubject'], { where: 'issuer IS NOT NULL' })
@Index('session_issuer_session_idx', ['issuer', 'issuerSession'], { where: 'issuer_session IS NOT NULL' })
@Index('session_proven_issuer_idx', ['provenIssuer', 'provenIssuerSession'], {
  where: 'proven_issuer IS NOT NULL',
})
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

  /** The network of the sign-in, `203.0.113.0/24`; null: it was before networks were kept. */
  @Column({ type: 'text', nullable: true })
  network!: string | null;

  /** Whether two factors were proven in it: a passkey, or a password and a recovery code. */
  @Column({ type: 'boolean', default: false })
  secondFactor!: boolean;

  /** The other site (`iss`), or `mailbox`, on whose word alone the session rests; null: the account's holder has proven something of their own. */
  @Column({ type: 'text', nullable: true })
  vouchedBy!: string | null;

  /** The other site (`iss`) whose login began the session, and its key of the person; null: it began otherwise. */
  @Column({ type: 'text', nullable: true })
  issuer!: string | null;

  @Column({ type: 'text', nullable: true })
  issuerSubject!: string | null;

  /** The other site's own session (`sid`), which may end this one; null: it has named none. */
  @Column({ type: 'text', nullable: true })
  issuerSession!: string | null;

  /** When the account's holder was last proven in the session, by the sign-in or later; null: never, or the proof was taken back. */
  @Column({ type: 'timestamptz', nullable: true })
  provenAt!: Date | null;

  /** The other site (`iss`) at which that was; null: it was none, or the sign-in itself, which `issuer` names. */
  @Column({ type: 'text', nullable: true })
  provenIssuer!: string | null;

  /** That site's own session (`sid`), which may take the proof back; null: it has named none. */
  @Column({ type: 'text', nullable: true })
  provenIssuerSession!: string | null;

  /** Proofs that were tried in the session since the last right one. */
  @Column({ type: 'integer', default: 0 })
  triedProofs!: number;
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

  /** The network from which the current token was asked for; null as of a session. */
  @Column({ type: 'text', nullable: true })
  network!: string | null;

  /** The day of `expires_at` in UTC, by which pruning finds expired families. */
  @Column({ type: 'date' })
  @Index('token_family_expires_idx')
  expiresOn!: string;
}

/** Empty, and used by nodes of 0.2.0 alone, which look for unknown refresh tokens here. The version after the next one drops it. */
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
