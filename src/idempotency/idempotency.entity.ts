import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A command that was carried out under a key of the client's, and what came of it. */
@Entity('idempotency_key')
export class IdempotencyKeyEntity {
  // The account by its table: this folder knows no feature.
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'idempotency_key_pk' })
  @ForeignKey('account', { name: 'idempotency_key_account_fk' })
  accountId!: string;

  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'idempotency_key_pk' })
  key!: string;

  /** Tells a repeated command from another one under the same key. */
  @Column({ type: 'bytea' })
  inputHash!: Buffer;

  @Column({ type: 'bigint' })
  articleId!: string;

  /** The comment, endorsement or article that the command made. */
  @Column({ type: 'bigint' })
  resultId!: string;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  @Index('idempotency_key_created_idx')
  createdAt!: Date;
}
