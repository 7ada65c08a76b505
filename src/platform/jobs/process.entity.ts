import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A process that has taken work under leases, now or before. */
@Entity('process')
export class ProcessEntity {
  /** Made anew at each start. */
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'process_pk' })
  id!: string;

  /** Until then its leases hold, by the database's clock. Each heartbeat moves it. */
  @Column({ type: 'timestamptz' })
  aliveUntil!: Date;
}
