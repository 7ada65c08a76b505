import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { AccountEntity } from '../account/account.entity.ts';

/** A passkey: the public half of a key pair that a device or a password manager of the account's holder keeps. */
@Entity('passkey')
@Unique('passkey_credential_key', ['credentialId'])
@Check('passkey_credential_check', 'octet_length(credential_id) BETWEEN 1 AND 1023')
@Check('passkey_public_key_check', 'octet_length(public_key) BETWEEN 1 AND 4096')
@Check('passkey_transports_check', 'cardinality(transports) <= 8')
@Check('passkey_name_check', 'char_length(name) BETWEEN 1 AND 60')
@Index('passkey_account_idx', ['accountId'])
export class PasskeyEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'passkey_pk' })
  id!: string;

  @Column({ type: 'bigint' })
  @ForeignKey(() => AccountEntity, { name: 'passkey_account_fk' })
  accountId!: string;

  /** By which its authenticator knows it; chosen there. */
  @Column({ type: 'bytea' })
  credentialId!: Buffer;

  /** In the form of COSE. */
  @Column({ type: 'bytea' })
  publicKey!: Buffer;

  /** Number of its last signature; 0 throughout where the authenticator does not count. */
  @Column({ type: 'bigint' })
  counter!: string;

  /** How browsers reach its authenticator: `internal`, `usb`. */
  @Column({ type: 'text', array: true })
  transports!: string[];

  /** What its holder calls it. */
  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'timestamptz' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  usedAt!: Date | null;

  /** The other site (`iss`) on whose word alone it was added; null: the account's holder has proven something of their own. */
  @Column({ type: 'text', nullable: true })
  vouchedBy!: string | null;
}

/** A recovery code that was not used yet. */
@Entity('recovery_code')
@Check('recovery_code_hash_check', 'octet_length(hash) = 32')
export class RecoveryCodeEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'recovery_code_pk' })
  @ForeignKey(() => AccountEntity, { name: 'recovery_code_account_fk' })
  accountId!: string;

  /** SHA-256 of the account and the code, which has 80 random bits and is stored nowhere. */
  @PrimaryColumn({ type: 'bytea', primaryKeyConstraintName: 'recovery_code_pk' })
  hash!: Buffer;

  @Column({ type: 'timestamptz' })
  createdAt!: Date;
}

/** A challenge that was met, until it expires: it serves no second time. */
@Entity('met_challenge')
@Check('met_challenge_nonce_check', 'octet_length(nonce) = 16')
export class MetChallengeEntity {
  /** The random bytes of the challenge. */
  @PrimaryColumn({ type: 'bytea', primaryKeyConstraintName: 'met_challenge_pk' })
  nonce!: Buffer;

  @Column({ type: 'timestamptz' })
  @Index('met_challenge_expires_idx')
  expiresAt!: Date;
}
