import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A notice of the provider, stored once; what it is about is read from the provider afterwards. */
@Entity('provider_event')
@Index('provider_event_new_idx', ['receivedAt'], { where: 'processed_at IS NULL' })
@Index('provider_event_age_idx', ['receivedAt'])
export class ProviderEventEntity {
  /** The provider's id. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'provider_event_pk' })
  id!: string;

  @Column({ type: 'boolean' })
  testMode!: boolean;

  @Column({ type: 'text' })
  kind!: string;

  /** The provider's id of the object. */
  @Column({ type: 'text' })
  objectRef!: string;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  receivedAt!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  processedAt!: Date | null;

  @Column({ type: 'integer', default: 0 })
  attempts!: number;

  /** When it is tried next; null: it was not tried. */
  @Column({ type: 'timestamptz', nullable: true })
  lookAt!: Date | null;
}

/** The node that does the work on money, in one row. */
@Entity('funding_lease')
@Check('funding_lease_single', 'id')
export class FundingLeaseEntity {
  @PrimaryColumn({ type: 'boolean', default: true, primaryKeyConstraintName: 'funding_lease_pk' })
  id!: boolean;

  @Column({ type: 'uuid' })
  holder!: string;

  /** From then on another node may take the work, whatever became of the process. */
  @Column({ type: 'timestamptz' })
  heldUntil!: Date;

  /** The process of the holder. Once it is gone, another one takes the work. */
  @Column({ type: 'uuid', nullable: true })
  processId!: string | null;
}
