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

/** A refresh token, known by its hash only. A second use of the same one gives a thief away. */
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
