import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** Kinds of work that has no row of its own to be taken by. */
export const leasedWork = ['ERASURE'] as const;
export type LeasedWork = (typeof leasedWork)[number];

/** Work that a process has taken, or has left. Work that has ended has no row. */
@Entity('work_lease')
@Check('work_lease_kind_check', `kind IN ('ERASURE')`)
export class WorkLeaseEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'work_lease_pk' })
  kind!: LeasedWork;

  /** What the work is done for: the account of an erasure. */
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'work_lease_pk' })
  subjectId!: string;

  @Column({ type: 'uuid' })
  processId!: string;

  /** How often it was taken since an attempt has ended. */
  @Column({ type: 'integer', default: 1 })
  attempts!: number;

  /** When others take it at the earliest, also if its process is gone. */
  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  lookAt!: Date;
}
