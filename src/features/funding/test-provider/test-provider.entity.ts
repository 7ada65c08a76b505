import { Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** Anything that the test provider knows, in the form in which Stripe would show it. */
@Entity('test_provider_object')
@Unique('test_provider_object_id_key', ['id'])
@Index('test_provider_object_list_idx', ['type', 'ordinal'])
@Index('test_provider_object_parent_idx', ['parent', 'type', 'ordinal'], { where: 'parent IS NOT NULL' })
export class TestProviderObjectEntity {
  /** The order of lists. */
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'test_provider_object_pk',
  })
  ordinal!: string;

  @Column({ type: 'text' })
  id!: string;

  /** Stripe's name of it: `payment_intent`. */
  @Column({ type: 'text' })
  type!: string;

  /** What its lists are filtered by: the customer of a payment, the payment of a refund. */
  @Column({ type: 'text', nullable: true })
  parent!: string | null;

  @Column({ type: 'timestamptz' })
  createdAt!: Date;

  @Column({ type: 'jsonb' })
  data!: unknown;
}

/** An answer that the test provider has given, for the same request under the same idempotency key. */
@Entity('test_provider_request')
export class TestProviderRequestEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'test_provider_request_pk' })
  key!: string;

  /** SHA-256 of the method, the path and the body. */
  @Column({ type: 'bytea' })
  hash!: Buffer;

  @Column({ type: 'integer' })
  status!: number;

  /** The body as it was sent, byte for byte. */
  @Column({ type: 'text' })
  body!: string;

  @Column({ type: 'timestamptz' })
  @Index('test_provider_request_created_idx')
  createdAt!: Date;
}
