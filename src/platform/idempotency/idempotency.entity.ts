import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A command that was carried out under a client's idempotency key, and its result. */
@Entity('idempotency_key')
export class IdempotencyKeyEntity {
  // References the account by table name: this folder imports no other feature.
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'idempotency_key_pk' })
  @ForeignKey('account', { name: 'idempotency_key_account_fk' })
  accountId!: string;

  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'idempotency_key_pk' })
  key!: string;

  /** Distinguishes a repeated command from a different one under the same key. */
  @Column({ type: 'bytea' })
  inputHash!: Buffer;

  @Column({ type: 'bigint' })
  articleId!: string;

  /** The comment, endorsement or article that the command created. */
  @Column({ type: 'bigint' })
  resultId!: string;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  @Index('idempotency_key_created_idx')
  createdAt!: Date;
}
